//! `perfkit report render`: a report as text, HTML, Markdown or JUnit XML.

use super::judged_if;
use crate::report_input::load;
use crate::report_output::Outputs;
use clap::Args;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Show a report that was written as JSON: as text, and as the files asked for
///
/// A verdict that is in it is shown, and is not the exit code: with --sla it is judged anew, and by that.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit report render report.json
  perfkit report render report.json --html report.html --baseline nightly/
  perfkit report render report.json --sla sla.toml --junit verdict.xml
  perfkit report render report.json --comment - | gh pr comment 12 --body-file -")]
pub(crate) struct Render {
    /// The report, as JSON; - is standard input
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// Judge it anew by this SLA file
    #[arg(long, value_name = "FILE")]
    sla: Option<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
}

impl Render {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let outputs = self.outputs.open(std::slice::from_ref(&self.report))?;
        let (report, code) = judged_if(load(&self.report)?, self.sla.as_deref())?;
        outputs.write(report)?;
        Ok(code)
    }
}
