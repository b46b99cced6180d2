//! Which alerts are meant, by their labels: `operation="search"`, `tenant=~"a|b"`.

use regex_lite::{Regex, RegexBuilder};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A pattern takes no more memory than this, compiled.
const MAX_COMPILED: usize = 64 << 10;

/// A label of an alert and what its value must be: `=`, `!=`, and with a pattern for the whole value `=~`
/// and `!~`. A label that an alert does not have is an empty text.
///
/// ```
/// use perf_sla::Matcher;
/// use std::collections::BTreeMap;
///
/// let search: Matcher = r#"operation =~ "search|rag_.*""#.parse()?;
/// let labels = |operation: &str| BTreeMap::from([("operation".to_owned(), operation.to_owned())]);
/// assert!(search.matches(&labels("rag_answer")) && !search.matches(&labels("research")));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Matcher {
    label: String,
    value: String,
    is_equal: bool,
    pattern: Option<Regex>,
}

impl Matcher {
    /// Alerts whose label is exactly this.
    pub fn equal(label: impl Into<String>, value: impl Into<String>) -> Self {
        Matcher { label: label.into(), value: value.into(), is_equal: true, pattern: None }
    }

    /// The label it looks at.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether an alert with these labels is meant.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matches_value(labels.get(&self.label).map_or("", String::as_str))
    }

    /// Whether an alert whose label has this value is meant.
    pub fn matches_value(&self, value: &str) -> bool {
        let is_it = match &self.pattern {
            Some(pattern) => pattern.is_match(value),
            None => value == self.value,
        };
        is_it == self.is_equal
    }
}

impl FromStr for Matcher {
    type Err = String;

    /// # Errors
    ///
    /// A sentence that says what is wrong, with the remedy.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no matcher; write operation=\"search\", or !=, =~, !~ for =");
        let at = text.find(['=', '!']).ok_or_else(wrong)?;
        let label = text[..at].trim();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if label.is_empty() || !label.chars().all(is_name) {
            return Err(wrong());
        }
        let rest = &text[at..];
        let signs = [("=~", true, true), ("!~", false, true), ("!=", false, false)];
        let signs = signs.into_iter().chain([("=", true, false)]);
        let (rest, is_equal, is_pattern) = signs
            .into_iter()
            .find_map(|(sign, equal, pattern)| Some((rest.strip_prefix(sign)?, equal, pattern)))
            .ok_or_else(wrong)?;
        let quoted = rest.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let value = unescaped(quoted.ok_or_else(wrong)?).ok_or_else(wrong)?;
        let pattern = match is_pattern {
            true => Some(anchored(&value)?),
            false => None,
        };
        Ok(Matcher { label: label.to_owned(), value, is_equal, pattern })
    }
}

/// The whole value has to match, as with Prometheus.
fn anchored(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(MAX_COMPILED).build();
    built.map_err(|error| format!("{pattern:?} is no pattern: {error}"))
}

/// Without the backslashes before quotes and backslashes; `None` with a bare quote inside.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('"' | '\\')) => plain.extend(chars.next()),
            // Of a pattern: `\d`.
            ('"', _) => return None,
            (c, _) => plain.push(c),
        }
    }
    Some(plain)
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        let parts = |matcher: &Matcher| (matcher.is_equal, matcher.pattern.is_some());
        (&self.label, &self.value, parts(self)) == (&other.label, &other.value, parts(other))
    }
}

impl fmt::Display for Matcher {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (self.is_equal, self.pattern.is_some()) {
            (true, false) => "=",
            (false, false) => "!=",
            (true, true) => "=~",
            (false, true) => "!~",
        };
        let value = self.value.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "{}{sign}\"{value}\"", self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(text: &str, value: &str) -> bool {
        text.parse::<Matcher>().unwrap().matches_value(value)
    }

    #[test]
    fn a_pattern_is_for_the_whole_value() {
        assert!(means(r#"a=~"b|c""#, "c") && !means(r#"a=~"b|c""#, "cc"));
        assert!(means(r#"a!~"b.*""#, "ab") && !means(r#"a!~"b.*""#, "bc"));
        assert!(means(r#"a!="b""#, "") && !means(r#"a = "b""#, ""));
    }

    #[test]
    fn matchers_read_as_they_print() {
        for text in [r#"a="x\"y\\z""#, r#"a!="""#, r#"a=~"\\d+""#, r#"a!~"x|y""#] {
            assert_eq!(text.parse::<Matcher>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_matcher_is_refused() {
        for text in
            ["", "a", "a=", "a=b", "=\"b\"", "a==\"b\"", "a=\"b\"c\"", "a!\"b\"", "a b=\"c\""]
        {
            assert!(text.parse::<Matcher>().is_err(), "{text}");
        }
        assert!(r#"a=~"(""#.parse::<Matcher>().unwrap_err().contains("is no pattern"));
        let huge = format!("a=~\"{}\"", "(x{1,99}){1,99}".repeat(99));
        assert!(huge.parse::<Matcher>().is_err());
    }
}
