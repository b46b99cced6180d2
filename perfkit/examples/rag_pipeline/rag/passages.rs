//! Passages: the pieces of a file that are searched and quoted.

/// Words after which a passage ends at the next blank line or heading.
const ENOUGH_WORDS: usize = 80;
/// Words that a passage does not exceed.
const MOST_WORDS: usize = 160;
/// Bytes that one piece of a line does not exceed; only lines without spaces come near.
const MOST_BYTES: usize = 2_000;

/// Whether a file is written for readers or for a compiler, which decides what its lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text and Markdown: sentences run on over line ends.
    Prose,
    /// Source code: every line stands alone, except for comments.
    Source,
}

/// A run of whole lines of one file; a line too long for one passage is spread over several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Index of the file in its corpus.
    pub file: usize,
    /// The kind of that file.
    pub kind: Kind,
    /// Number of the first line, counted from 1.
    pub first_line: usize,
    /// Number of the last line, counted from 1.
    pub last_line: usize,
    /// The lines, joined by `\n`.
    pub text: String,
}

/// Cuts the text of file number `file` into passages of about 80 to 160 words.
///
/// A passage ends at a blank line or before a heading once it is long enough, else at the end of
/// the line before it would become too long.
#[must_use]
pub fn cut(file: usize, kind: Kind, text: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut open = Passage { file, kind, first_line: 1, last_line: 1, text: String::new() };
    let mut open_words = 0;
    for (line_number, line) in (1..).zip(text.lines()) {
        let may_end = line.trim().is_empty() || is_heading(line);
        for piece in pieces(line.trim_end(), MOST_WORDS, MOST_BYTES) {
            let words = piece.split_whitespace().count();
            let full =
                open_words + words > MOST_WORDS || open.text.len() + piece.len() > MOST_BYTES;
            if full || (may_end && open_words >= ENOUGH_WORDS) {
                close(&mut open, &mut passages);
                open_words = 0;
            }
            append(&mut open, line_number, piece);
            open_words += words;
        }
    }
    close(&mut open, &mut passages);
    passages
}

/// Whether `line` is a Markdown heading: up to six `#`, a space, and a title.
#[must_use]
pub fn is_heading(line: &str) -> bool {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    (1..=6).contains(&level) && title.starts_with(' ')
}

/// Splits `line` after at most `most_words` words and `most_bytes` bytes, between words unless a
/// single word is longer than that. An empty line is one empty piece.
pub fn pieces(line: &str, most_words: usize, most_bytes: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let (piece, after) = rest?.split_at(piece_end(rest?, most_words, most_bytes));
        rest = (!after.is_empty()).then_some(after);
        Some(piece)
    })
}

/// Where the first piece of `line` ends, in bytes.
fn piece_end(line: &str, most_words: usize, most_bytes: usize) -> usize {
    let mut words = 0;
    let mut last_word_end = 0;
    let mut in_word = false;
    for (at, character) in line.char_indices() {
        if in_word && character.is_whitespace() {
            words += 1;
            last_word_end = at;
        }
        in_word = !character.is_whitespace();
        let too_long = at + character.len_utf8() > most_bytes;
        if words == most_words || (too_long && last_word_end > 0) {
            return last_word_end;
        }
        if too_long && at > 0 {
            return at;
        }
    }
    line.len()
}

/// Adds a line, or a piece of one, to the open passage.
fn append(open: &mut Passage, line_number: usize, piece: &str) {
    if open.text.is_empty() {
        // A passage does not begin with blank lines.
        if piece.trim().is_empty() {
            return;
        }
        open.first_line = line_number;
    } else {
        open.text.push('\n');
    }
    open.text.push_str(piece);
    open.last_line = line_number;
}

/// Moves the open passage, if it has any text, to `passages`, leaving it empty.
fn close(open: &mut Passage, passages: &mut Vec<Passage>) {
    let text = std::mem::take(&mut open.text);
    let trimmed = text.trim_end();
    if trimmed.is_empty() {
        return;
    }
    let blank_lines = text[trimmed.len()..].matches('\n').count();
    passages.push(Passage {
        last_line: open.last_line - blank_lines,
        text: trimmed.to_owned(),
        ..*open
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_prose(text: &str) -> Vec<Passage> {
        cut(0, Kind::Prose, text)
    }

    fn words(count: usize) -> String {
        vec!["word"; count].join(" ")
    }

    #[test]
    fn a_short_file_is_one_passage_without_its_outer_blank_lines() {
        let passages = cut_prose("\n\n# Title\n\nSome text.\r\n\n\n");
        assert_eq!(passages.len(), 1);
        assert_eq!(passages[0].text, "# Title\n\nSome text.");
        assert_eq!((passages[0].first_line, passages[0].last_line), (3, 5));
    }

    #[test]
    fn a_long_enough_passage_ends_before_a_heading() {
        let passages = cut_prose(&format!("{}\n## Next\n{}", words(80), words(5)));
        assert_eq!(passages.len(), 2);
        assert!(passages[1].text.starts_with("## Next"));
        assert_eq!(passages[1].first_line, 2);
    }

    #[test]
    fn a_long_block_is_split_on_a_line_end() {
        let line = words(10);
        let passages = cut_prose(&vec![line.as_str(); 20].join("\n"));
        let lines: Vec<_> = passages.iter().map(|p| (p.first_line, p.last_line)).collect();
        assert_eq!(lines, [(1, 16), (17, 20)]);
    }

    #[test]
    fn a_long_line_is_split_between_words() {
        let passages = cut_prose(&words(400));
        let counts: Vec<_> = passages.iter().map(|p| p.text.split_whitespace().count()).collect();
        assert_eq!(counts, [160, 160, 80]);
        assert!(passages.iter().all(|p| p.first_line == 1 && p.last_line == 1));
    }

    #[test]
    fn a_long_word_is_split_between_characters() {
        let passages = cut_prose(&"ß".repeat(2_500));
        let lengths: Vec<_> = passages.iter().map(|p| p.text.len()).collect();
        assert_eq!(lengths, [2_000, 2_000, 1_000]);
    }
}
