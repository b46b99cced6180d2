//! Which series of a metric are meant: `requests_total{code="500"} + aborted_total`.

use perf_core::Series;
use std::fmt;

/// Names of metrics with labels, joined with `+`: all series that have one of the names and all of its
/// labels, whatever labels they have beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesPattern(Vec<Selector>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Selector {
    name: String,
    labels: Vec<(String, String)>,
}

impl SeriesPattern {
    /// Reads `name`, `name{label="value",…}`, or several of them joined with `+`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let mut selectors = Vec::new();
        loop {
            let (selector, after) = selector(rest, text)?;
            selectors.push(selector);
            match after.trim_start().strip_prefix('+') {
                Some(next) => rest = next.trim_start(),
                None if after.trim().is_empty() => return Ok(SeriesPattern(selectors)),
                None => {
                    return Err(format!(
                        "{:?} cannot stand here; join metrics with +",
                        after.trim()
                    ));
                }
            }
        }
    }

    /// Whether the pattern means this series.
    pub fn matches(&self, series: &Series) -> bool {
        self.0.iter().any(|selector| selector.matches(series))
    }

    /// The names, as often as they stand there.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|selector| selector.name.as_str())
    }
}

impl Selector {
    fn matches(&self, series: &Series) -> bool {
        let has = |(key, value): &(String, String)| {
            series.labels().any(|(known, seen)| known == key && seen == value)
        };
        series.name() == self.name && self.labels.iter().all(has)
    }
}

/// The first selector of `rest`, and what comes after it.
fn selector<'a>(rest: &'a str, all: &str) -> Result<(Selector, &'a str), String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '-' | '/');
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    if name.is_empty() {
        return Err(format!("{all:?} lacks the name of a metric"));
    }
    let mut labels = Vec::new();
    let Some(mut inner) = after.trim_start().strip_prefix('{') else {
        return Ok((Selector { name: name.to_owned(), labels }, after));
    };
    loop {
        inner = inner.trim_start();
        if let Some(after) = inner.strip_prefix('}') {
            return Ok((Selector { name: name.to_owned(), labels }, after));
        }
        let wrong = || format!("{all:?} has labels that are not written {name}{{label=\"value\"}}");
        let (key, value) = inner.split_once('=').ok_or_else(wrong)?;
        let value = value.trim_start().strip_prefix('"').ok_or_else(wrong)?;
        let (value, after) = value.split_once('"').ok_or_else(wrong)?;
        let key = key.trim();
        if key.is_empty() || !key.chars().all(is_name) {
            return Err(wrong());
        }
        labels.push((key.to_owned(), value.to_owned()));
        inner = after.trim_start();
        inner = match inner.strip_prefix(',') {
            Some(next) => next,
            None if inner.starts_with('}') => inner,
            None => return Err(wrong()),
        };
    }
}

impl fmt::Display for SeriesPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, selector) in self.0.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { " + " } else { "" }, selector.name)?;
            for (j, (key, value)) in selector.labels.iter().enumerate() {
                write!(f, "{}{key}=\"{value}\"", if j == 0 { '{' } else { ',' })?;
            }
            f.write_str(if selector.labels.is_empty() { "" } else { "}" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_as_they_print() {
        for text in
            ["hits", r#"hits{cache="l1"}"#, r#"a{b="1",c="x y"} + d"#, "http.requests/total"]
        {
            assert_eq!(SeriesPattern::parse(text).unwrap().to_string(), text);
        }
        let spaced = SeriesPattern::parse(r#" a { b = "1" , c="2", } +  d "#).unwrap();
        assert_eq!(spaced.to_string(), r#"a{b="1",c="2"} + d"#);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "+",
            "a +",
            "a b",
            "a{",
            "a{b}",
            "a{b=1}",
            r#"a{b="1"#,
            r#"a{="1"}"#,
            r#"a{b="1" c="2"}"#,
        ] {
            assert!(SeriesPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pattern_means_every_series_that_has_its_labels() {
        let profiler = perf_core::Profiler::new();
        profiler.counter_with("hits", &[("cache", "l1"), ("tenant", "a")]).increment();
        profiler.counter_with("hits", &[("cache", "l2")]).increment();
        let snapshot = profiler.snapshot();
        let count = |text: &str| {
            let pattern = SeriesPattern::parse(text).unwrap();
            snapshot.counters().filter(|(series, _)| pattern.matches(series)).count()
        };
        assert_eq!(
            [
                count("hits"),
                count(r#"hits{cache="l1"}"#),
                count(r#"hits{tenant="b"}"#),
                count("misses")
            ],
            [2, 1, 0, 0]
        );
    }
}
