//! What can go wrong while a corpus is read, and while a query is answered.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use super::files::Skipped;

/// Why a folder could not be read as a corpus.
#[derive(Debug)]
pub enum CorpusError {
    /// There is nothing at this path.
    Missing(PathBuf),
    /// The path names something other than a folder.
    NotAFolder(PathBuf),
    /// The path could not be looked at, for example for want of permission.
    Unreadable(PathBuf, io::Error),
    /// The folder holds no text.
    NoText {
        /// The folder.
        dir: PathBuf,
        /// Number of files of any kind the walk came past, which hidden and ignored ones are not.
        files_seen: usize,
        /// The files of a text kind that could not be used.
        skipped: Skipped,
    },
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(dir) => write!(f, "the corpus folder {} does not exist", dir.display())?,
            Self::NotAFolder(path) => {
                write!(f, "the corpus {} is not a folder", path.display())?;
            }
            Self::Unreadable(dir, cause) => {
                let dir = dir.display();
                write!(f, "the corpus folder {dir} cannot be read: {cause}")?;
            }
            Self::NoText { dir, files_seen, skipped } => {
                write!(f, "no text found in {} ", dir.display())?;
                write!(f, "(files seen, besides hidden and ignored ones: {files_seen}; ")?;
                write!(f, "{skipped})")?;
            }
        }
        f.write_str("; point --corpus at a folder with text, Markdown or source files")
    }
}

impl Error for CorpusError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable(_, cause) => Some(cause),
            Self::Missing(_) | Self::NotAFolder(_) | Self::NoText { .. } => None,
        }
    }
}

/// Why a query has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerError {
    /// The query has no word to search for: it is empty, or all stop words and punctuation.
    NoUsableWords,
    /// No passage that was found shares a word with the query.
    NothingRelevant,
}

impl AnswerError {
    /// A short stable name, for counting errors by kind.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::NoUsableWords => "no_usable_words",
            Self::NothingRelevant => "nothing_relevant",
        }
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUsableWords => "the query has no word to search for",
            Self::NothingRelevant => "no passage of the corpus shares a word with the query",
        })
    }
}

impl Error for AnswerError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_error_names_the_folder_and_the_remedy() {
        let message = CorpusError::NoText {
            dir: PathBuf::from("notes"),
            files_seen: 3,
            skipped: Skipped::default(),
        }
        .to_string();
        assert_eq!(
            message,
            "no text found in notes (files seen, besides hidden and ignored ones: 3; none skipped); \
             point --corpus at a folder with text, Markdown or source files"
        );
    }
}
