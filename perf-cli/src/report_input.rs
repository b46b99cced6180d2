//! Reports that a command reads: files, and folders of them.

use crate::terminal::{counted, tell};
use indicatif::{ProgressBar, ProgressStyle};
use perfkit::report::{Report, wording};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

/// What the beginning of a report is at most: the key that says what it is comes first.
const HEAD: u64 = 256;
const KEY: &str = "\"schema\"";
/// Larger files are not searched for that key.
const MOST_SEARCHED: u64 = 64 << 20;
/// Broken reports that are named.
const NAMED: usize = 5;

/// The files of a folder that are reports.
pub(crate) struct ReportFolder {
    /// By name.
    pub(crate) reports: Vec<(PathBuf, Report)>,
    /// Files that end in `.json` and are something else.
    others: usize,
    /// Why files that say that they are reports cannot be read.
    broken: Vec<String>,
}

impl ReportFolder {
    /// Reads every `.json` of the folder but `left_out`; not those of folders in it.
    pub(crate) fn read(folder: &Path, left_out: &[PathBuf]) -> Result<Self, Box<dyn Error>> {
        let left_out: Vec<PathBuf> =
            left_out.iter().filter_map(|path| path.canonicalize().ok()).collect();
        let mut files = json_files(folder)?;
        files.retain(|path| !path.canonicalize().is_ok_and(|path| left_out.contains(&path)));
        let mut read = ReportFolder { reports: Vec::new(), others: 0, broken: Vec::new() };
        let bar = bar(files.len())?;
        for path in files {
            bar.inc(1);
            match is_report(&path) {
                Ok(true) => match Report::load(&path) {
                    Ok(report) => read.reports.push((path, report)),
                    Err(error) => read.broken.push(error.to_string()),
                },
                Ok(false) => read.others += 1,
                Err(error) => read.broken.push(error),
            }
        }
        bar.finish_and_clear();
        Ok(read)
    }

    /// What was skipped, a line each; the broken ones by name.
    pub(crate) fn skipped(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.others > 0 {
            let are = if self.others == 1 { "is no report" } else { "are no reports" };
            lines.push(format!("skipped: {} that {are}", counted(self.others, "JSON file")));
        }
        for broken in self.broken.iter().take(NAMED) {
            lines.push(format!("skipped: {}", wording::one_line(broken, 300)));
        }
        if let Some(more) = self.broken.len().checked_sub(NAMED).filter(|more| *more > 0) {
            lines.push(format!("skipped: {more} more that cannot be read"));
        }
        lines
    }

    /// The reports; what was skipped is told on standard error.
    pub(crate) fn at_least_one(
        self,
        folder: &Path,
    ) -> Result<Vec<(PathBuf, Report)>, Box<dyn Error>> {
        let skipped = self.skipped();
        if self.reports.is_empty() {
            let skipped: String = skipped.iter().map(|line| format!("; {line}")).collect();
            return Err(format!(
                "{}: has no report; `perfkit demo`, `perfkit check --json` and `Report::write_json` write \
                 them{skipped}",
                folder.display()
            )
            .into());
        }
        skipped.iter().for_each(tell);
        Ok(self.reports)
    }
}

/// The reports of files, and of folders of them but for `left_out`, in the order given. What is given twice would
/// be counted twice, and is refused.
pub(crate) fn load_all(
    inputs: &[PathBuf],
    left_out: &[PathBuf],
) -> Result<Vec<Report>, Box<dyn Error>> {
    let mut known = BTreeSet::new();
    let mut reports: Vec<(PathBuf, Report)> = Vec::new();
    let bar = bar(inputs.len())?;
    for input in inputs {
        bar.inc(1);
        let read = match input.is_dir() {
            true => ReportFolder::read(input, left_out)?.at_least_one(input)?,
            false => vec![(input.clone(), load(input)?)],
        };
        for (path, report) in read {
            if path.canonicalize().is_ok_and(|real| !known.insert(real)) {
                let path = path.display();
                return Err(format!("{path}: is given twice, and would be counted twice").into());
            }
            if let Some((copy, _)) = reports.iter().find(|(_, known)| known.is_same_run(&report)) {
                let (path, copy) = (path.display(), copy.display());
                return Err(
                    format!("{path}: is a copy of {copy}, and would be counted twice").into()
                );
            }
            reports.push((path, report));
        }
    }
    bar.finish_and_clear();
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// The report in a file, or on standard input for `-`.
pub(crate) fn load(path: &Path) -> Result<Report, Box<dyn Error>> {
    if path != Path::new("-") {
        return Ok(Report::load(path)?);
    }
    let text = io::read_to_string(io::stdin().lock());
    let text = text.map_err(|error| format!("standard input: cannot be read: {error}"))?;
    Report::from_json(&text).map_err(|error| format!("standard input: {error}").into())
}

/// All of them as one, where there is one at least.
pub(crate) fn merged(reports: Vec<Report>) -> Result<Option<Report>, Box<dyn Error>> {
    let bar = bar(reports.len())?;
    let merged = reports.into_iter().reduce(|sum, report| {
        bar.inc(1);
        sum.merge(&report)
    });
    bar.finish_and_clear();
    Ok(merged)
}

/// Every `.json` of a folder by name; not those of folders in it.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let refuse = |error: io::Error| format!("{}: cannot be read: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        if path.extension().is_some_and(|extension| extension == "json") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a folder has a report.
pub(crate) fn has_report(folder: &Path) -> Result<bool, String> {
    Ok(json_files(folder)?.iter().any(|path| is_report(path).unwrap_or(false)))
}

/// Whether a file says that it is a report: in its first key, as they are written; of one that ends in `.json`,
/// in any, as a program that sorts keys leaves it. Standard input (`-`) is looked at, and still there to be read.
/// What else is no plain file is none.
pub(crate) fn is_report(path: &Path) -> Result<bool, String> {
    if path == Path::new("-") {
        let mut stdin = io::stdin().lock();
        let head = stdin.fill_buf();
        let head = head.map_err(|error| format!("standard input: cannot be read: {error}"))?;
        return Ok(begins_a_report(&String::from_utf8_lossy(head)));
    }
    let Some(about) = fs::metadata(path).ok().filter(Metadata::is_file) else { return Ok(false) };
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let read = |most: u64| {
        let mut text = Vec::new();
        let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut text));
        read.map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
        Ok::<_, String>(String::from_utf8_lossy(&text).into_owned())
    };
    if begins_a_report(&read(HEAD)?) {
        return Ok(true);
    }
    // A log may be called so too, and be larger than memory.
    if !is_json || about.len() > MOST_SEARCHED {
        return Ok(false);
    }
    let text = read(MOST_SEARCHED)?;
    Ok(text.match_indices(KEY).any(|(at, _)| says_report(&text[at..])))
}

fn begins_a_report(text: &str) -> bool {
    text.trim_start().strip_prefix('{').is_some_and(says_report)
}

/// `"schema": "perf-report"`, with any space between.
fn says_report(text: &str) -> bool {
    let rest = [KEY, ":", "\"perf-report\""]
        .iter()
        .try_fold(text, |rest, sign| rest.trim_start().strip_prefix(sign));
    rest.is_some()
}

fn bar(files: usize) -> Result<ProgressBar, Box<dyn Error>> {
    let bar = ProgressBar::new(files as u64);
    bar.set_style(ProgressStyle::with_template("reports  {wide_bar} {pos}/{len}")?);
    Ok(bar)
}
