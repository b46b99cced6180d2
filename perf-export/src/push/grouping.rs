//! The path under which a Pushgateway keeps a group of metrics.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt::Write;

/// Adds `/name/value` to a path. What no segment of a path can carry, as nothing and slashes, or what might be
/// taken for a way up, is written in Base64.
pub(super) fn push_pair(path: &mut String, name: &str, value: &str) {
    let as_base64 = value.contains('/') || matches!(value, "" | "." | "..");
    path.push('/');
    path.push_str(name);
    if as_base64 {
        path.push_str("@base64/");
        BASE64_URL_SAFE_NO_PAD.encode_string(value, path);
        if value.is_empty() {
            // The padding of nothing, so that there is a segment.
            path.push('=');
        }
        return;
    }
    path.push('/');
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                path.push(char::from(byte));
            }
            _ => drop(write!(path, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_path_can_carry_is_written_in_base64() {
        let cases = [
            ("nightly", "/job/nightly"),
            ("a b?#%", "/job/a%20b%3F%23%25"),
            ("größe", "/job/gr%C3%B6%C3%9Fe"),
            ("", "/job@base64/="),
            ("..", "/job@base64/Li4"),
            // The example of the Pushgateway's own documentation.
            ("/var/tmp", "/job@base64/L3Zhci90bXA"),
        ];
        for (value, expected) in cases {
            let mut path = String::new();
            push_pair(&mut path, "job", value);
            assert_eq!(path, expected);
        }
    }
}
