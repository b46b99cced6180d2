//! Tables of a document, with what is wrong in them and what nobody reads.

use super::PREFIX;
use crate::document::{Entry, Fault, Node, Place, Value};

/// Every annotation that we write.
const OWN: [&str; 12] = [
    "path",
    "overall-operation",
    "confidence",
    "min-samples",
    "on-no-data",
    "window",
    "period",
    "slice",
    "budget",
    "long-window",
    "short-window",
    "min-events",
];

/// What reading finds, beside what it reads.
#[derive(Default)]
pub(super) struct Findings {
    /// Why the file is refused.
    pub(super) faults: Vec<Fault>,
    /// What has no place in an SLA file.
    pub(super) left_out: Vec<Fault>,
}

/// One table, whose keys are known.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    pub(super) place: Place,
    entries: &'n [Entry],
}

/// `metadata`
#[derive(Clone)]
pub(super) struct Metadata<'n> {
    pub(super) name: &'n str,
    display: Option<&'n str>,
    /// Ours, without their prefix.
    annotations: Vec<(&'n str, &'n str, Place)>,
}

impl Findings {
    pub(super) fn fault(&mut self, place: Place, message: impl Into<String>) {
        self.faults.push((place, message.into()));
    }

    pub(super) fn leave_out(&mut self, place: Place, message: impl Into<String>) {
        self.left_out.push((place, message.into()));
    }

    /// A table of these keys; all others are left out.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let Some(entries) = node.as_table() else {
            self.fault(node.place, format!("{what} must be a table of keys"));
            return None;
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let key: String = entry.key.chars().take(80).collect();
            self.leave_out(entry.place, format!("{what}: {key:?} says nothing to an SLA file"));
        }
        Some(Fields { place: node.place, entries })
    }

    /// A text, if the key is there.
    pub(super) fn text<'n>(&mut self, fields: Fields<'n>, key: &str) -> Option<&'n str> {
        let node = fields.get(key)?;
        match &node.value {
            Value::Text(text) if !text.is_empty() => return Some(text),
            Value::Text(_) => self.fault(node.place, format!("{key} must not be empty")),
            _ => self.fault(node.place, format!("{key} must be a text; put it in quotes")),
        }
        None
    }

    /// A text that must be there; `example` is one.
    pub(super) fn required<'n>(
        &mut self,
        fields: Fields<'n>,
        key: &str,
        example: &str,
    ) -> Option<&'n str> {
        if fields.get(key).is_none() {
            self.fault(fields.place, format!("lacks {key}: {example}"));
        }
        self.text(fields, key)
    }

    /// A number, as it is written, if the key is there.
    pub(super) fn number<'n>(
        &mut self,
        fields: Fields<'n>,
        key: &str,
    ) -> Option<(&'n str, f64, Place)> {
        let node = fields.get(key)?;
        if let Value::Number(written) = &node.value
            && let Ok(number) = written.parse::<f64>()
            && number.is_finite()
        {
            return Some((written, number, node.place));
        }
        self.fault(node.place, format!("{key} must be a number, without quotes"));
        None
    }

    /// `true` or `false`, if the key is there.
    pub(super) fn flag(&mut self, fields: Fields<'_>, key: &str) -> Option<bool> {
        let node = fields.get(key)?;
        if let Value::Bool(is) = node.value {
            return Some(is);
        }
        self.fault(node.place, format!("{key} must be true or false"));
        None
    }

    /// The items of a list; none if the key is not there.
    pub(super) fn list<'n>(&mut self, fields: Fields<'n>, key: &str, most: usize) -> &'n [Node] {
        let Some(node) = fields.get(key) else { return &[] };
        match node.as_list() {
            Some(items) if items.len() > most => {
                self.fault(node.place, format!("{key} may have at most {most} items"));
                &[]
            }
            Some(items) => items,
            None => {
                self.fault(node.place, format!("{key} must be a list"));
                &[]
            }
        }
    }

    /// The `metadata` of a document, or of what stands in the place of one.
    pub(super) fn metadata<'n>(&mut self, fields: Fields<'n>) -> Option<Metadata<'n>> {
        let Some(node) = fields.get("metadata") else {
            self.fault(fields.place, "lacks metadata: {name: my-name}");
            return None;
        };
        let own = self.fields(node, "metadata", &["name", "displayName", "annotations"])?;
        let name = self.required(own, "name", "my-name")?;
        let display = own.get("displayName").and_then(|_| self.text(own, "displayName"));
        let mut annotations = Vec::new();
        if let Some(node) = own.get("annotations") {
            if node.as_table().is_none() {
                self.fault(node.place, "annotations must be a table of texts");
            }
            for entry in node.as_table().unwrap_or_default() {
                match (entry.key.strip_prefix(PREFIX), entry.value.as_text()) {
                    (Some(key), _) if !OWN.contains(&key) => {
                        let message = "an annotation that this version of perfkit does not know";
                        self.leave_out(entry.place, message);
                    }
                    (Some(key), Some(text)) => annotations.push((key, text, entry.value.place)),
                    (Some(_), None) => {
                        let message = "an annotation must be a text; put it in quotes";
                        self.fault(entry.value.place, message);
                    }
                    (None, _) => {
                        let message =
                            "an annotation that is not perfkit's says nothing to an SLA file";
                        self.leave_out(entry.place, message);
                    }
                }
            }
        }
        Some(Metadata { name, display, annotations })
    }
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Where the value stands, or else the table.
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.get(key).map_or(self.place, |node| node.place)
    }
}

impl<'n> Metadata<'n> {
    /// What people call it.
    pub(super) fn title(&self) -> &'n str {
        self.display.unwrap_or(self.name)
    }

    /// An annotation of ours.
    pub(super) fn own(&self, key: &str) -> Option<(&'n str, Place)> {
        let found = self.annotations.iter().find(|(known, ..)| *known == key)?;
        Some((found.1, found.2))
    }
}
