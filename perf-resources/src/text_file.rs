//! Files that the kernel writes when they are read.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Longer than every file that is read here, where the machine is not odd.
const FIRST_SIZE: usize = 4_096;
/// None is longer than that; what is, is refused.
const MAX_SIZE: usize = 1 << 20;

/// What readings are read into, time and again: no reading allocates after the first.
#[derive(Debug)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    pub(crate) fn new() -> Self {
        Buffer(vec![0; FIRST_SIZE])
    }
}

/// A file of `/proc` or of a cgroup that stays open: each reading is written anew by the kernel, and
/// saves the walk to the file, which costs more than the reading.
///
/// What is kept open stands for what it was opened for: when a process has ended, its file says so, even
/// when another process has its number.
#[derive(Debug)]
pub(crate) struct TextFile(File);

impl TextFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(TextFile)
    }

    /// The whole text as it is now.
    pub(crate) fn read<'b>(&self, buffer: &'b mut Buffer) -> io::Result<&'b [u8]> {
        loop {
            let read = read_from_start(&self.0, &mut buffer.0)?;
            if read < buffer.0.len() {
                return Ok(&buffer.0[..read]);
            }
            if read >= MAX_SIZE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too long"));
            }
            buffer.0.resize(read * 2, 0);
        }
    }

    /// The size that the folder or file says it has.
    #[cfg(target_os = "linux")]
    pub(crate) fn size(&self) -> io::Result<u64> {
        self.0.metadata().map(|metadata| metadata.len())
    }
}

/// A file that is opened when somebody first asks for it, and not again when it may not be read.
#[derive(Debug)]
pub(crate) struct LazyFile {
    path: PathBuf,
    file: Option<Option<TextFile>>,
}

impl LazyFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        LazyFile { path, file: None }
    }

    /// The whole text as it is now.
    pub(crate) fn read<'b>(&mut self, buffer: &'b mut Buffer) -> Option<&'b [u8]> {
        let file = self.file.get_or_insert_with(|| TextFile::open(&self.path).ok());
        file.as_ref()?.read(buffer).ok()
    }
}

/// Reads a file that is read once, or too seldom to be kept open.
pub(crate) fn read_once<'b>(path: &Path, buffer: &'b mut Buffer) -> io::Result<&'b [u8]> {
    TextFile::open(path)?.read(buffer)
}

/// The one number that a file consists of; `None` for a word.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// The number on the line that starts with `key`, whatever separates them and follows it: `VmHWM:
/// 12 kB`, `nr_throttled 3`.
pub(crate) fn number_of(text: &[u8], key: &str) -> Option<u64> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let rest = line.strip_prefix(key.as_bytes())?;
        let value = std::str::from_utf8(rest).ok()?;
        // Else `total_rss` would be found as `total_rss_huge`.
        let value = value.strip_prefix(':').or(value.strip_prefix([' ', '\t']))?;
        value.split_ascii_whitespace().next()?.parse().ok()
    })
}

#[cfg(unix)]
fn read_from_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], filled as u64) {
            Ok(0) => break,
            Ok(read) => {
                filled += read;
                // The kernel gives all there is if it fits; another call to hear so costs as much.
                if filled < buffer.len() && buffer[filled - 1] == b'\n' {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(not(unix))]
fn read_from_start(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    use std::io::{Read, Seek};
    file.rewind()?;
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_number_is_found_by_its_whole_key_alone() {
        let text = b"total_rss_huge 7\ntotal_rss 8\nVmHWM:\t   9 kB\n";
        assert_eq!(number_of(text, "total_rss"), Some(8));
        assert_eq!(number_of(text, "VmHWM"), Some(9));
        assert_eq!(number_of(text, "total"), None);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [&b""[..], b"max\n", b"-1\n", b"99999999999999999999999\n", b"\xff\xfe", b"1 2"]
        {
            assert_eq!(number(text), None, "{}", text.escape_ascii());
        }
        assert_eq!(number_of(b"a 99999999999999999999999\n", "a"), None);
        assert_eq!(number_of(b"a \xff\n", "a"), None);
        assert_eq!(number_of(b"a", "a"), None);
        assert_eq!(number(b" 12\n"), Some(12));
    }

    #[test]
    fn a_file_that_outgrows_the_buffer_is_read_whole_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        let lines: String = (0..2_000).map(|i| format!("line {i}\n")).collect();
        fs::write(&path, &lines).unwrap();
        let (file, mut buffer) = (TextFile::open(&path).unwrap(), Buffer::new());
        for _ in 0..2 {
            assert_eq!(file.read(&mut buffer).unwrap(), lines.as_bytes());
        }
        fs::write(&path, "short\n").unwrap();
        assert_eq!(file.read(&mut buffer).unwrap(), b"short\n");
    }

    #[test]
    fn a_file_that_is_no_kernel_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("endless");
        fs::write(&path, vec![b'x'; MAX_SIZE + 1]).unwrap();
        let error = read_once(&path, &mut Buffer::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
