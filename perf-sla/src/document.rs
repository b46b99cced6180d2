//! A file as a tree whose every node knows where it stands, whatever its format.

mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::path::Path;

/// Nodes of a file, keys and values; what is larger is no SLA file.
#[cfg(feature = "yaml")]
const MAX_NODES: usize = 200_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Toml,
    /// And JSON, which is YAML too.
    Yaml,
}

impl Format {
    /// By the end of the file's name; what is unknown is TOML.
    pub(crate) fn of(path: &Path) -> Self {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" | "json" => Format::Yaml,
            _ => Format::Toml,
        }
    }
}

/// What is wrong with a file, and where.
pub(crate) type Fault = (Place, String);

/// Where a node stands. All places of one document are of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Byte of the text.
    Byte(usize),
    /// Line and column in characters, both from 1.
    #[cfg(feature = "yaml")]
    Line(usize, usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// As it stands in the file.
    Table(Vec<Entry>),
    List(Vec<Node>),
    Text(String),
    /// As it is written.
    Number(String),
    Bool(bool),
    /// A date, a time or both, of TOML.
    DateTime(String),
    #[cfg(feature = "yaml")]
    Null,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) key: String,
    pub(crate) value: Node,
}

/// The documents of a text: one, or of YAML any number.
pub(crate) fn parse(text: &str, format: Format) -> Result<Vec<Node>, Vec<Fault>> {
    match format {
        Format::Toml => toml::parse(text).map(|root| vec![root]),
        #[cfg(feature = "yaml")]
        Format::Yaml => yaml::parse(text).map_err(|fault| vec![fault]),
        #[cfg(not(feature = "yaml"))]
        Format::Yaml => Err(vec![(
            Place::Byte(0),
            "this build reads TOML only; YAML and JSON need the feature `yaml`".to_owned(),
        )]),
    }
}

impl Node {
    pub(crate) fn as_table(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// From places to lines and columns of one text.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Lines { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The line, from 1.
    pub(crate) fn line(&self, place: Place) -> usize {
        match place {
            Place::Byte(byte) => self.starts.partition_point(|start| *start <= byte).max(1),
            #[cfg(feature = "yaml")]
            Place::Line(line, _) => line,
        }
    }

    /// Line and column (in characters), from 1.
    pub(crate) fn position(&self, place: Place) -> (usize, usize) {
        match place {
            Place::Byte(byte) => {
                let line = self.line(place);
                let start = self.starts[line - 1];
                let before = self.text.get(start..byte);
                (line, before.map_or(0, |before| before.chars().count()) + 1)
            }
            #[cfg(feature = "yaml")]
            Place::Line(line, column) => (line, column),
        }
    }
}
