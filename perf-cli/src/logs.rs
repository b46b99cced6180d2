//! `perfkit logs`: what is in logs of requests, and what becomes of them.

use crate::clean::Clean;
use crate::convert::Convert;
use crate::log_input::LogInput;
use crate::terminal::{self, say};
use crate::trend::Trend;
use clap::{Args, Subcommand};
use perfkit::analysis::operation_bottlenecks;
use perfkit::report::Report;
use std::error::Error;
use std::process::ExitCode;

/// Look into logs of requests, and tidy them up.
#[derive(Args)]
pub(crate) struct Logs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say how long stages and requests take, which share they have, what fails, which were the slowest,
    /// and what to look at
    #[command(after_help = "\
Examples:
  perfkit logs analyze logs/
  perfkit logs analyze --access nginx /var/log/nginx/access.log.*.gz")]
    Analyze(LogInput),
    Clean(Clean),
    Convert(Convert),
    Trend(Trend),
}

impl Logs {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        match self.command {
            Command::Analyze(input) => analyze(&input),
            Command::Clean(clean) => clean.run(),
            Command::Convert(convert) => convert.run(),
            Command::Trend(trend) => trend.run(),
        }
    }
}

fn analyze(input: &LogInput) -> Result<ExitCode, Box<dyn Error>> {
    let (replayed, read) = input.replay(None)?;
    let snapshot = &replayed.snapshot;
    say(&Report::new(snapshot).to_console(&terminal::stdout()))?;
    for bottleneck in operation_bottlenecks(snapshot, 0.1).unwrap_or_default() {
        say(&format!(" {bottleneck}\n"))?;
    }
    read.say_skipped()?;
    Ok(ExitCode::SUCCESS)
}
