//! Which files count as text, how they are read, and what became of those that could not be.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::passages::Kind;

/// Bytes above which a file is left out.
const LARGEST_FILE: u64 = 2 * 1024 * 1024;

/// The files of a text kind that could not be used, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Number of files (and folders) that could not be opened or read, or that are
    /// symbolic links or special files.
    pub unreadable: usize,
    /// Number of files that are not UTF-8 or contain a NUL, and so are no text.
    pub not_utf8: usize,
    /// Number of files over 2 MiB.
    pub too_large: usize,
    /// The first of all these, and what was wrong with it.
    pub first: Option<(PathBuf, String)>,
}

impl Skipped {
    /// Number of files skipped, for whatever reason.
    #[must_use]
    pub fn total(&self) -> usize {
        self.unreadable + self.not_utf8 + self.too_large
    }

    /// Counts the file at `path`.
    pub fn count(&mut self, path: &Path, reason: &Unusable) {
        match reason {
            Unusable::Walk(_) | Unusable::NotAFile | Unusable::Read(_) => self.unreadable += 1,
            Unusable::NotUtf8 => self.not_utf8 += 1,
            Unusable::TooLarge => self.too_large += 1,
        }
        self.first.get_or_insert_with(|| (path.to_owned(), reason.to_string()));
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((path, reason)) = &self.first else {
            return f.write_str("none skipped");
        };
        write!(f, "{} skipped: ", self.total())?;
        let counts = [
            (self.unreadable, "unreadable"),
            (self.not_utf8, "not UTF-8 text"),
            (self.too_large, "too large"),
        ];
        for (count, reason) in counts.iter().filter(|(count, _)| *count > 0) {
            write!(f, "{count} {reason}, ")?;
        }
        write!(f, "the first being {}, which {reason}", path.display())
    }
}

/// Why a file of a text kind cannot be used; displayed as the rest of a sentence about it.
#[derive(Debug)]
pub enum Unusable {
    /// The walk could not reach it.
    Walk(ignore::Error),
    /// It is a symbolic link, a pipe or the like, and opening it might lead astray or block.
    NotAFile,
    /// It could not be opened or read.
    Read(io::Error),
    /// It is not UTF-8, or contains a NUL.
    NotUtf8,
    /// It is over 2 MiB.
    TooLarge,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Walk(error) => write!(f, "cannot be walked: {error}"),
            Self::NotAFile => f.write_str("is a symbolic link or a special file"),
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::NotUtf8 => f.write_str("is not UTF-8 text"),
            Self::TooLarge => f.write_str("is over 2 MiB"),
        }
    }
}

/// The kind of the file at `path`, going by its extension or, where it has none, by its name;
/// `None` where that is not known to stand for text.
#[must_use]
pub fn kind_of(path: &Path) -> Option<Kind> {
    let extension = path.extension().or(path.file_name())?.to_str()?;
    let extension = extension.to_ascii_lowercase();
    // Names such as LICENSE-MIT go by their first part.
    match extension.split('-').next()? {
        "adoc" | "authors" | "changelog" | "contributing" | "copying" | "license" | "markdown"
        | "md" | "notice" | "org" | "readme" | "rst" | "tex" | "text" | "todo" | "txt" => {
            Some(Kind::Prose)
        }
        "asm" | "bash" | "c" | "cc" | "clj" | "cmake" | "cpp" | "cs" | "css" | "cu" | "cuh"
        | "cxx" | "dart" | "dockerfile" | "el" | "erl" | "ex" | "exs" | "f90" | "fs" | "go"
        | "gradle" | "groovy" | "h" | "hh" | "hpp" | "hs" | "hxx" | "java" | "jl" | "js"
        | "jsx" | "kt" | "kts" | "lisp" | "lua" | "m" | "makefile" | "mjs" | "ml" | "mli"
        | "mm" | "nim" | "nix" | "php" | "pl" | "pm" | "proto" | "ps1" | "py" | "pyi" | "r"
        | "rb" | "rs" | "s" | "scala" | "scm" | "sh" | "sql" | "swift" | "tcl" | "tf" | "toml"
        | "ts" | "tsx" | "vim" | "vue" | "yaml" | "yml" | "zig" | "zsh" => Some(Kind::Source),
        _ => None,
    }
}

/// The text of the file at `path`, without a byte-order mark.
///
/// # Errors
///
/// When the file is not a regular file, cannot be read, is over 2 MiB, or is no UTF-8 text.
pub fn read_text(path: &Path) -> Result<String, Unusable> {
    let metadata = fs::symlink_metadata(path).map_err(Unusable::Read)?;
    if !metadata.is_file() {
        return Err(Unusable::NotAFile);
    }
    // Reading one byte past the limit tells a file that is too large, even one that is growing.
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Unusable::Read)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(Unusable::Read)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Unusable::TooLarge);
    }
    if bytes.contains(&0) {
        return Err(Unusable::NotUtf8);
    }
    let text = String::from_utf8(bytes).map_err(|_| Unusable::NotUtf8)?;
    let without_mark = text.strip_prefix('\u{feff}').map(str::to_owned);
    Ok(without_mark.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_follows_from_the_extension_or_the_name() {
        let kind = |name| kind_of(Path::new(name));
        assert_eq!(kind("a/notes.MD"), Some(Kind::Prose));
        assert_eq!(kind("LICENSE-APACHE"), Some(Kind::Prose));
        assert_eq!(kind("src/main.rs"), Some(Kind::Source));
        assert_eq!(kind("Makefile"), Some(Kind::Source));
        assert_eq!(kind("photo.jpg"), None);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_cause() {
        let missing = read_text(Path::new("no/such/file.txt"));
        assert!(matches!(missing, Err(Unusable::Read(_))));
        let folder = read_text(&std::env::temp_dir());
        assert!(matches!(folder, Err(Unusable::NotAFile)));
    }

    #[test]
    fn a_file_over_the_limit_is_too_large() {
        let path = std::env::temp_dir().join(format!("rag_{}_large.txt", std::process::id()));
        fs::write(&path, vec![b'a'; LARGEST_FILE as usize + 1]).unwrap();
        let read = read_text(&path);
        fs::remove_file(&path).unwrap();
        assert!(matches!(read, Err(Unusable::TooLarge)));
    }
}
