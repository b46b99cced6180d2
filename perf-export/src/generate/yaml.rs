//! YAML, every scalar in double quotes: no value can become anything but the text that it is.

use super::promql::is_printable;
use std::fmt::Write;

/// A text as a scalar. A line end in it is one of the text.
pub(super) fn scalar(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    text.chars().for_each(|c| push(&mut quoted, c));
    quoted.push('"');
    quoted
}

/// An expression as a scalar over several lines, those after the first with this indent: what reads it makes
/// spaces of the line ends.
pub(super) fn folded(expression: &str, indent: usize) -> String {
    let mut quoted = String::with_capacity(expression.len() + 2);
    quoted.push('"');
    for (i, line) in expression.lines().enumerate() {
        if i > 0 {
            let _ = write!(quoted, "\n{:indent$}", "");
        }
        line.trim().chars().for_each(|c| push(&mut quoted, c));
    }
    quoted.push('"');
    quoted
}

fn push(out: &mut String, c: char) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        c if is_printable(c) => out.push(c),
        c => {
            let _ = match u32::from(c) {
                code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            };
        }
    }
}

/// A text in a comment: on one line.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|c| if is_printable(c) { c } else { ' ' }).collect()
}
