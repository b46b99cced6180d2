//! A file replaced by a compressed copy of it.

use super::LogName;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;

/// What stands at the end of the name of a copy that is not finished.
const UNFINISHED: &str = ".new";
const DIGITS: usize = 16;

/// Compresses `path` into `compressed`, and says how large that is. Whoever is killed in between leaves the
/// file, or both; never half of one under its name.
///
/// Two processes may do it at the same time: each writes a copy of its own, whole copies are the same,
/// and a whole one takes the name before the file goes.
pub(super) fn compress(path: &Path, compressed: &Path) -> io::Result<u64> {
    let mut beside = compressed.as_os_str().to_owned();
    let unique = RandomState::new().hash_one(std::process::id());
    beside.push(format!(".{unique:0DIGITS$x}{UNFINISHED}"));
    let written = || -> io::Result<u64> {
        let mut file = fs::File::open(path)?;
        let copy = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let mut gzip = GzEncoder::new(copy, Compression::default());
        let copied = io::copy(&mut file, &mut gzip)?;
        let copy = gzip.finish()?;
        copy.sync_all()?;
        if file.metadata()?.len() != copied {
            return Err(io::Error::other("it is still written to"));
        }
        let len = copy.metadata()?.len();
        fs::rename(&beside, compressed)?;
        Ok(len)
    };
    match written() {
        Ok(len) => fs::remove_file(path).map(|()| len),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

/// Whether a copy is called so that is not finished.
pub(super) fn is_left_over(name: &str) -> bool {
    let unfinished = || {
        let (of, unique) = name.strip_suffix(UNFINISHED)?.rsplit_once('.')?;
        let is_number = unique.len() == DIGITS && unique.bytes().all(|b| b.is_ascii_hexdigit());
        LogName::parse(of).filter(|of| is_number && of.is_compressed)
    };
    unfinished().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_unfinished_copies_are_left_over() {
        assert!(is_left_over("20261121_performance.jsonl.gz.0123456789abcdef.new"));
        for other in [
            "20261121_performance.jsonl.gz",
            "20261121_performance.jsonl.gz.new",
            "20261121_performance.jsonl.0123456789abcdef.new",
            "20261121_other.jsonl.gz.0123456789abcdef.new",
            "20261121_performance.jsonl.gz.0123456789abcdeg.new",
        ] {
            assert!(!is_left_over(other), "{other}");
        }
    }
}
