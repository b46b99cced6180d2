//! Old files: compressed, then deleted.

use super::LogName;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Which files are old.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retention {
    pub(super) compress_after_days: Option<u32>,
    pub(super) keep_days: Option<u32>,
}

impl Retention {
    /// Goes through the folder once. A file that cannot be compressed or deleted is left for the next
    /// time; the first error is told when all others have been looked at.
    pub(super) fn apply(&self, folder: &Path, today: Date) -> io::Result<()> {
        let mut result = Ok(());
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().and_then(LogName::parse) else { continue };
            let age =
                u32::try_from(name.day.until(today).map_or(0, |span| span.get_days())).unwrap_or(0);
            let is_older = |days: Option<u32>| days.is_some_and(|days| age >= days);
            let done = if is_older(self.keep_days) {
                fs::remove_file(entry.path())
            } else if is_older(self.compress_after_days) && !name.is_compressed {
                compress(
                    &entry.path(),
                    &folder.join(LogName { is_compressed: true, ..name }.to_string()),
                )
            } else {
                Ok(())
            };
            result = result.and(done);
        }
        result
    }
}

/// Whoever is killed in between leaves the file, or both; never half of one under its name.
fn compress(path: &Path, compressed: &Path) -> io::Result<()> {
    let mut beside = compressed.as_os_str().to_owned();
    beside.push(".new");
    let written = || -> io::Result<()> {
        let mut gzip = GzEncoder::new(File::create(&beside)?, Compression::default());
        io::copy(&mut File::open(path)?, &mut gzip)?;
        gzip.finish()?.sync_all()
    };
    if let Err(error) = written() {
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    fs::rename(&beside, compressed)?;
    fs::remove_file(path)
}
