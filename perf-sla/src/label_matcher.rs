//! Which alerts are meant, by their labels: `operation="search", team!="data"`.

use std::collections::BTreeMap;
use std::fmt;

/// Conditions on labels that hold together; without any, everything is meant.
///
/// A label that an alert does not have is the empty text, as with Prometheus.
///
/// ```
/// use perf_sla::LabelMatcher;
/// use std::collections::BTreeMap;
///
/// let matcher = LabelMatcher::parse(r#"operation="search", team!="data""#)?;
/// let search = BTreeMap::from([("operation".to_owned(), "search".to_owned())]);
/// assert!(matcher.matches(&search));
/// assert!(!matcher.matches(&BTreeMap::new()));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelMatcher(Vec<Condition>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    label: String,
    equal: bool,
    value: String,
}

impl LabelMatcher {
    /// Reads `label="value"` and `label!="value"`, joined with commas. A value may hold `\"` and `\\`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong and how it is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut conditions = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let wrong = || format!("{text:?} is not written label=\"value\", label!=\"value\"");
            let (condition, after) = condition(rest).ok_or_else(wrong)?;
            conditions.push(condition);
            rest = match after.trim_start().strip_prefix(',') {
                Some(next) => next.trim_start(),
                None if after.trim().is_empty() => "",
                None => return Err(wrong()),
            };
        }
        match conditions.is_empty() {
            true => Err("names no label; write label=\"value\"".to_owned()),
            false => Ok(LabelMatcher(conditions)),
        }
    }

    /// Whether these labels are meant.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|condition| {
            let value = labels.get(&condition.label).map_or("", String::as_str);
            (value == condition.value) == condition.equal
        })
    }

    /// Whether it means everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for LabelMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Condition { label, equal, value }) in self.0.iter().enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let operator = if *equal { "=" } else { "!=" };
            write!(f, "{}{label}{operator}\"{value}\"", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// The first condition of a text, and what comes after it.
fn condition(text: &str) -> Option<(Condition, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let end = text.find(|c| !is_name(c)).filter(|end| *end > 0)?;
    let (label, after) = text.split_at(end);
    let after = after.trim_start();
    let (equal, after) = match after.strip_prefix("!=") {
        Some(after) => (false, after),
        None => (true, after.strip_prefix('=')?),
    };
    let quoted = after.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                return Some((
                    Condition { label: label.to_owned(), equal, value },
                    &quoted[at + 1..],
                ));
            }
            '\\' => value.push(letters.next().filter(|(_, c)| matches!(c, '"' | '\\'))?.1),
            letter => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_read_as_they_print() {
        for text in [r#"a="b""#, r#"a!="""#, r#"a="b", c.d-e!="x y, \"z\" \\""#] {
            assert_eq!(LabelMatcher::parse(text).unwrap().to_string(), text);
        }
        let spaced = LabelMatcher::parse(" a = \"b\" ,c!= \"d\", ").unwrap();
        assert_eq!(spaced.to_string(), r#"a="b", c!="d""#);
    }

    #[test]
    fn what_is_no_matcher_is_refused() {
        for text in [
            "",
            " ",
            "a",
            "a=",
            "a=b",
            "a=\"b",
            "=\"b\"",
            "a=\"b\" c=\"d\"",
            ",",
            "a=~\"b\"",
            r#"a="\n""#,
        ] {
            assert!(LabelMatcher::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_label_that_is_not_there_is_empty() {
        let labels = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        for (text, means) in [
            (r#"a="1""#, true),
            (r#"a="2""#, false),
            (r#"a!="2""#, true),
            (r#"b="""#, true),
            (r#"b!="""#, false),
            (r#"a="1", b="2""#, false),
        ] {
            assert_eq!(LabelMatcher::parse(text).unwrap().matches(&labels), means, "{text}");
        }
        assert!(LabelMatcher::default().matches(&labels));
    }
}
