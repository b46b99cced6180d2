//! What becomes of a report: the files that were asked for, and the terminal.

use crate::output::{write_file, write_stdout};
use crate::report_input::ReportFolder;
use crate::terminal::{self, say, tell};
use clap::Args;
use perfkit::report::{Report, ReportError, Templates};
use std::error::Error;
use std::path::{Path, PathBuf};

/// The longest comment that GitHub takes.
const COMMENT_BYTES: usize = 65_536;

/// Where a report goes, how it looks, and what stands beside it.
#[derive(Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct Outputs {
    /// Write the report as JSON too; of all files, - is standard output, in place of the text
    #[arg(short = 'o', long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report as HTML too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the report as Markdown too
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write Markdown that fits into a comment on GitHub too: at most 65,536 bytes
    #[arg(long, value_name = "FILE")]
    comment: Option<PathBuf>,
    /// Write the verdict as JUnit XML too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Take templates from this folder: report.html, report.md, report.junit.xml
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,
    /// Set earlier reports beside it: a report as JSON, or a folder of them; can be repeated
    #[arg(long, value_name = "FILE|DIR")]
    baseline: Vec<PathBuf>,
    /// What stands above the report
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// [`Outputs`] with everything read that they need.
pub(crate) struct OpenOutputs {
    outputs: Outputs,
    templates: Templates,
    baseline: Vec<Report>,
}

impl Outputs {
    /// Reads templates and earlier reports: what is wrong with them is found out before the work begins. A folder
    /// of earlier reports may also have those that are looked at now; they are left out.
    pub(crate) fn open(self, now: &[PathBuf]) -> Result<OpenOutputs, Box<dyn Error>> {
        refuse_twice(self.files())?;
        let templates = match &self.template {
            Some(folder) => Templates::from_dir(folder)?,
            None => Templates::default(),
        };
        let mut baseline = Vec::new();
        for path in &self.baseline {
            if path.is_dir() {
                let read = ReportFolder::read(path, now)?.at_least_one(path)?;
                baseline.extend(read.into_iter().map(|(_, report)| report));
            } else {
                baseline.push(Report::load(path)?);
            }
        }
        Ok(OpenOutputs { outputs: self, templates, baseline })
    }

    fn files(&self) -> impl Iterator<Item = &Path> {
        let files = [&self.json, &self.html, &self.markdown, &self.comment, &self.junit];
        files.into_iter().flatten().map(PathBuf::as_path)
    }
}

impl OpenOutputs {
    /// The files that will be written.
    pub(crate) fn written(&self) -> Vec<PathBuf> {
        self.outputs.files().map(Path::to_owned).collect()
    }

    /// Writes the files, then the text for the terminal, if standard output is still free; says whether it
    /// was.
    pub(crate) fn write(&self, report: Report) -> Result<bool, Box<dyn Error>> {
        let report = self.dressed(report);
        let outputs = &self.outputs;
        let comment = |report: &Report| report.to_markdown_within(COMMENT_BYTES);
        type Render<'a> = &'a dyn Fn(&Report) -> Result<String, ReportError>;
        let files: [(&Option<PathBuf>, Render<'_>); 5] = [
            (&outputs.json, &Report::to_json),
            (&outputs.html, &Report::to_html),
            (&outputs.markdown, &Report::to_markdown),
            (&outputs.comment, &comment),
            (&outputs.junit, &Report::to_junit),
        ];
        // The files come first: whoever reads the output may go away.
        for (path, render) in files {
            if let Some(path) = path {
                write_text(path, &render(&report)?)?;
            }
        }
        let is_free = !outputs.files().any(is_stdout);
        if is_free {
            say(&report.to_console(&terminal::stdout()))?;
            terminal::annotate(&report)?;
        }
        Ok(is_free)
    }

    fn dressed(&self, report: Report) -> Report {
        let report = match &self.outputs.title {
            Some(title) => report.titled(title),
            None => report,
        };
        let report = match self.baseline.is_empty() {
            // A report can bring a comparison of its own.
            true => report,
            false => {
                let report = report.with_baseline(&self.baseline);
                if report.model().baseline.is_none() {
                    tell("note: --baseline has no other run than the one that is looked at");
                }
                report
            }
        };
        report.with_templates(&self.templates)
    }
}

/// Refuses files of which one would overwrite another.
pub(crate) fn refuse_twice<'a>(files: impl Iterator<Item = &'a Path>) -> Result<(), String> {
    let mut places = Vec::new();
    for file in files {
        // A device takes what comes.
        let is_special = file.metadata().is_ok_and(|about| !about.is_file());
        let place = file.canonicalize().or_else(|_| std::path::absolute(file));
        let place = if is_stdout(file) { file.to_owned() } else { place.unwrap_or_default() };
        if places.contains(&place) && !is_special {
            return Err(match is_stdout(file) {
                true => "only one file can be -, which is standard output".to_owned(),
                false => format!("{}: cannot be two files at once", file.display()),
            });
        }
        places.push(place);
    }
    Ok(())
}

/// Writes a file as a whole, or standard output for `-`.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let write = |out: &mut dyn std::io::Write| {
        let written = out.write_all(text.as_bytes());
        written.map_err(|error| format!("{}: cannot be written: {error}", path.display()).into())
    };
    if is_stdout(path) { write_stdout(write) } else { write_file(path, write) }
}

/// Whether a file stands for standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}
