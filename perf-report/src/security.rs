//! The content security policy of a page, from the hashes of what stands in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What a template says where its policy goes: `<meta http-equiv="Content-Security-Policy" content="…">`,
/// before anything that somebody else's text can be in.
pub(crate) const PLACE: &str = "perfkit-content-security-policy";

/// What stands between the attributes of HTML.
const SPACE: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];

/// The page with its policy: it loads nothing from anywhere, and runs and obeys only the scripts and style
/// sheets that stand in it as they are, those of a user's template included.
pub(crate) fn locked_down(page: &str) -> String {
    let styles = hashes(page, "style");
    let scripts = hashes(page, "script");
    let source = |hashes: &[String]| match hashes {
        [] => "'none'".to_owned(),
        hashes => hashes.join(" "),
    };
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        source(&styles),
        source(&scripts)
    );
    page.replacen(PLACE, &policy, 1)
}

/// `'sha256-…'` of the content of each such element, each once, as a browser has it (CSP level 3, 8.3).
fn hashes(page: &str, element: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    for (attributes, content) in elements(page, element) {
        if is_obeyed(attribute(attributes, "type").unwrap_or_default()) {
            // The line ends of HTML are those of Unix before anything looks at them.
            let content = content.replace("\r\n", "\n").replace('\r', "\n");
            let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content)));
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
    }
    hashes
}

/// Whether a browser runs a script of this type, or takes a style sheet of it; other scripts are data.
fn is_obeyed(kind: &str) -> bool {
    let known =
        ["", "module", "importmap", "text/javascript", "application/javascript", "text/css"];
    known.iter().any(|known| kind.trim().eq_ignore_ascii_case(known))
}

/// The attributes and the content of each such element.
fn elements<'a>(page: &'a str, name: &str) -> Vec<(&'a str, &'a str)> {
    let lower = page.to_ascii_lowercase();
    let (start, end) = (format!("<{name}"), format!("</{name}"));
    let mut elements = Vec::new();
    let mut at = 0;
    while let Some(attributes) = behind_tag(&lower, at, &start) {
        let Some(content) = end_of_tag(page, attributes) else { break };
        let Some(behind) = behind_tag(&lower, content, &end) else { break };
        elements.push((&page[attributes..content - 1], &page[content..behind - end.len()]));
        at = behind;
    }
    elements
}

/// Where the attributes of the next such tag begin.
fn behind_tag(lower: &str, mut at: usize, tag: &str) -> Option<usize> {
    loop {
        at += lower[at..].find(tag)? + tag.len();
        if lower[at..].starts_with(['>', '/']) || lower[at..].starts_with(SPACE) {
            return Some(at);
        }
    }
}

/// What is behind the `>` of a tag, which can also stand in the value of an attribute.
fn end_of_tag(page: &str, attributes: usize) -> Option<usize> {
    let mut quote = None;
    for (place, c) in page[attributes..].char_indices() {
        match (quote, c) {
            (None, '>') => return Some(attributes + place + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of an attribute, empty for one without.
fn attribute<'a>(mut rest: &'a str, wanted: &str) -> Option<&'a str> {
    loop {
        rest = rest.trim_start_matches(SPACE).trim_start_matches('/').trim_start_matches(SPACE);
        if rest.is_empty() {
            return None;
        }
        let is_end = |c: char| c == '=' || c == '/' || SPACE.contains(&c);
        let (name, behind) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        let value = behind.trim_start_matches(SPACE).strip_prefix('=');
        let value = value.map(|value| value.trim_start_matches(SPACE));
        let (value, behind) = match (value, value.and_then(|value| value.chars().next())) {
            (Some(value), Some(quote @ ('"' | '\''))) => {
                value[1..].split_once(quote).unwrap_or((&value[1..], ""))
            }
            (Some(value), _) => value.split_at(value.find(SPACE).unwrap_or(value.len())),
            (None, _) => ("", behind),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_and_style_sheet_is_named_by_its_hash() {
        let page = format!(
            "<meta content=\"{PLACE}\"><style>a{{}}</style><script>f()</script>\
             <script type=\"application/json\">{{}}</script><script></script>{PLACE}"
        );
        let locked = locked_down(&page);
        // printf 'a{}' | openssl dgst -sha256 -binary | base64
        for hash in [
            "style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='",
            "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src",
        ] {
            assert!(locked.contains(hash), "{locked}");
        }
        assert_eq!(locked.matches("sha256-").count(), 3);
        assert!(locked.ends_with(PLACE), "only the first place is one");
        assert!(locked_down(PLACE).contains("style-src 'none'; script-src 'none'"));
    }

    #[test]
    fn an_element_with_attributes_or_in_capitals_is_one_and_a_script_of_data_is_none() {
        let hash = |content: &str| hashes(&format!("<script>{content}</script>"), "script");
        let known = hash("f()\n");
        for script in [
            "<script defer>f()\n</script>",
            "<script type=\"module\" data-a='>'>f()\r\n</script>",
            "<SCRIPT\nasync type = Text/JavaScript>f()\r</Script >",
            "<script defer/ type=''>f()\n</script>",
            "<scripted>g()</scripted><script>f()\n</script><p><script>f()\n</script>",
        ] {
            assert_eq!(hashes(script, "script"), known, "{script}");
        }
        for data in ["<script id=a type=\"application/json\">f()\n</script>", "<script", "<script>"]
        {
            assert_eq!(hashes(data, "script"), [""; 0], "{data}");
        }
        let print = hashes("<style media=\"print\">a{}</style><style>b{}</style>", "style");
        assert_eq!(print.len(), 2);
        let repeated = [hash("f()"), hash("g()")].concat();
        let page = "<script>f()</script><script>g()</script><script>f()</script>";
        assert_eq!(hashes(page, "script"), repeated, "each once");
    }
}
