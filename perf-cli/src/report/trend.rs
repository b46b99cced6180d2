//! `perfkit report trend`: a folder of reports, from run to run.

use crate::report_input::ReportFolder;
use crate::report_output::{is_stdout, refuse_twice, write_text};
use crate::terminal::{self, say};
use clap::Args;
use perfkit::report::{Report, Templates, Trends, wording};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Operations that are named when another one was asked for.
const NAMED: usize = 20;

/// Follow a folder of reports from run to run: say where an operation changed, and by how much
///
/// Runs stand in the order in which they ended, and are called by their label commit, else version, else by
/// when they ended, which is also added where several have the same label. A change is told where a percentile or the throughput jumps to another level by more than
/// 10 %, and chance alone would seldom do that (95 %): that takes 8 runs, and usually 4 since it happened.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit report trend nightly/
  perfkit report trend nightly/ --last 30 --html nightly/trend.html
  perfkit report trend nightly/ --operation retrieval --json - | jq '.operations[0].p95_ns.changes'")]
pub(crate) struct Trend {
    /// The folder; of it, every .json that is a report
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only so many runs, the newest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    last: Option<u64>,
    /// Only this operation; can be repeated
    #[arg(long, value_name = "NAME")]
    operation: Vec<String>,
    /// Write a page with charts too; in the same folder, it links to the reports
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the numbers as JSON too; of both files, - is standard output, in place of the text
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Take the template trends.html from this folder
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,
}

impl Trend {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let files = || [&self.html, &self.json].into_iter().flatten();
        refuse_twice(files().map(PathBuf::as_path))?;
        let templates = match &self.template {
            Some(folder) => Templates::from_dir(folder)?,
            None => Templates::default(),
        };
        // What an earlier run of this command wrote is no report, and not worth a word.
        let written: Vec<PathBuf> = self.json.iter().cloned().collect();
        let folder = &self.folder;
        let reports = ReportFolder::read(folder, &written)?.at_least_one(folder)?;
        let trends = self.asked_for(self.named(reports))?.with_templates(&templates);
        // The files come first: whoever reads the output may go away.
        if let Some(path) = &self.html {
            write_text(path, &trends.to_html()?)?;
        }
        if let Some(path) = &self.json {
            write_text(path, &trends.to_json()?)?;
        }
        if !files().any(|path| is_stdout(path)) {
            say(&trends.to_console(&terminal::stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Each report with the name by which the page can link to it: that of its file where both lie in the same
    /// folder, else the whole path, which is no link.
    fn named(&self, reports: Vec<(PathBuf, Report)>) -> Vec<(String, Report)> {
        let beside = self.html.as_deref().is_none_or(|html| lies_in(html, &self.folder));
        let name = |path: &Path| match path.file_name().filter(|_| beside) {
            Some(name) => name.to_string_lossy().into_owned(),
            None => path.display().to_string(),
        };
        reports.into_iter().map(|(path, report)| (name(&path), report)).collect()
    }

    /// The newest runs, and the operations asked for, all of which must be there.
    fn asked_for(&self, reports: Vec<(String, Report)>) -> Result<Trends, Box<dyn Error>> {
        let mut trends = Trends::of(reports);
        if let Some(count) = self.last {
            trends = trends.last(usize::try_from(count).unwrap_or(usize::MAX));
        }
        if self.operation.is_empty() {
            return Ok(trends);
        }
        let known: Vec<String> = trends.operations().map(str::to_owned).collect();
        if let Some(missing) = self.operation.iter().find(|name| !known.contains(name)) {
            let named: Vec<String> =
                known.iter().take(NAMED).map(|name| wording::one_line(name, 60)).collect();
            return Err(format!(
                "--operation {}: no report has it; there are {}",
                wording::one_line(missing, 60),
                named.join(", ")
            )
            .into());
        }
        Ok(trends.only(self.operation.clone()))
    }
}

/// Whether a file is, or will be, in a folder itself.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match (parent.canonicalize(), folder.canonicalize()) {
        (Ok(parent), Ok(folder)) => parent == folder,
        _ => false,
    }
}
