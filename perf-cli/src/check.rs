//! `perfkit check`: any log, or reports, judged against an SLA file.

use crate::log_input::LogInput;
use crate::report::judged;
use crate::report_input::{has_report, is_report, load_all, merged};
use crate::report_output::{OpenOutputs, Outputs};
use crate::sla::warn;
use clap::Args;
use perfkit::report::Report;
use perfkit::sla::SlaConfig;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Judge logs of requests against an SLA file: ours, access logs, CSV or JSON lines; or reports.
///
/// Reports that were written as JSON are judged as they are, several of them merged into one. The verdict comes
/// first, and is the exit code.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The SLA file to judge by
    #[arg(long, value_name = "FILE")]
    sla: PathBuf,
    #[command(flatten)]
    input: LogInput,
    #[command(flatten)]
    outputs: Outputs,
}

const EXAMPLES: &str = "\
Examples:
  perfkit check --sla sla.toml logs/
  perfkit check --sla sla.toml report.json --baseline nightly/
  perfkit check --sla sla.toml workers/
  perfkit check --sla sla.toml --access nginx /var/log/nginx/access.log
  perfkit check --sla sla.toml --access '$msec $status $request_time \"$request\"' access.log
  perfkit check --sla sla.toml requests.csv --duration-field ms --unit ms \\
      --operation-field path --ok-field 'status<500' --time-field time
  zcat *.gz | perfkit check --sla sla.toml - --html report.html";

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let sla = SlaConfig::from_path(&self.sla)?;
        warn(&self.sla, &sla);
        let outputs = self.outputs.open(self.input.inputs())?;
        if let Some(report) = reports(&self.input, &outputs)? {
            let (report, code) = judged(report, &sla);
            outputs.write(report)?;
            return Ok(code);
        }
        let (replayed, read) = self.input.replay(Some(&sla))?;
        let verdict = sla.evaluate_run(&replayed.snapshot, &replayed.timeline);
        let report = Report::new(&replayed.snapshot).with_sla(&verdict).titled("perfkit check");
        if outputs.write(report)? {
            read.say_skipped()?;
        }
        Ok(ExitCode::from(verdict.status().exit_code()))
    }
}

/// All inputs as one report, if they are reports; `None` if they are logs.
fn reports(input: &LogInput, outputs: &OpenOutputs) -> Result<Option<Report>, Box<dyn Error>> {
    let mut logs = Vec::new();
    let mut reports = Vec::new();
    for path in input.inputs() {
        let has_reports = match path.is_dir() {
            // A folder of logs may have the reports that were made of them.
            true => !input.has_logs(path) && has_report(path)?,
            false => is_report(path)?,
        };
        let kind = if has_reports { &mut reports } else { &mut logs };
        kind.push(path.clone());
    }
    match (reports.first(), logs.first()) {
        (None, _) => Ok(None),
        (Some(report), None) if input.is_of_others() => Err(format!(
            "{} is a report: --access and --duration-field say how to read logs",
            report.display()
        )
        .into()),
        (Some(_), None) => merged(load_all(&reports, &outputs.written())?),
        (Some(report), Some(log)) => Err(format!(
            "{} is a report and {} is none: judge reports and logs each by themselves",
            report.display(),
            log.display()
        )
        .into()),
    }
}
