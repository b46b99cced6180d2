//! The words of a text, as every stage of the pipeline sees them.

use std::borrow::Cow;

/// The words of `text` in order, lower-cased, without stop words; see [`Words`].
#[must_use]
pub fn words(text: &str) -> Words<'_> {
    Words { rest: text }
}

/// An iterator over the words of a text.
///
/// A word is a run of letters and digits (of any script). It also ends where a lower-case letter
/// or a digit meets an upper-case letter, so that `read_file` and `readFile` are both `read` and
/// `file`. Stop words and single Latin letters are left out.
///
/// A word that is lower case already, as most are, is borrowed from the text.
#[derive(Debug, Clone)]
pub struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.rest.find(char::is_alphanumeric)?;
            let from_start = &self.rest[start..];
            let (word, rest) = from_start.split_at(word_end(from_start));
            self.rest = rest;
            let word = lower_case(word);
            if !is_stop_word(&word) {
                return Some(word);
            }
        }
    }
}

/// Where the word at the start of `text` ends, in bytes.
fn word_end(text: &str) -> usize {
    let mut before_upper = false;
    for (at, character) in text.char_indices() {
        if !character.is_alphanumeric() || (before_upper && character.is_uppercase()) {
            return at;
        }
        before_upper = character.is_lowercase() || character.is_numeric();
    }
    text.len()
}

fn lower_case(word: &str) -> Cow<'_, str> {
    if word.chars().any(char::is_uppercase) {
        Cow::Owned(word.to_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}

/// Whether `word` is too common in English, or too short, to tell one text from another.
fn is_stop_word(word: &str) -> bool {
    match word {
        "about" | "after" | "all" | "also" | "an" | "and" | "any" | "are" | "as" | "at" | "be"
        | "because" | "been" | "before" | "being" | "both" | "but" | "by" | "can" | "could"
        | "did" | "do" | "does" | "each" | "for" | "from" | "had" | "has" | "have" | "he"
        | "her" | "his" | "how" | "if" | "in" | "into" | "is" | "it" | "its" | "may" | "me"
        | "more" | "most" | "my" | "no" | "nor" | "not" | "of" | "on" | "only" | "or" | "other"
        | "our" | "out" | "over" | "she" | "should" | "so" | "some" | "such" | "than" | "that"
        | "the" | "their" | "them" | "then" | "there" | "these" | "they" | "this" | "those"
        | "to" | "under" | "up" | "us" | "was" | "we" | "were" | "what" | "when" | "where"
        | "which" | "while" | "who" | "whose" | "why" | "will" | "with" | "would" | "you"
        | "your" => true,
        _ => word.len() == 1 && word.starts_with(|letter: char| letter.is_ascii_alphabetic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text).map(Cow::into_owned).collect()
    }

    #[test]
    fn words_are_lower_cased_in_any_script() {
        assert_eq!(all("Größe, ΑΒΓ; 42!"), ["größe", "αβγ", "42"]);
    }

    #[test]
    fn identifiers_are_split_into_their_words() {
        assert_eq!(all("read_file readFile"), ["read", "file", "read", "file"]);
        assert_eq!(all("HTTP utf8String"), ["http", "utf8", "string"]);
    }

    #[test]
    fn stop_words_and_single_letters_are_left_out() {
        assert_eq!(all("The cat's on the mat"), ["cat", "mat"]);
        assert!(all("the of and -- !").is_empty());
    }

    #[test]
    fn a_lower_case_word_is_borrowed() {
        assert!(words("cat").all(|word| matches!(word, Cow::Borrowed(_))));
    }
}
