//! JSON that people can read and that stays small: a line a key, and lists of numbers on one line.

use crate::error::ReportError;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

pub(crate) fn render(model: &impl Serialize) -> Result<String, ReportError> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Lines::default());
    model.serialize(&mut serializer).map_err(|error| ReportError::Render(error.into()))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|error| ReportError::Render(error.into()))
}

/// Objects take a line a key; a list takes lines only for objects in it.
#[derive(Default)]
struct Lines {
    /// For each list and object that is open: whether it has taken a line.
    open: Vec<bool>,
    /// Whether the last thing begun was a value of a list.
    in_list: bool,
}

impl Lines {
    fn new_line<W: ?Sized + Write>(&mut self, out: &mut W, depth: usize) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..depth).try_for_each(|_| out.write_all(b" "))
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, end: &[u8]) -> io::Result<()> {
        if self.open.pop() == Some(true) {
            self.new_line(out, self.open.len())?;
        }
        out.write_all(end)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open.push(false);
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.in_list = true;
        out.write_all(if first { b"" } else { b"," })
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if std::mem::take(&mut self.in_list) {
            if let Some(list) = self.open.last_mut() {
                *list = true;
            }
            self.new_line(out, self.open.len())?;
        }
        self.open.push(false);
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b"," })?;
        if let Some(object) = self.open.last_mut() {
            *object = true;
        }
        self.new_line(out, self.open.len())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.in_list = false;
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_plain_json() {
        let value = serde_json::json!({
            "a": [], "b": {}, "c": [[1, 2], [3, 4]], "d": [{"x": [1]}, {"y": {}}], "e": [null, "\"\n"],
        });
        let mut bytes = Vec::new();
        value.serialize(&mut Serializer::with_formatter(&mut bytes, Lines::default())).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert!(text.contains("\"c\": [[1,2],[3,4]],\n"), "{text}");
        assert!(text.contains("\"d\": [\n  {\n"), "{text}");
    }
}
