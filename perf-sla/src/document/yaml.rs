//! YAML, and with it JSON.

use super::{Entry, Fault, MAX_NODES, Node, Place, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};
use std::borrow::Cow;
use std::collections::HashSet;

/// Tables and lists inside each other.
const MAX_DEPTH: usize = 64;

/// Every document of the text.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, Fault> {
    let mut builder = Builder { events: Parser::new_from_str(text), nodes: 0 };
    let mut documents = Vec::new();
    loop {
        match builder.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing,
                _,
            ) => {}
            (event, span) => documents.push(builder.node(event, span, 0)?),
        }
    }
}

struct Builder<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    nodes: usize,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        match self.events.next_event() {
            Some(event) => {
                event.map_err(|error: ScanError| (place(*error.marker()), error.info().to_owned()))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// The node that begins with `event`.
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Fault> {
        let place = place(span.start);
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err((place, format!("has more than {MAX_NODES} values; nobody's targets do")));
        }
        if depth > MAX_DEPTH {
            return Err((place, format!("is nested more than {MAX_DEPTH} deep")));
        }
        let value = match event {
            Event::Scalar(text, style, ..) => scalar(text, style),
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.table(depth)?,
            Event::Alias(_) => {
                let remedy =
                    "aliases are not read; what several operations share goes to `defaults`";
                return Err((place, remedy.to_owned()));
            }
            _ => return Err((place, "a value is missing here".to_owned())),
        };
        Ok(Node { place, value })
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn table(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut known = HashSet::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Table(entries)),
                (Event::Scalar(text, ..), span) => (text.into_owned(), place(span.start)),
                (_, span) => return Err((place(span.start), "a key must be a text".to_owned())),
            };
            if !known.insert(key.clone()) {
                return Err((at, format!("key {key:?} stands here a second time")));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry { place: at, key, value });
        }
    }
}

fn place(marker: Marker) -> Place {
    // The scanner counts lines from 1 and columns from 0.
    Place::Line(marker.line(), marker.col() + 1)
}

/// By the core schema of YAML 1.2.
fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.into_owned());
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(&text) => Value::Number(text.into_owned()),
        _ => Value::Text(text.into_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let is_written = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    is_written(text.strip_prefix(['+', '-']).unwrap_or(text)) && text.parse::<f64>().is_ok()
        || matches!(text.trim_start_matches(['+', '-']), ".inf" | ".nan" | ".NaN")
}
