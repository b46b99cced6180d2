//! Links from the page to the reports.

use std::fmt::Write;

/// A link to a file beside the page: only to a plain name, and only letters that mean nothing in an address.
pub(super) fn href(file: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
    if file.is_empty() || file.starts_with('.') || !file.chars().all(is_plain) {
        return String::new();
    }
    let mut href = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                href.push(byte as char);
            }
            _ => {
                let _ = write!(href, "%{byte:02X}");
            }
        }
    }
    href
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_is_linked_to_and_no_letter_of_it_means_anything() {
        assert_eq!(href("night-01.json"), "night-01.json");
        assert_eq!(href("a b#c?d\"e%.json"), "a%20b%23c%3Fd%22e%25.json");
        assert_eq!(href("größe.json"), "gr%C3%B6%C3%9Fe.json");
        for name in ["", "../a.json", "/etc/a", "a/b", "javascript:alert(1)", "a\\b", ".a", "a\nb"]
        {
            assert_eq!(href(name), "", "{name:?}");
        }
    }
}
