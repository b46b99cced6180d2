//! YAML as it is written: every text quoted, numbers in decimal.

use crate::writer::quoted;

/// What a key of a document holds.
pub(super) enum Yaml {
    Text(String),
    /// A number, `true` or `false`.
    Plain(String),
    Table(Vec<(String, Yaml)>),
    List(Vec<Yaml>),
}

/// A text.
pub(super) fn text(text: impl Into<String>) -> Yaml {
    Yaml::Text(text.into())
}

/// A table of these keys.
pub(super) fn table<const N: usize>(entries: [(&str, Yaml); N]) -> Yaml {
    Yaml::Table(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

impl Yaml {
    /// Adds a key to a table.
    pub(super) fn with(mut self, key: &str, value: Yaml) -> Yaml {
        if let Yaml::Table(entries) = &mut self {
            entries.push((key.to_owned(), value));
        }
        self
    }

    /// Adds a key to a table if there is something to say.
    pub(super) fn with_some(self, key: &str, value: Option<Yaml>) -> Yaml {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Appends it as one document.
    pub(super) fn write(&self, out: &mut String) {
        if !out.is_empty() {
            out.push_str("---\n");
        }
        if let Yaml::Table(entries) = self {
            write_entries(entries, 0, false, out);
        }
    }

    /// What stands behind `key:`, or behind `-` if it is an item of a list.
    fn write_value(&self, indent: usize, is_item: bool, out: &mut String) {
        match self {
            Yaml::Text(text) => out.push_str(&format!(" {}\n", printable(text))),
            Yaml::Plain(text) => out.push_str(&format!(" {text}\n")),
            Yaml::Table(entries) if entries.is_empty() => out.push_str(" {}\n"),
            Yaml::List(items) if items.is_empty() => out.push_str(" []\n"),
            Yaml::Table(entries) => {
                out.push(if is_item { ' ' } else { '\n' });
                write_entries(entries, indent + 2, is_item, out);
            }
            Yaml::List(items) => {
                out.push('\n');
                for item in items {
                    out.push_str(&format!("{:indent$}  -", ""));
                    item.write_value(indent + 2, true, out);
                }
            }
        }
    }
}

fn write_entries(entries: &[(String, Yaml)], indent: usize, begun: bool, out: &mut String) {
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 || !begun {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&format!("{key}:"));
        value.write_value(indent, false, out);
    }
}

/// Quoted, with escapes for what some readers of YAML take for the end of a line or refuse.
fn printable(text: &str) -> String {
    let mut out = String::new();
    for c in quoted(text).chars() {
        match c {
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_tables_nest() {
        let list = Yaml::List(vec![table([("b", text("x")), ("c", Yaml::List(Vec::new()))])]);
        let document = table([("a", list), ("d", table([("e", Yaml::Plain("1".into()))]))]);
        let mut out = String::new();
        document.write(&mut out);
        assert_eq!(out, "a:\n  - b: \"x\"\n    c: []\nd:\n  e: 1\n");
    }
}
