//! Sentences: the smallest pieces of a passage that can be quoted or asked about.

use super::passages::{Kind, Passage, is_heading, pieces};

/// Bytes that a sentence does not exceed; longer ones are split between words.
pub const LONGEST_SENTENCE: usize = 300;

/// A piece of a passage that makes sense by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Number of the line of the file on which it starts, counted from 1.
    pub line: usize,
    /// What sort of piece it is.
    pub form: Form,
    /// Its text on one line, without the marks of lists, quotations and comments.
    pub text: String,
}

/// The sort of a [`Sentence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A sentence proper.
    Prose,
    /// A heading.
    Heading,
    /// A line of code or a row of a table.
    Line,
}

/// The sentences of `passage` in order.
///
/// In prose, and in the comments of source code, sentences run on over line ends; all else is
/// taken line by line.
#[must_use]
pub fn sentences(passage: &Passage) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut block = Block::default();
    let mut in_fence = false;
    for (number, line) in (passage.first_line..).zip(passage.text.lines()) {
        let line = Line::of(line, passage.kind, in_fence);
        if !matches!(line, Line::Running(_)) {
            block.end(&mut sentences);
        }
        match line {
            Line::Running(text) | Line::Item(text) => block.append(number, text),
            Line::Heading(text) => push(&mut sentences, number, Form::Heading, text),
            Line::Alone(text) => push(&mut sentences, number, Form::Line, text),
            Line::Fence => in_fence = !in_fence,
            Line::Code(text) => {
                in_fence = false;
                push(&mut sentences, number, Form::Line, text);
            }
        }
    }
    block.end(&mut sentences);
    sentences
}

/// What a line is to its neighbours, with its text freed of marks.
enum Line<'a> {
    /// Part of a paragraph or comment that may go on.
    Running(&'a str),
    /// The start of a list item, which may go on.
    Item(&'a str),
    Heading(&'a str),
    /// A table row, a blank line, or a line between fences.
    Alone(&'a str),
    /// A line that begins or ends a block of code in Markdown.
    Fence,
    /// A line of a source file that is not a comment.
    Code(&'a str),
}

impl<'a> Line<'a> {
    fn of(line: &'a str, kind: Kind, in_fence: bool) -> Self {
        let line = line.trim();
        let text = match kind {
            Kind::Prose => line,
            Kind::Source => match comment(line) {
                Some(text) => text,
                None => return Self::Code(line),
            },
        };
        if text.starts_with("```") || text.starts_with("~~~") {
            Self::Fence
        } else if in_fence || text.is_empty() || text.starts_with('|') {
            Self::Alone(text.trim_matches('|'))
        } else if is_heading(text) {
            Self::Heading(text.trim_matches('#'))
        } else if let Some(item) = list_item(text) {
            Self::Item(item)
        } else {
            Self::Running(text.trim_start_matches("> "))
        }
    }
}

/// The text of a comment line, or `None` where `line` is code.
fn comment(line: &str) -> Option<&str> {
    let marks = ["///", "//!", "//", "/**", "/*", "*", "#", "--", ";;"];
    let text = marks.iter().find_map(|mark| line.strip_prefix(mark))?;
    // Without the space it may be `#include`, `*pointer = 1` or code that is commented out.
    let is_comment = text.is_empty() || text.starts_with(' ');
    is_comment.then(|| text.trim_end_matches("*/").trim())
}

/// The text of a list item that starts on `line`.
fn list_item(line: &str) -> Option<&str> {
    let bullet = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
    bullet.or_else(|| {
        let (number, text) = line.split_once(". ")?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(text)
    })
}

/// Lines that belong together, joined by spaces.
#[derive(Default)]
struct Block {
    text: String,
    /// Where in `text` each line starts, and its number.
    starts: Vec<(usize, usize)>,
}

impl Block {
    fn append(&mut self, number: usize, text: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.starts.push((self.text.len(), number));
        self.text.push_str(text);
    }

    /// Moves the sentences of the block to `sentences`, leaving it empty.
    fn end(&mut self, sentences: &mut Vec<Sentence>) {
        let mut start = 0;
        while start < self.text.len() {
            let end = start + sentence_end(&self.text[start..]);
            let lines_begun = self.starts.partition_point(|&(at, _)| at <= start);
            let (_, number) = self.starts[lines_begun - 1];
            push(sentences, number, Form::Prose, &self.text[start..end]);
            start = end;
        }
        self.text.clear();
        self.starts.clear();
    }
}

/// Where the first sentence of `text` ends, in bytes, counting the space after it.
///
/// A full stop ends a sentence only before a space and something other than a lower-case letter,
/// which leaves most abbreviations and numbers whole.
fn sentence_end(text: &str) -> usize {
    text.match_indices(['.', '!', '?'])
        .map(|(at, _)| &text[at + 1..])
        .map(|after| after.trim_start_matches(['"', '\'', ')', '`', '*', '_', '”']))
        .filter(|after| after.starts_with(' '))
        .map(str::trim_start)
        .find(|next| !next.starts_with(char::is_lowercase))
        .map_or(text.len(), |next| text.len() - next.len())
}

/// Adds `text`, in pieces where it is long, unless it has no letter or digit.
fn push(sentences: &mut Vec<Sentence>, line: usize, form: Form, text: &str) {
    let plain = text.replace("**", "");
    let kept = pieces(plain.trim(), usize::MAX, LONGEST_SENTENCE)
        .map(str::trim)
        .filter(|piece| piece.contains(char::is_alphanumeric));
    sentences.extend(kept.map(|piece| Sentence { line, form, text: piece.to_owned() }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(kind: Kind, text: &str) -> Vec<(usize, String)> {
        let passage = Passage {
            file: 0,
            kind,
            first_line: 10,
            last_line: 10 + text.lines().count(),
            text: text.to_owned(),
        };
        let sentences = sentences(&passage).into_iter();
        sentences.map(|sentence| (sentence.line, sentence.text)).collect()
    }

    fn at(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn a_sentence_runs_on_over_line_ends_and_keeps_its_first_line() {
        assert_eq!(
            split(Kind::Prose, "# Title\n\nOne sentence\nhere. And e.g. two.\nThree!"),
            [
                at(10, "Title"),
                at(12, "One sentence here."),
                at(13, "And e.g. two."),
                at(14, "Three!")
            ]
        );
    }

    #[test]
    fn list_items_table_rows_and_fenced_lines_stand_alone() {
        assert_eq!(
            split(Kind::Prose, "- one\n  more\n2. two\n| a | b |\n```\nx\ny\n```\n---"),
            [at(10, "one more"), at(12, "two"), at(13, "a | b"), at(15, "x"), at(16, "y")]
        );
    }

    #[test]
    fn in_source_code_comments_run_on_and_code_does_not() {
        assert_eq!(
            split(
                Kind::Source,
                "/// Adds\n/// one.\n/// ```\n/// add()\nfn add(\n    n: u8,\n#[inline]"
            ),
            [
                at(10, "Adds one."),
                at(13, "add()"),
                at(14, "fn add("),
                at(15, "n: u8,"),
                at(16, "#[inline]")
            ]
        );
    }

    #[test]
    fn a_long_sentence_is_split_between_words() {
        let sentences = split(Kind::Prose, &"word ".repeat(100));
        assert_eq!(sentences.len(), 2);
        assert!(sentences.iter().all(|(_, text)| text.len() <= LONGEST_SENTENCE));
    }
}
