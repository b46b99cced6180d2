//! Texts in columns.

pub(crate) fn sparkline(bars: &[u64], unicode: bool) -> String {
    let levels: Vec<char> = if unicode { " ▁▂▃▄▅▆▇█" } else { " .:-=+*%#" }.chars().collect();
    bars.iter().map(|bar| levels[(*bar as usize).min(levels.len() - 1)]).collect()
}

/// Characters, which are columns but for writing systems with wide ones.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}

pub(crate) fn padded(text: &str, columns: usize, right: bool) -> String {
    if right { format!("{text:>columns$}") } else { format!("{text:<columns$}") }
}

pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}
