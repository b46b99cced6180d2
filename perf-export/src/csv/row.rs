//! Rows and cells of CSV.

use std::fmt::{Display, Write};
use std::io;

/// Rows that are put together cell by cell, and written one at a time.
pub(super) struct Rows<W> {
    out: W,
    line: String,
}

impl<W: io::Write> Rows<W> {
    /// Writes the names of the columns.
    pub(super) fn begin(mut out: W, columns: &str) -> io::Result<Self> {
        out.write_all(format!("{columns}\n").as_bytes())?;
        Ok(Rows { out, line: String::new() })
    }

    /// A cell with text.
    pub(super) fn text(&mut self, text: &str) {
        let inert = looks_like_a_formula(text);
        let quoted = inert
            || text.contains([',', ';', '"', '\n', '\r', '\t'])
            || text.starts_with(' ')
            || text.ends_with(' ');
        if quoted {
            self.line.push('"');
            self.line.push_str(if inert { "'" } else { "" });
            for character in text.chars() {
                self.line.push(character);
                if character == '"' {
                    self.line.push('"');
                }
            }
            self.line.push('"');
        } else {
            self.line.push_str(text);
        }
        self.line.push(',');
    }

    /// A cell with a number.
    pub(super) fn number(&mut self, number: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.line, "{number},");
    }

    /// A cell with a number, empty if there is none.
    pub(super) fn known(&mut self, number: Option<impl Display>) {
        match number {
            Some(number) => self.number(number),
            None => self.empty(1),
        }
    }

    /// So many empty cells.
    pub(super) fn empty(&mut self, cells: usize) {
        self.line.extend(std::iter::repeat_n(',', cells));
    }

    /// Writes the row.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.line.pop(); // the comma after the last cell
        self.line.push('\n');
        let written = self.out.write_all(self.line.as_bytes());
        self.line.clear();
        written
    }
}

/// Whether a spreadsheet could take `text` for a formula. Some programs drop the quotes of a cell, or its
/// spaces, and look again; some take the wide forms of East Asian text too. Where it is true it stays true
/// with an apostrophe more, so one apostrophe less always gives back the name.
fn looks_like_a_formula(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| matches!(c, '"' | '\'') || c.is_whitespace());
    let skipped = &text[..text.len() - bare.len()];
    skipped.contains(['\t', '\r', '\n'])
        || bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut rows = Rows { out: Vec::new(), line: String::new() };
        rows.text(text);
        rows.end().expect("memory takes all");
        String::from_utf8(rows.out).expect("UTF-8").trim_end_matches('\n').to_owned()
    }

    #[test]
    fn only_what_must_be_quoted_is() {
        for (text, expected) in [
            ("search", "search"),
            ("", ""),
            ("a b", "a b"),
            ("größe", "größe"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\nb", "\"a\nb\""),
            ("a\r\nb", "\"a\r\nb\""),
            (" a", "\" a\""),
            ("1e5", "1e5"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_formula_is_text() {
        for (text, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\rx", "\"'\rx\""),
            ("\"=1\"", "\"'\"\"=1\"\"\""),
            ("'=1", "\"''=1\""),
            (" =1", "\"' =1\""),
            ("＝1", "\"'＝1\""),
            ("a=1", "a=1"),
            ("'quoted'", "'quoted'"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
