//! A file of lines.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that lines are appended to. It is opened for each of them, so that it may be moved away meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct LineFile {
    path: PathBuf,
    /// Whether the last line ends in its middle: the disk was full, or a pipe.
    is_torn: bool,
}

impl LineFile {
    /// Makes the file if it is not there, and finds out whether it can be written.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        open(path).map(|_| LineFile { path: path.to_owned(), is_torn: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a line, its end included, at once: others may write to the same file. After one that could only be
    /// written in part the next begins on a line of its own.
    pub(crate) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let mut file = open(&self.path)?;
        if self.is_torn {
            file.write_all(b"\n")?;
            self.is_torn = false;
        }
        let mut rest = line;
        while !rest.is_empty() {
            match file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            self.is_torn = !rest.is_empty();
        }
        Ok(())
    }
}

/// Waits for nobody: neither for a reader of a pipe, nor for room in it.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use rustix::{fs::OFlags, io::Errno};
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
        options.open(path).map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::NXIO) => io::Error::new(error.kind(), "nobody reads from this pipe"),
            _ => error,
        })
    }
    #[cfg(not(unix))]
    options.open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_pipe_is_not_waited_for_and_a_torn_line_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(LineFile::new(&path).unwrap_err().to_string(), "nobody reads from this pipe");

        // Open for both, which waits for nobody.
        let mut reader = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let mut lines = LineFile::new(&path).unwrap();
        let long = vec![b'x'; 4 * 1024 * 1024];
        assert_eq!(lines.append(&long).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        let mut torn = 0;
        let mut some = [0; 4_096];
        while lines.append(b"next\n").is_err() {
            torn += reader.read(&mut some).unwrap();
        }
        reader.write_all(b"end").unwrap();
        let mut told = Vec::new();
        while !told.ends_with(b"end") {
            let read = reader.read(&mut some).unwrap();
            told.extend_from_slice(&some[..read]);
        }
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.trim_start_matches('x'), "\nnext\nend");
        assert!(torn + told.len() < long.len());
    }
}
