//! Texts in columns.

use unicode_width::UnicodeWidthChar;

pub(crate) fn sparkline(bars: &[u64], unicode: bool) -> String {
    let levels: Vec<char> = if unicode { " ▁▂▃▄▅▆▇█" } else { " .:-=+*%#" }.chars().collect();
    bars.iter().map(|bar| levels[(*bar as usize).min(levels.len() - 1)]).collect()
}

/// Columns of a terminal: two for a character of Chinese, Japanese or Korean, none for one that is put above another.
pub(crate) fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

pub(crate) fn padded(text: &str, columns: usize, right: bool) -> String {
    let space = " ".repeat(columns.saturating_sub(width(text)));
    if right { space + text } else { text.to_owned() + &space }
}

/// As much of a text as fits, with an ellipsis where it is cut.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(mut room) = columns.checked_sub(1) else { return String::new() };
    let kept = text.chars().take_while(|c| {
        let left = room.checked_sub(c.width().unwrap_or(0));
        room = left.unwrap_or(room);
        left.is_some()
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_character_takes_two_columns() {
        assert_eq!((width("abc"), width("日本"), width("e\u{301}")), (3, 4, 1));
        assert_eq!(
            (padded("日", 4, true), padded("日", 4, false)),
            ("  日".to_owned(), "日  ".to_owned())
        );
        let cuts = [5, 4, 3, 2, 1, 0].map(|columns| cut("日本語", columns));
        assert_eq!(cuts, ["日本…", "日…", "日…", "…", "…", ""]);
    }
}
