//! The content security policy of a page, from the hashes of what stands in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What a template says where its policy goes: `<meta http-equiv="Content-Security-Policy" content="…">`,
/// before anything that somebody else's text can be in.
pub(crate) const PLACE: &str = "perfkit-content-security-policy";

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

/// `'sha256-…'` of the content of each such element, byte for byte as it stands there (CSP level 3, 8.3).
/// A script with a type is data.
fn hashes(page: &str, element: &str) -> Vec<String> {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let contents = page.split(&start).skip(1).filter_map(|rest| rest.split_once(&end));
    let mut hashes: Vec<String> = contents
        .map(|(content, _)| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content))))
        .collect();
    hashes.dedup();
    hashes
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
}
