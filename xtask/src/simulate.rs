//! How often is a verdict wrong: the example of perf-sla, in release.

use crate::bench::cargo;
use std::error::Error;
use std::process::ExitCode;

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--package", "perf-sla"]);
    command.args(["--example", "error_rates", "--"]).args(arguments);
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(3)))
}
