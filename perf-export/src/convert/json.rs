//! Texts in JSON.

use super::is_hostile;
use std::fmt::Write;

/// A string of JSON with its quotes.
pub(super) fn text(text: &str) -> String {
    // A text is always valid JSON.
    value(&serde_json::to_string(text).unwrap_or_default())
}

/// JSON as it is, but for what hides inside its strings, which is written as its number.
pub(super) fn value(json: &str) -> String {
    if !json.contains(is_hostile) {
        return json.to_owned();
    }
    let mut plain = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            // Between values a line feed is a space, and inside of strings there are none.
            '\n' | '\r' | '\t' => plain.push(' '),
            c if is_hostile(c) => {
                let _ = write!(plain, "\\u{:04x}", u32::from(c));
            }
            c => plain.push(c),
        }
    }
    plain
}
