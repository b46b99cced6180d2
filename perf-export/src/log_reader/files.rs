//! The files of a log, one after the other.

use super::lines::Lines;
use super::{LogError, LogFormat};
use crate::request_log::LogName;
use flate2::read::MultiGzDecoder;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub(super) struct Files(VecDeque<PathBuf>);

impl Files {
    pub(super) fn open(path: &Path, format: &LogFormat) -> Result<Self, LogError> {
        if path == Path::new("-") || !path.is_dir() {
            if is_file(path) {
                // Now, so that a wrong name is told before hours of others are read.
                File::open(path).map_err(|error| LogError::read(path, &error))?;
            }
            return Ok(Files([path.to_owned()].into()));
        }
        let entries = fs::read_dir(path).map_err(|error| LogError::read(path, &error))?;
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| LogError::read(path, &error))?;
            let name = entry.file_name();
            let name = name.to_str().unwrap_or("");
            if is_log(name, format) && entry.path().is_file() {
                // By day and part where we know them: part 1000 is after part 999.
                files.push((LogName::parse(name), entry.path()));
            }
        }
        files.sort();
        if files.is_empty() {
            let remedy = match format {
                LogFormat::Requests => "YYYYMMDD_performance.jsonl, plain or .gz",
                LogFormat::Json(_) => "*.json, *.jsonl, *.ndjson or *.log, plain or .gz",
                LogFormat::Csv(_) => "*.csv, plain or .gz",
                LogFormat::Access(_) => "*.log, plain or .gz",
            };
            return Err(LogError::new(
                path,
                format!("has no logs; what is read of a folder is {remedy}"),
            ));
        }
        Ok(Files(files.into_iter().map(|(_, path)| path).collect()))
    }

    /// The same files, if they can be read twice: not standard input, nor a pipe with a name.
    pub(super) fn again(&self) -> Option<Self> {
        self.0.iter().all(|path| is_file(path)).then(|| Files(self.0.clone()))
    }

    /// The next file and its lines.
    pub(super) fn next(&mut self) -> Result<Option<(PathBuf, Lines)>, LogError> {
        let Some(path) = self.0.pop_front() else { return Ok(None) };
        let stream: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin())
        } else {
            let file = File::open(&path).map_err(|error| LogError::read(&path, &error))?;
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("gz") => Box::new(MultiGzDecoder::new(file)),
                Some("zst") => zstd(&path, file)?,
                _ => Box::new(file),
            }
        };
        Ok(Some((path, Lines::new(stream))))
    }
}

#[cfg(feature = "zstd")]
fn zstd(path: &Path, file: File) -> Result<Box<dyn Read>, LogError> {
    match ruzstd::decoding::StreamingDecoder::new(file) {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(LogError::new(path, format!("is not compressed with zstd: {error}"))),
    }
}

#[cfg(not(feature = "zstd"))]
fn zstd(path: &Path, _: File) -> Result<Box<dyn Read>, LogError> {
    Err(LogError::new(path, "is compressed with zstd; this build lacks the feature `zstd`"))
}

/// Whether it can be opened twice. What is not there is taken for a file, and refused when opened.
fn is_file(path: &Path) -> bool {
    path != Path::new("-") && fs::metadata(path).map_or(true, |about| about.is_file())
}

fn is_log(name: &str, format: &LogFormat) -> bool {
    let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(name);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match format {
        LogFormat::Requests => LogName::parse(name).is_some(),
        LogFormat::Json(_) => ends(&[".json", ".jsonl", ".ndjson", ".log"]),
        LogFormat::Csv(_) => ends(&[".csv"]),
        // logrotate leaves access.log.1
        LogFormat::Access(_) => ends(&[".log"]) || name.contains(".log."),
    }
}
