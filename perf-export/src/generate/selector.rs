//! Which processes are meant.

use super::promql::quoted;

/// Matchers of labels, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selector(Vec<Matcher>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Matcher {
    label: String,
    operator: Operator,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    IsOneOf,
}

/// Labels that the rules add up over, or match themselves.
const OURS: [&str; 9] =
    ["instance", "sla", "operation", "stage", "part", "status", "phase", "le", "severity"];

impl Selector {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let inner = text.trim();
        let inner = inner.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(inner);
        let mut rest = inner.trim();
        let mut matchers: Vec<Matcher> = Vec::new();
        while !rest.is_empty() {
            let (matcher, after) = Matcher::parse(rest)?;
            if matchers.iter().any(|known| known.label == matcher.label) {
                return Err(format!("{text:?} has the label {:?} twice", matcher.label));
            }
            matchers.push(matcher);
            rest = match after.trim_start() {
                "" => "",
                after => after.strip_prefix(',').ok_or_else(|| wrong(text))?.trim_start(),
            };
        }
        Ok(Selector(matchers))
    }

    /// As PromQL has them: `job='api'`.
    pub(super) fn matchers(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Matcher::text)
    }

    /// The same without those of these labels.
    pub(super) fn others(&self, labels: &[&str]) -> impl Iterator<Item = String> {
        let others = self.0.iter().filter(move |matcher| !labels.contains(&&*matcher.label));
        others.map(Matcher::text)
    }

    /// The labels that it is about.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|matcher| matcher.label.as_str())
    }

    /// Labels of a process that is meant.
    pub(super) fn example(&self) -> impl Iterator<Item = (&str, &str)> {
        let with_value = self.0.iter().filter(|matcher| matcher.operator != Operator::IsNot);
        with_value.map(|matcher| {
            let first = matcher.value.split('|').next().unwrap_or_default();
            let is_one = matcher.operator == Operator::Is;
            (matcher.label.as_str(), if is_one { matcher.value.as_str() } else { first })
        })
    }

    /// The labels that all processes that are meant have in common.
    pub(super) fn common(&self) -> impl Iterator<Item = (&str, &str)> {
        let fixed = self.0.iter().filter(|matcher| matcher.operator == Operator::Is);
        fixed.map(|matcher| (matcher.label.as_str(), matcher.value.as_str()))
    }
}

impl Matcher {
    fn parse(text: &str) -> Result<(Self, &str), String> {
        let is_label = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = text.find(|c| !is_label(c)).ok_or_else(|| wrong(text))?;
        let (label, rest) = text.split_at(end);
        if label.is_empty() || label.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(wrong(text));
        }
        if OURS.contains(&label) || label.starts_with("__") {
            return Err(format!(
                "the label {label:?} is set by the rules; a selector says which processes are meant"
            ));
        }
        let rest = rest.trim_start();
        let operators = [("=~", Operator::IsOneOf), ("!=", Operator::IsNot), ("=", Operator::Is)];
        let found = operators
            .into_iter()
            .find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)));
        let (operator, rest) = found.ok_or_else(|| wrong(text))?;
        let rest = rest.trim_start().strip_prefix('"').ok_or_else(|| wrong(text))?;
        let (value, rest) = value(rest).ok_or_else(|| wrong(text))?;
        if operator != Operator::IsNot && value.is_empty() {
            return Err(format!("{label:?} has no value"));
        }
        let is_plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | ':' | '|');
        if operator == Operator::IsOneOf
            && (!value.chars().all(is_plain) || value.split('|').any(str::is_empty))
        {
            return Err(format!(
                "{value:?} is more than plain alternatives, such as {label}=~\"api|worker\""
            ));
        }
        Ok((Matcher { label: label.to_owned(), operator, value }, rest))
    }

    fn text(&self) -> String {
        let operator = match self.operator {
            Operator::Is => "=",
            Operator::IsNot => "!=",
            Operator::IsOneOf => "=~",
        };
        format!("{}{operator}{}", self.label, quoted(&self.value))
    }
}

/// The text up to the closing quote, and what follows that.
fn value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                escaped @ ('"' | '\\') => value.push(escaped),
                'n' => value.push('\n'),
                _ => return None,
            },
            c => value.push(c),
        }
    }
    None
}

fn wrong(text: &str) -> String {
    format!(
        "{text:?} is no selector; write label=\"value\", label!=\"value\" or label=~\"a|b\", with commas between"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_read_as_promql_has_them() {
        let selector = Selector::parse(r#"{job = "a\"\\b", env!="dev" ,zone=~"a|b",}"#).unwrap();
        let matchers: Vec<String> = selector.matchers().collect();
        assert_eq!(matchers, [r#"job='a"\\b'"#, "env!='dev'", "zone=~'a|b'"]);
        let example: Vec<_> = selector.example().collect();
        assert_eq!(example, [("job", "a\"\\b"), ("zone", "a")]);
        assert_eq!(selector.common().collect::<Vec<_>>(), [("job", "a\"\\b")]);
        assert_eq!(Selector::parse(" ").unwrap(), Selector::default());
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in [
            "job",
            "job=",
            "job=api",
            "job=\"a",
            "=\"a\"",
            "1a=\"b\"",
            "job=\"a\"}",
            "job=\"a\" b=\"c\"",
            "job=\"a\",job=\"b\"",
            "job=~\".*\"",
            "job=~\"a|\"",
            "job=\"\"",
            "sla=\"x\"",
            "__name__=\"x\"",
            "job!~\"a\"",
            "job=\"\\x\"",
            "job=\"a\"} or vector(1) #",
        ] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }
}
