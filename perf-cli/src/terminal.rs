//! What the terminal can show.

use perfkit::report::{Console, Report};
use std::fmt;
use std::io::{self, Write};

/// Columns where there is no terminal to ask.
const COLUMNS: usize = 80;

/// Writes to standard output. A reader that has gone away (`| head`) is no error.
pub(crate) fn say(text: &str) -> Result<(), String> {
    match is_github_job() {
        true => write(&without_commands(text)),
        false => write(text),
    }
}

fn write(text: &str) -> Result<(), String> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output: cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

/// A line to standard error, beside what is asked for. Where it cannot be written, nobody is left to hear.
pub(crate) fn tell(line: impl fmt::Display) {
    let line = line.to_string();
    let line = if is_github_job() { without_commands(&line) } else { line };
    let _ = writeln!(io::stderr(), "{line}");
}

/// A text in which nothing moves the cursor or colours the terminal: names of files can hold anything.
pub(crate) fn inert(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c.to_string(),
        c if c.is_control() => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// In a job of GitHub Actions, says what is to be shown beside the SLA file.
pub(crate) fn annotate(report: &Report) -> Result<(), String> {
    match is_github_job() {
        true => write(&report.to_github_annotations()),
        false => Ok(()),
    }
}

/// A text in which the runner of GitHub Actions finds no command. It looks for `::` where a line begins, also behind
/// spaces, and for `##[` anywhere; an operation can be called so. The last character of either is shown as its number.
fn without_commands(text: &str) -> String {
    let inert = |line: &str| {
        let words = line.trim_start();
        let line = match words.strip_prefix("::") {
            Some(rest) => format!("{}:\\u{{3a}}{rest}", &line[..line.len() - words.len()]),
            None => line.to_owned(),
        };
        line.replace("##[", "##\\u{5b}")
    };
    text.split_inclusive('\n').map(inert).collect()
}

pub(crate) fn is_github_job() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Width, colours (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, not a terminal) and characters (the
/// locale) of standard output.
pub(crate) fn stdout() -> Console {
    console(&io::stdout())
}

/// The same of standard error.
pub(crate) fn stderr() -> Console {
    console(&io::stderr())
}

fn console(stream: &impl anstream::stream::RawStream) -> Console {
    let width = match terminal_size::terminal_size() {
        Some((columns, _)) if stream.is_terminal() => usize::from(columns.0),
        _ => std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(COLUMNS),
    };
    let color = anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never;
    // anstream takes any value as force, and then asks nothing else.
    let is_zero = |name| std::env::var_os(name).is_some_and(|value| value == "0");
    let color = match is_zero("CLICOLOR_FORCE") {
        true => color && stream.is_terminal() && !is_zero("CLICOLOR"),
        false => color,
    };
    Console::new(width, color, shows_unicode())
}

/// A locale that is set and names no UTF-8 shows ASCII; without one, terminals of today show more.
fn shows_unicode() -> bool {
    let set =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let locale = set.filter(|value| !value.is_empty()).map(|value| value.to_lowercase()).next();
    locale.is_none_or(|locale| locale.contains("utf-8") || locale.contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gives_the_runner_of_github_no_command() {
        for (text, inert) in [
            ("::error::x\n", r":\u{3a}error::x\n"),
            (" \u{a0}\t::stop-commands::x", " \u{a0}\t:\\u{3a}stop-commands::x"),
            ("a\n  ::error::x\nb", "a\n  :\\u{3a}error::x\nb"),
            ("call of ##[error]x", r"call of ##\u{5b}error]x"),
            ("std::vec 3.0 ms ## [x]\n", "std::vec 3.0 ms ## [x]\n"),
        ] {
            assert_eq!(without_commands(text), inert.replace(r"\n", "\n"));
        }
    }
}
