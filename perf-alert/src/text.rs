//! Texts that others have written, on their way to a line.

/// Without line ends and other control characters, with which a measured name could write lines of its own, and those
/// that turn the writing around or are not seen.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if hides(c) { ' ' } else { c }).collect()
}

fn hides(c: char) -> bool {
    let is_unseen = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    c.is_control() || is_unseen
}

/// At most so many characters; what is cut ends with `…`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_or_turns_the_writing_around_is_a_space() {
        let hostile = "a\r\n\u{1b}[31m\u{202e}b\u{2028}c\u{200b}\u{e0041}ü";
        assert_eq!(one_line(hostile), "a   [31m b c  ü");
    }

    #[test]
    fn what_is_cut_is_as_long_as_it_may_be() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("", 0), "");
    }
}
