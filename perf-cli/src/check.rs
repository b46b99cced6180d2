//! `perfkit check`: any log, judged against an SLA file.

use crate::log_input::LogInput;
use crate::sla::warn;
use crate::terminal::{self, say};
use clap::Args;
use perfkit::report::Report;
use perfkit::sla::SlaConfig;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Judge logs of requests against an SLA file: ours, access logs, CSV or JSON lines.
///
/// The verdict comes first, and is the exit code.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The SLA file to judge by
    #[arg(long, value_name = "FILE")]
    sla: PathBuf,
    #[command(flatten)]
    input: LogInput,
    /// Write the report as JSON too
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    json: Option<PathBuf>,
    /// Write the report as Markdown too
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    markdown: Option<PathBuf>,
    /// Write the report as HTML too
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    html: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  perfkit check --sla sla.toml logs/
  perfkit check --sla sla.toml --access nginx /var/log/nginx/access.log
  perfkit check --sla sla.toml --access '$msec $status $request_time \"$request\"' access.log
  perfkit check --sla sla.toml requests.csv --duration-field ms --unit ms \\
      --operation-field path --ok-field 'status<500' --time-field time
  zcat *.gz | perfkit check --sla sla.toml - --html report.html";

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let sla = SlaConfig::from_path(&self.sla)?;
        warn(&self.sla, &sla);
        let (replayed, read) = self.input.replay(Some(&sla))?;
        let verdict = sla.evaluate_run(&replayed.snapshot, &replayed.timeline);
        let report = Report::new(&replayed.snapshot).with_sla(&verdict).titled("perfkit check");
        // The files come first: whoever reads the output may go away.
        if let Some(path) = &self.json {
            report.write_json(path)?;
        }
        if let Some(path) = &self.markdown {
            report.write_markdown(path)?;
        }
        if let Some(path) = &self.html {
            report.write_html(path)?;
        }
        say(&report.to_console(&terminal::stdout()))?;
        read.say_skipped()?;
        terminal::annotate(&report)?;
        Ok(ExitCode::from(verdict.status().exit_code()))
    }
}
