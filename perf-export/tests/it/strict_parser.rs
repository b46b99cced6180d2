//! A reader of both text formats that forgives nothing: a line that is torn, twice, in the wrong place or
//! against its type is a panic.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Family {
    pub(crate) help: Option<String>,
    pub(crate) kind: String,
    pub(crate) unit: Option<String>,
    pub(crate) samples: Vec<Sample>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
    /// Its labels, value and time.
    pub(crate) exemplar: Option<(BTreeMap<String, String>, f64, f64)>,
}

pub(crate) type Families = BTreeMap<String, Family>;

/// The value of the one sample with this name and these labels.
pub(crate) fn value(families: &Families, name: &str, labels: &[(&str, &str)]) -> f64 {
    let labels: BTreeMap<_, _> =
        labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let samples = || families.values().flat_map(|family| &family.samples);
    let found = samples().find(|sample| sample.name == name && sample.labels == labels);
    found.unwrap_or_else(|| panic!("no {name} {labels:?}")).value
}

pub(crate) fn parse_text(text: &str) -> Families {
    parse(text, false)
}

pub(crate) fn parse_open_metrics(text: &str) -> Families {
    let text = text.strip_suffix("# EOF\n").expect("the last line says that it is the last");
    parse(text, true)
}

fn parse(text: &str, is_open_metrics: bool) -> Families {
    let mut families = Families::new();
    let mut current = String::new();
    let mut series = BTreeSet::new();
    assert!(text.is_empty() || text.ends_with('\n'));
    for line in text.split_terminator('\n') {
        if let Some(comment) = line.strip_prefix("# ") {
            let (keyword, rest) = comment.split_once(' ').expect(line);
            let (name, rest) = rest.split_once(' ').expect(line);
            assert!(is_name(name), "{line}");
            if name != current {
                assert!(!families.contains_key(name), "{name} is in two places");
                current = name.to_owned();
                families.insert(current.clone(), Family::default());
            }
            let family = families.get_mut(name).unwrap();
            assert!(family.samples.is_empty(), "{line} is too late");
            match keyword {
                "HELP" => {
                    let help = unescape(rest, is_open_metrics);
                    assert_eq!(family.help.replace(help), None, "{line}");
                }
                "TYPE" => {
                    assert!(["counter", "gauge", "histogram"].contains(&rest), "{line}");
                    assert_eq!(std::mem::replace(&mut family.kind, rest.to_owned()), "");
                }
                "UNIT" => {
                    assert!(is_open_metrics && name.ends_with(&format!("_{rest}")), "{line}");
                    assert_eq!(family.unit.replace(rest.to_owned()), None);
                }
                _ => panic!("{line}"),
            }
            continue;
        }
        let family = families.get_mut(&current).expect(line);
        let sample = sample(line, is_open_metrics);
        assert!(
            series.insert((sample.name.clone(), sample.labels.clone())),
            "{line} is there twice"
        );
        let suffix = sample.name.strip_prefix(&current).unwrap_or_else(|| panic!("{line} strayed"));
        let suffixes: &[&str] = match (family.kind.as_str(), is_open_metrics) {
            ("counter", true) => &["_total", "_created"],
            ("counter", false) | ("gauge", _) => &[""],
            ("histogram", true) => &["_bucket", "_sum", "_count", "_created"],
            ("histogram", false) => &["_bucket", "_sum", "_count"],
            _ => panic!("{line} has no type"),
        };
        assert!(suffixes.contains(&suffix), "{line}");
        assert!(family.kind != "counter" || sample.value >= 0.0, "{line}");
        let has_edge = sample.labels.contains_key("le");
        assert!(family.kind != "histogram" || has_edge == (suffix == "_bucket"), "{line}");
        family.samples.push(sample);
    }
    families.iter().for_each(|(name, family)| check_histograms(name, family));
    families
}

fn sample(line: &str, is_open_metrics: bool) -> Sample {
    let end = line.find(['{', ' ']).expect(line);
    let name = line[..end].to_owned();
    assert!(is_name(&name), "{line}");
    let (labels, rest) = labels(&line[end..]);
    let rest = rest.strip_prefix(' ').expect(line);
    let (value, exemplar) = match rest.split_once(" # ") {
        Some((value, exemplar)) => {
            assert!(is_open_metrics && name.ends_with("_bucket"), "{line}");
            let (labels, rest) = self::labels(exemplar);
            let (exemplar, time) = rest.trim_start().split_once(' ').expect(line);
            (number(value), Some((labels, number(exemplar), number(time))))
        }
        None => (number(rest), None),
    };
    Sample { name, labels, value, exemplar }
}

/// The labels, and what follows them.
fn labels(text: &str) -> (BTreeMap<String, String>, &str) {
    let mut labels = BTreeMap::new();
    let Some(mut rest) = text.strip_prefix('{') else { return (labels, text) };
    loop {
        let (name, value) = rest.split_once("=\"").expect(text);
        assert!(is_name(name) && !name.contains(':') && !name.starts_with("__"), "{text}");
        let mut is_escaped = false;
        let end = value.find(|c| {
            let is_end = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            is_end
        });
        let (value, after) = value.split_at(end.expect(text));
        assert!(labels.insert(name.to_owned(), unescape(value, true)).is_none(), "{text}");
        match after[1..].split_at_checked(1) {
            Some((",", after)) => rest = after,
            Some(("}", after)) => return (labels, after),
            _ => panic!("{text}"),
        }
    }
}

fn unescape(text: &str, with_quotes: bool) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.push(match chars.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if with_quotes => '"',
                other => panic!("\\{other:?} in {text}"),
            }),
            '"' if with_quotes => panic!("a quote in {text}"),
            c => plain.push(c),
        }
    }
    plain
}

fn number(text: &str) -> f64 {
    match text {
        "NaN" => f64::NAN,
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        // What Rust reads beyond digits (`inf`, `nan`) is no number here.
        _ => {
            assert!(text.bytes().all(|b| b"0123456789.eE+-".contains(&b)), "{text:?}");
            text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    !name.is_empty() && name.chars().all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Edges ascend, counts do not descend, and the last bucket is the count.
fn check_histograms(name: &str, family: &Family) {
    if family.kind != "histogram" {
        return;
    }
    let mut buckets = BTreeMap::<_, Vec<(f64, f64)>>::new();
    for sample in &family.samples {
        let mut labels = sample.labels.clone();
        if let Some(edge) = labels.remove("le") {
            buckets.entry(labels).or_default().push((number(&edge), sample.value));
        }
    }
    assert!(!buckets.is_empty(), "{name}");
    for (labels, buckets) in buckets {
        assert!(
            buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
            "{name} {labels:?} {buckets:?}"
        );
        let of = |suffix: &str| {
            let full = format!("{name}{suffix}");
            let found = family.samples.iter().find(|s| s.name == full && s.labels == labels);
            found.unwrap_or_else(|| panic!("no {full} {labels:?}")).value
        };
        assert_eq!(buckets.last(), Some(&(f64::INFINITY, of("_count"))), "{name} {labels:?}");
        assert!(of("_sum") >= 0.0);
    }
}

#[test]
fn the_strict_parser_refuses_what_is_torn() {
    let good = "# HELP a b\n# TYPE a gauge\na{x=\"1\"} 2\n";
    assert_eq!(value(&parse_text(good), "a", &[("x", "1")]), 2.0);
    for torn in [
        "# TYPE a gauge\na{x=\"1} 2\n",
        "# TYPE a gauge\na 2",
        "# TYPE a gauge\na 2\na 2\n",
        "# TYPE a gauge\na inf\n",
        "# TYPE a gauge\nb 2\n",
        "# TYPE a counter\na -2\n",
        "# TYPE a gauge\n# TYPE b gauge\nb 1\n# HELP a late\na 1\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# TYPE a gauge\na{x=\"\\y\"} 2\n",
        "a 1\n",
    ] {
        assert!(std::panic::catch_unwind(|| parse_text(torn)).is_err(), "{torn}");
    }
}
