//! The file that is written to: today's, or its next part.

use super::LogName;
use jiff::civil::Date;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Part numbers of a day; beyond, the last file grows.
const MAX_PARTS: u32 = 99_999;

/// An open file of the log.
pub(super) struct DayFile {
    file: File,
    path: PathBuf,
    name: LogName,
    len: u64,
    /// Whether a piece of a line stands at the end that could not be taken back.
    is_torn: bool,
}

impl DayFile {
    /// Opens the last file of `day` in `folder`, or begins its first one.
    pub(super) fn open(folder: &Path, day: Date) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut last = 0;
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().and_then(LogName::parse)
                && name.day == day
            {
                // What is compressed is not written to again.
                last = last.max(name.part + u32::from(name.is_compressed));
            }
        }
        DayFile::open_part(folder, LogName { day, part: last, is_compressed: false })
    }

    fn open_part(folder: &Path, name: LogName) -> io::Result<Self> {
        let path = folder.join(name.to_string());
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
        let len = file.metadata()?.len();
        let mut is_torn = false;
        if len > 0 {
            // A process that was killed can leave a piece of a line.
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            is_torn = last != *b"\n";
        }
        Ok(DayFile { file, path, name, len, is_torn })
    }

    pub(super) fn day(&self) -> Date {
        self.name.day
    }

    /// The next part of the same day.
    pub(super) fn next_part(&self, folder: &Path) -> io::Result<Self> {
        let part = (self.name.part + 1).min(MAX_PARTS);
        DayFile::open_part(folder, LogName { part, ..self.name })
    }

    /// Whether `more` bytes would make it larger than `most`; an empty file takes any line.
    pub(super) fn is_full(&self, more: usize, most: u64) -> bool {
        self.len > 0 && self.len.saturating_add(more as u64) > most
    }

    /// Writes a line in one piece, or nothing of it.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_torn {
            // So that only the piece is lost.
            self.write_whole(b"\n")?;
            self.is_torn = false;
        }
        self.write_whole(line)
    }

    fn write_whole(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        match written {
            Ok(written) if written == bytes.len() => {
                self.len += written as u64;
                Ok(())
            }
            Ok(0) => Err(ErrorKind::WriteZero.into()),
            Ok(_) => {
                // The disk is full: the piece is taken back.
                self.is_torn = self.file.set_len(self.len).is_err();
                Err(ErrorKind::StorageFull.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the file that is written to is still the one under its name.
    pub(super) fn is_still_there(&self) -> bool {
        match (fs::metadata(&self.path), self.file.metadata()) {
            (Ok(named), Ok(open)) => same_file(&named, &open) && open.len() >= self.len,
            _ => false,
        }
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[cfg(unix)]
fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
