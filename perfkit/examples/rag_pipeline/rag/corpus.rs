//! The corpus: the text files of a folder, cut into passages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::error::CorpusError;
use super::files::{Skipped, Unusable, kind_of, read_text};
use super::passages::{self, Kind, Passage};
use super::tokens::words;

/// Passages beyond which a corpus does not grow (about 400 MB of text and vectors).
const MOST_PASSAGES: usize = 200_000;

/// The passages of the text files below a folder.
///
/// Every passage has at least one usable word, and there is at least one passage.
#[derive(Debug, Default)]
pub struct Corpus {
    files: Vec<PathBuf>,
    passages: Vec<Passage>,
    left_out: usize,
    skipped: Skipped,
}

impl Corpus {
    /// Reads the text, Markdown and source files below `dir`, in the order of their paths.
    ///
    /// Hidden files and those excluded by a `.gitignore`, here or in a folder above, are passed
    /// over, and symbolic links are not followed. Files that cannot be used are counted in
    /// [`Corpus::skipped`]. `progress` is told the number of files read so far.
    ///
    /// # Errors
    ///
    /// When `dir` is missing, unreadable or not a folder, or when no word was found in it.
    pub fn read(dir: &Path, progress: &mut dyn FnMut(usize)) -> Result<Self, CorpusError> {
        check_is_folder(dir)?;
        let mut corpus = Self::default();
        let mut files_seen = 0;
        let walk = WalkBuilder::new(dir).require_git(false).sort_by_file_path(Path::cmp).build();
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| !kind.is_dir()) => {
                    files_seen += 1;
                    corpus.add_file(dir, entry.path());
                    progress(corpus.files.len());
                }
                Ok(_) => {}
                Err(error) => corpus.skipped.count(dir, &Unusable::Walk(error)),
            }
        }
        if corpus.passages.is_empty() {
            return Err(CorpusError::NoText {
                dir: dir.to_owned(),
                files_seen,
                skipped: corpus.skipped,
            });
        }
        Ok(corpus)
    }

    /// The files read, relative to the folder.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The passages, in the order of the files.
    #[must_use]
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// Number of passages left out because the corpus was full (200,000 passages).
    #[must_use]
    pub fn passages_left_out(&self) -> usize {
        self.left_out
    }

    /// The files that could not be used.
    #[must_use]
    pub fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// Adds the file at `path` below `dir` if it is of a text kind, or counts it as skipped.
    fn add_file(&mut self, dir: &Path, path: &Path) {
        let Some(kind) = kind_of(path) else {
            return;
        };
        let name = path.strip_prefix(dir).unwrap_or(path);
        match read_text(path) {
            Ok(text) => self.add(name, kind, &text),
            Err(reason) => self.skipped.count(name, &reason),
        }
    }

    /// Adds the passages of one file. Those without letters, such as columns of numbers, answer no
    /// question, and are dropped.
    fn add(&mut self, path: &Path, kind: Kind, text: &str) {
        let mut passages = passages::cut(self.files.len(), kind, text);
        passages
            .retain(|passage| words(&passage.text).any(|word| word.contains(char::is_alphabetic)));
        let room = MOST_PASSAGES - self.passages.len();
        self.left_out += passages.len().saturating_sub(room);
        self.passages.extend(passages.into_iter().take(room));
        self.files.push(path.to_owned());
    }
}

fn check_is_folder(dir: &Path) -> Result<(), CorpusError> {
    match fs::metadata(dir) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(CorpusError::NotAFolder(dir.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(CorpusError::Missing(dir.to_owned()))
        }
        Err(error) => Err(CorpusError::Unreadable(dir.to_owned(), error)),
    }
}

#[cfg(test)]
impl Corpus {
    /// A corpus of prose files given as their names and texts.
    pub fn of_texts(files: &[(&str, &str)]) -> Self {
        let mut corpus = Self::default();
        for (path, text) in files {
            corpus.add(Path::new(path), Kind::Prose, text);
        }
        corpus
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is removed with everything in it when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("rag_{}_{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn with(self, name: &str, content: &[u8]) -> Self {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
            self
        }

        fn read(&self) -> Result<Corpus, CorpusError> {
            Corpus::read(&self.0, &mut |_| {})
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn files_are_read_in_the_order_of_their_paths() {
        let folder = Folder::new("order")
            .with("b.txt", b"second")
            .with("c/LICENSE-MIT", b"third")
            .with("a.md", b"first");
        let mut told = Vec::new();
        let corpus = Corpus::read(&folder.0, &mut |files| told.push(files)).unwrap();
        let names = ["a.md", "b.txt", "c/LICENSE-MIT"].map(PathBuf::from);
        assert_eq!(corpus.files(), names);
        assert_eq!(corpus.passages().len(), 3);
        assert_eq!(told, [1, 2, 3]);
    }

    #[test]
    fn ignored_and_hidden_files_are_passed_over() {
        let folder = Folder::new("ignored")
            .with(".gitignore", b"*.log.txt\ntarget/")
            .with(".hidden.txt", b"hidden")
            .with("run.log.txt", b"ignored")
            .with("target/out.txt", b"ignored")
            .with("kept.txt", b"kept");
        let corpus = folder.read().unwrap();
        assert_eq!(corpus.files(), [PathBuf::from("kept.txt")]);
        assert_eq!(corpus.skipped().total(), 0);
    }

    #[test]
    fn a_non_utf8_file_is_skipped_and_counted() {
        let folder = Folder::new("latin1")
            .with("latin1.txt", b"caf\xe9")
            .with("nul.txt", b"text\0text")
            .with("utf8.txt", "café".as_bytes());
        let corpus = folder.read().unwrap();
        assert_eq!(corpus.passages().len(), 1);
        assert_eq!(corpus.skipped().not_utf8, 2);
        assert_eq!(
            corpus.skipped().to_string(),
            "2 skipped: 2 not UTF-8 text, the first being latin1.txt, which is not UTF-8 text"
        );
    }

    #[test]
    fn a_missing_folder_and_a_file_are_told_apart() {
        let folder = Folder::new("kinds").with("file.txt", b"text");
        let read = |name| Corpus::read(&folder.0.join(name), &mut |_| {});
        assert!(matches!(read("missing"), Err(CorpusError::Missing(_))));
        assert!(matches!(read("file.txt"), Err(CorpusError::NotAFolder(_))));
    }

    #[test]
    fn a_folder_without_text_is_an_error_that_counts_what_was_seen() {
        let folder =
            Folder::new("empty").with("image.png", b"\x89PNG").with("numbers.txt", b"1, 2, 3");
        let error = folder.read().unwrap_err();
        assert!(matches!(error, CorpusError::NoText { files_seen: 2, .. }));
    }
}
