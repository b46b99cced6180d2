//! The folder that reports are written into: their names, whole files, and which are too old.

use super::ReportFormat;
use super::schedule::Schedule;
use perf_report::Report;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Before the date.
    pub(super) name: String,
    pub(super) formats: Vec<ReportFormat>,
    /// How many reports stay.
    pub(super) keep: Option<usize>,
    /// How long they stay.
    pub(super) keep_for: Option<Duration>,
}

/// The stamp of a report and its number among those with the same.
type Place = (String, u32);

/// The name of a report that is being written. As long as its file is there, no other process takes the name.
struct Claim {
    stem: PathBuf,
    file: PathBuf,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Folder {
            path,
            name: "report".to_owned(),
            formats: vec![ReportFormat::Html, ReportFormat::Json],
            keep: None,
            keep_for: None,
        }
    }

    /// Makes the folder, and refuses what could never be written.
    pub(super) fn check(&self) -> io::Result<()> {
        let refuse = |what: String| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        let may = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.chars().all(may) {
            return refuse(format!(
                "{:?} is no name of a report: letters, digits, - _ .",
                self.name
            ));
        }
        if self.formats.is_empty() {
            return refuse("no format of report is asked for".to_owned());
        }
        let told = |error: io::Error| {
            let what = format!("{}: cannot be created: {error}", self.path.display());
            io::Error::new(error.kind(), what)
        };
        fs::create_dir_all(&self.path).map_err(told)
    }

    /// The path that the `number`th report with this stamp has, without the ending.
    pub(super) fn stem(&self, stamp: &str, number: u32) -> PathBuf {
        let dated = format!("{}-{stamp}", self.name);
        self.path.join(if number == 1 { dated } else { format!("{dated}-{number}") })
    }

    /// Writes all files of a report, each as a whole, under the first name that is free, and says which.
    pub(super) fn write(&self, stamp: &str, report: &Report) -> Result<Vec<PathBuf>, String> {
        // It may have gone since.
        fs::create_dir_all(&self.path).map_err(|error| refuse(&self.path, error))?;
        let claim = self.claim(stamp)?;
        let mut files = Vec::new();
        for format in &self.formats {
            let path = with_ending(&claim.stem, format.ending());
            // A reader of the folder never sees half of one.
            let beside = with_ending(&path, "new");
            let written =
                format.render(report).map_err(|error| error.to_string()).and_then(|text| {
                    let written =
                        fs::write(&beside, text).and_then(|()| fs::rename(&beside, &path));
                    written.map_err(|error| refuse(&path, error))
                });
            files.push(path);
            if let Err(error) = written {
                // It is tried again as a whole, and may get another name.
                for file in files.iter().chain([&beside]) {
                    let _ = fs::remove_file(file);
                }
                return Err(error);
            }
        }
        Ok(files)
    }

    /// Takes the first name that no report has, and no other process that writes into the same folder is about
    /// to give one.
    fn claim(&self, stamp: &str) -> Result<Claim, String> {
        let is_there = |stem: &Path| {
            self.formats.iter().any(|format| with_ending(stem, format.ending()).exists())
        };
        let mut number = 1;
        loop {
            let stem = self.stem(stamp, number);
            let file = with_ending(&stem, "new");
            match File::create_new(&file) {
                Ok(_) => {
                    let claim = Claim { stem, file };
                    // Looked at only now: whoever wrote them held this claim until they were there.
                    if !is_there(&claim.stem) {
                        return Ok(claim);
                    }
                }
                // A process that died with it costs one number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(refuse(&file, error)),
            }
            number += 1;
        }
    }

    /// Removes what is too much or too old; says what could not be removed.
    pub(super) fn tidy(&self, schedule: Schedule, now: SystemTime) -> Vec<String> {
        if self.keep.is_none() && self.keep_for.is_none() {
            return Vec::new();
        }
        let mut reports: BTreeMap<Place, Vec<PathBuf>> = BTreeMap::new();
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) => return vec![format!("{}: cannot be read: {error}", self.path.display())],
        };
        for entry in entries.flatten() {
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            let name = entry.file_name();
            let place = name.to_str().and_then(|name| self.place(name, schedule));
            if let (true, Some(place)) = (is_file, place) {
                reports.entry(place).or_default().push(entry.path());
            }
        }
        let too_many = reports.len().saturating_sub(self.keep.unwrap_or(usize::MAX));
        let oldest = self.keep_for.and_then(|age| now.checked_sub(age));
        let oldest = oldest.map(|oldest| schedule.stamp(oldest));
        let is_old = |stamp: &str| oldest.as_deref().is_some_and(|oldest| stamp < oldest);
        let mut failures = Vec::new();
        for (n, ((stamp, _), files)) in reports.iter().enumerate() {
            if n < too_many || is_old(stamp) {
                for file in files {
                    if let Err(error) = fs::remove_file(file) {
                        failures.push(format!("{}: cannot be removed: {error}", file.display()));
                    }
                }
            }
        }
        failures
    }

    /// What a name says of a report of ours; `None` for any other name.
    fn place(&self, file: &str, schedule: Schedule) -> Option<Place> {
        let endings =
            [ReportFormat::Html, ReportFormat::Json, ReportFormat::Markdown, ReportFormat::Junit];
        let stem = endings
            .iter()
            .find_map(|format| file.strip_suffix(format.ending())?.strip_suffix('.'))?;
        let dated = stem.strip_prefix(&self.name)?.strip_prefix('-')?;
        let pattern = schedule.pattern();
        let (stamp, rest) = dated.split_at_checked(pattern.len())?;
        let fits = |(c, p): (char, char)| if p == '0' { c.is_ascii_digit() } else { c == p };
        if !stamp.chars().zip(pattern.chars()).all(fits) {
            return None;
        }
        let number = match rest.strip_prefix('-') {
            None if rest.is_empty() => 1,
            Some(number) if !number.starts_with(['0', '+']) => {
                number.parse().ok().filter(|n| *n > 1)?
            }
            _ => return None,
        };
        Some((stamp.to_owned(), number))
    }
}

fn refuse(path: &Path, error: io::Error) -> String {
    format!("{}: cannot be written: {error}", path.display())
}

/// A name has points of its own, so that `set_extension` would cut it.
fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_are_written_are_those_of_a_report() {
        let mut folder = Folder::new(PathBuf::from("reports"));
        folder.name = "shop".to_owned();
        let place = |name: &str| folder.place(name, Schedule::Hourly);
        let of = |stamp: &str, number: u32| Some((stamp.to_owned(), number));
        assert_eq!(place("shop-2026-11-21T18.html"), of("2026-11-21T18", 1));
        assert_eq!(place("shop-2026-11-21T18-12.junit.xml"), of("2026-11-21T18", 12));
        for other in [
            "shop-2026-11-21T18.htm",
            "shop-2026-11-21T18.html.new",
            "shop-2026-11-21.html",
            "shop-2026-11-21T18-05-30.html",
            "shop-2026-11-21T18-1.html",
            "shop-2026-11-21T18-+2.html",
            "shop-2026-11-21T1x.html",
            "shop-eu-2026-11-21T18.html",
            "shop2026-11-21T18.html",
            "shop-2026-11-21Tä.html",
            "shop-2026-11-21T18 copy.html",
            "report-2026-11-21T18.html",
            "html",
        ] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
