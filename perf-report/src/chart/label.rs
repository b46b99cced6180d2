//! Texts of somebody else's, as they may stand in a chart.

use crate::wording;

/// A text on one line without markup, cut beyond `max` characters.
pub(super) fn escaped(text: &str, max: usize) -> String {
    let mut plain = String::with_capacity(text.len().min(max));
    for c in wording::one_line(text, max).chars() {
        match c {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '"' => plain.push_str("&quot;"),
            '\'' => plain.push_str("&#39;"),
            _ => plain.push(c),
        }
    }
    plain
}

/// The beginning of a text on one line.
pub(super) fn cut(text: &str, max: usize) -> String {
    wording::one_line(text, max)
}

/// Only what can stand in an id and in a reference to it, with a letter first.
pub(super) fn id(text: &str) -> String {
    let may = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let id: String = text.chars().take(60).map(may).collect();
    if id.starts_with(|c: char| c.is_ascii_alphabetic()) { id } else { format!("c{id}") }
}

/// As much of a text as fits into `width` px, with an ellipsis where it is cut; nothing if that would
/// be fewer than two characters.
pub(super) fn fitted(text: &str, width: f64) -> String {
    // No text of more characters than this fits into any chart.
    let text = wording::one_line(text, 300);
    if self::width(&text) <= width {
        return text;
    }
    let mut room = width - glyph('…');
    let kept = text.chars().take_while(|c| {
        room -= glyph(*c);
        room >= 0.0
    });
    let kept: String = kept.collect();
    if kept.chars().count() < 2 { String::new() } else { kept.trim_end().to_owned() + "…" }
}

/// About how wide a text is in px, at the size of charts and rather too wide than too narrow.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(glyph).sum()
}

/// About as wide as in the widest of the usual fonts, DejaVu Sans.
fn glyph(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | '/'
        | ' ' | '(' | ')' | '[' | ']' => 4.2,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 10.8,
        '<' | '>' | '&' | '+' | '=' | '#' | '~' => 9.2,
        'A'..='Z' => 8.0,
        // Scripts of wide glyphs and pictures.
        '\u{1100}'.. => 12.0,
        _ => 6.9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup_or_moves_what_is_around_it() {
        assert_eq!(escaped("<a b='c'>&\"", 99), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;");
        assert_eq!(escaped("a\nb\u{0}\u{202e}\u{ffff}", 99), r"a\nb\u{0}\u{202e}\u{ffff}");
        assert_eq!(escaped("<<<", 1), "&lt;…");
    }

    #[test]
    fn an_id_cannot_leave_its_attribute() {
        assert_eq!(id("p95 \"x\" ü"), "p95--x---");
        assert_eq!(id("7"), "c7");
        assert_eq!(id(""), "c");
    }

    #[test]
    fn a_text_is_cut_to_its_room() {
        assert_eq!(fitted("retrieval", 100.0), "retrieval");
        let cut = fitted(&"x".repeat(10_000), 100.0);
        assert!(cut.ends_with('…') && width(&cut) <= 100.0 && width(&cut) > 85.0, "{cut}");
        assert_eq!(fitted("retrieval", 12.0), "", "one letter says nothing");
    }
}
