//! `perfkit report merge`: the reports of several processes as one.

use super::judged_if;
use crate::report_input::{load_all, merged};
use crate::report_output::Outputs;
use clap::Args;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Merge the reports of several processes or runs into one
///
/// Distributions add up bucket by bucket, so that every percentile is that of all calls together; rates are over
/// the time that at least one of the reports covers; of gauges the smallest and largest value stay. Verdicts are left out: with --sla the sum is judged, and the
/// verdict is the exit code.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit report merge worker-1.json worker-2.json -o merged.json
  perfkit report merge workers/ -o merged.json --sla sla.toml --html merged.html")]
pub(crate) struct Merge {
    /// Reports as JSON, or folders of them
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
    /// Judge all together by this SLA file
    #[arg(long, value_name = "FILE")]
    sla: Option<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
}

impl Merge {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let outputs = self.outputs.open(&self.reports)?;
        let reports = load_all(&self.reports, &outputs.written())?;
        let merged = merged(reports)?.ok_or("there is no report to merge")?;
        // One alone still has its own.
        let (report, code) = judged_if(merged.without_verdict(), self.sla.as_deref())?;
        outputs.write(report)?;
        Ok(code)
    }
}
