//! Names as tags.

use std::fmt::Write;

/// Writes `name` to the end of `line`, with what a tag cannot hold as `%2C` and so on. Some readers end lines
/// at more than the line feed, so all control characters and white space are among it.
pub(super) fn escape(name: &str, line: &mut String) {
    for character in name.chars() {
        if matches!(character, ',' | '%') || character.is_whitespace() || character.is_control() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a String cannot fail.
                let _ = write!(line, "%{byte:02X}");
            }
        } else {
            line.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tag_cannot_hold_is_escaped_and_nothing_else() {
        for (name, expected) in [
            ("search", "search"),
            ("größe/\"x\"=1", "größe/\"x\"=1"),
            ("a,b c", "a%2Cb%20c"),
            ("a\r\nb", "a%0D%0Ab"),
            ("50%", "50%25"),
            ("a\u{2028}b", "a%E2%80%A8b"),
        ] {
            let mut tag = String::new();
            escape(name, &mut tag);
            assert_eq!(tag, expected, "{name:?}");
        }
    }
}
