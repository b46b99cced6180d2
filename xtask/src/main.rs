//! `cargo xtask …`: what is done to this workspace, and the rules that are tests.
//!
//! The rules (`layers.rs`, `docs.rs`) run with `cargo test -p xtask`.
#![forbid(unsafe_code)]

mod bench;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod layers;
mod loom;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

Commands:
  bench [--quick] [FILTER]   run the criterion suites in 15 process launches (3 with --quick) and
                             print, as Markdown, the minimum, median and p90 over the launches
  loom [FILTER]              explore the models of the recording core with loom, and check that
                             each broken twin of one fails

Examples:
  cargo xtask bench
  cargo xtask bench --quick record
  cargo xtask loom hand_over";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((command, rest)) if command == "bench" => bench::run(rest),
        Some((command, rest)) if command == "loom" => loom::run(rest),
        Some((command, _)) if ["help", "--help", "-h"].contains(&command.as_str()) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some((command, _)) => Err(format!("unknown command {command:?}\n\n{HELP}").into()),
        None => Err(HELP.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}
