//! The command `perfkit`.
//!
//! Every subcommand that judges ends with the same exit codes: 0 met, 1 violated, 2 inconclusive,
//! 3 bad input, configuration or usage; 130 after Ctrl-C.
#![forbid(unsafe_code)]

mod alerts;
mod check;
mod clean;
mod convert;
mod demo;
mod generate;
mod log_input;
mod logs;
mod output;
mod report;
mod report_input;
mod report_output;
mod run;
mod sla;
mod terminal;
mod trend;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Bad input, configuration or usage.
pub(crate) const BAD_INPUT: u8 = 3;

/// Measure a service from the inside and judge it against one SLA file.
#[derive(Parser)]
#[command(name = "perfkit", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every target is met
  1  a target is violated
  2  too little evidence to say
  3  bad input, configuration or usage
  130  ended by Ctrl-C";

#[derive(Subcommand)]
enum Command {
    Alerts(alerts::Alerts),
    Check(check::Check),
    Demo(demo::Demo),
    Generate(generate::Generate),
    Logs(logs::Logs),
    Report(report::ReportCommand),
    Run(run::Run),
    Sla(sla::Sla),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => {
            // Help and version come here too, and are no error.
            let _ = told.print();
            return ExitCode::from(if told.use_stderr() { BAD_INPUT } else { 0 });
        }
    };
    let result = match arguments.command {
        Command::Alerts(alerts) => alerts.run(),
        Command::Check(check) => check.run(),
        Command::Demo(demo) => demo.run(),
        Command::Generate(generate) => generate.run(),
        Command::Logs(logs) => logs.run(),
        Command::Report(report) => report.run(),
        Command::Run(run) => run.run(),
        Command::Sla(sla) => sla.run(),
    };
    result.unwrap_or_else(|error| {
        terminal::tell(format_args!("error: {}", terminal::inert(&error.to_string())));
        ExitCode::from(BAD_INPUT)
    })
}
