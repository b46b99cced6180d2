//! What the terminal can show.

use perfkit::report::Console;
use std::io::IsTerminal;

/// Columns where there is no terminal to ask.
const COLUMNS: usize = 80;

/// Width, colours (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, not a terminal) and characters (the
/// locale) of standard output.
pub(crate) fn stdout() -> Console {
    let width = match terminal_size::terminal_size() {
        Some((columns, _)) if std::io::stdout().is_terminal() => usize::from(columns.0),
        _ => std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(COLUMNS),
    };
    let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    Console::new(width, color, shows_unicode())
}

/// A locale that is set and names no UTF-8 shows ASCII; without one, terminals of today show more.
fn shows_unicode() -> bool {
    let set =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let locale = set.filter(|value| !value.is_empty()).map(|value| value.to_lowercase()).next();
    locale.is_none_or(|locale| locale.contains("utf-8") || locale.contains("utf8"))
}
