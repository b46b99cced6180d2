//! `perfkit report`: reports that were written, shown anew, together, or beside each other.

mod merge;
mod render;
mod trend;

use crate::terminal::say;
use clap::{Args, Subcommand};
use merge::Merge;
use perfkit::report::{JSON_SCHEMA, Report};
use perfkit::sla::SlaConfig;
use render::Render;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use trend::Trend;

/// Show reports anew, merge those of several processes, follow them from run to run, or print their schema.
#[derive(Args)]
pub(crate) struct ReportCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Render(Box<Render>),
    Merge(Box<Merge>),
    Trend(Trend),
    /// Print the JSON Schema of reports
    #[command(after_help = "Examples:\n  perfkit report schema > perf-report.schema.json")]
    Schema,
}

impl ReportCommand {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        match self.command {
            Command::Render(render) => render.run(),
            Command::Merge(merge) => merge.run(),
            Command::Trend(trend) => trend.run(),
            Command::Schema => {
                say(JSON_SCHEMA)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// The report with the verdict of a file, and the exit code of that. By the report alone: windows are judged as a
/// whole.
pub(crate) fn judged(report: Report, sla: &SlaConfig) -> (Report, ExitCode) {
    let verdict = sla.evaluate(&report.snapshot());
    (report.with_sla(&verdict), ExitCode::from(verdict.status().exit_code()))
}

/// The same where there is a file; else the report as it is, which judges nothing.
fn judged_if(report: Report, sla: Option<&Path>) -> Result<(Report, ExitCode), Box<dyn Error>> {
    let Some(path) = sla else { return Ok((report, ExitCode::SUCCESS)) };
    let sla = SlaConfig::from_path(path)?;
    crate::sla::warn(path, &sla);
    Ok(judged(report, &sla))
}
