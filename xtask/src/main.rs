//! `cargo xtask …`: what is done to this workspace, and the rules that are tests.
//!
//! The rules (`layers.rs`, `docs.rs`) run with `cargo test -p xtask`.
#![forbid(unsafe_code)]

mod against;
mod alertmanager;
mod bench;
mod browser;
mod chart;
mod debian;
#[cfg(test)]
mod docs;
mod faults;
mod fleet;
mod fuzz;
mod instructions;
#[cfg(test)]
mod layers;
mod loom;
mod peers;
mod platforms;
mod sanitize;
mod servers;
mod simulate;
mod stress;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

Commands:
  bench [--quick] [FILTER]   run the criterion suites in 15 process launches (3 with --quick) and
                             print, as Markdown, the minimum, median and p90 over the launches
  bench --peers [--quick] [FILTER]
                             the same work done by perfkit and by its peers, in turns in one
                             process, and the memory that takes; without a filter it draws
                             docs/record.svg too; exit code 1 when our own figures are not steady
  bench --instructions [--update]
                             count instructions with callgrind; exit code 1 when they are more than
                             2 % off perf-core/benches/instructions.txt, 2 with another toolchain
  bench --against NAME|REV [--runs N | --quick] [FILTER]
                             compare with saved runs or with a revision, launched in turns: regressed,
                             improved, unchanged or not enough evidence; exit code 1 on a regression
  bench --save NAME [--runs N | --quick] [FILTER]
                             keep the runs for that; more of both with `bench --help`
  stress [PART] [--PART N]   records, threads, labels and profilers, or one of them, each N times:
                             a billion records, 100,000 threads, a million label sets, 10,000 profilers
  simulate [RUNS]            judge services whose true share of slow calls is known: how often is a
                             verdict wrong; exit code 1 when more often than it says
  faults [KILLS]             kill a process that writes a request log 200 times, and fill its disk
  fuzz [TARGET] [--seconds N]
                             the fuzz targets sla_file, sla_yaml, sla_history, quantity, timeline and
                             cgroup, for 60 s each
  alertmanager [--install]   alerts of a service by a real Alertmanager to a webhook: firing, sent again,
                             inhibited, resolved; exit code 1 when one does not arrive as it should
  fleet [--install] [--keep]
                             three services, Prometheus, VictoriaMetrics, a Pushgateway and Alertmanager on
                             this machine: what they say is held against what the services counted; exit
                             code 1 when it differs. --install gets them from Debian, --keep writes the
                             table of docs/fleet.md anew
  browser [--install] [--keep]
                             look at the demo's HTML report in Chromium; exit code 1 when something is
                             wrong with it. --install gets what that needs from Debian, --keep takes the
                             pictures of docs/images anew
  platforms [--install]      check that all crates compile, without a warning, for Windows and macOS;
                             --install gets their standard libraries with rustup
  sanitize [TOOL]            a smaller stress under the sanitizers address and thread, and valgrind's
                             memcheck
  loom [FILTER]              explore the models of the recording core with loom, and check that
                             each broken twin of one fails

Examples:
  cargo xtask bench
  cargo xtask bench --quick record
  cargo xtask bench --against HEAD record
  cargo xtask bench --peers --quick
  cargo xtask bench --peers --quick memory
  cargo xtask stress
  cargo xtask stress records --records 10000000
  cargo xtask fuzz sla_file --seconds 600
  cargo xtask loom hand_over";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((command, rest)) if command == "bench" => bench::run(rest),
        Some((command, rest)) if command == "stress" => {
            stress::run(rest).map(|()| ExitCode::SUCCESS)
        }
        Some((command, rest)) if command == "faults" => {
            faults::run(rest).map(|()| ExitCode::SUCCESS)
        }
        Some((command, rest)) if command == "browser" => browser::run(rest),
        Some((command, rest)) if command == "alertmanager" => alertmanager::run(rest),
        Some((command, rest)) if command == "fleet" => fleet::run(rest),
        Some((command, rest)) if command == "simulate" => simulate::run(rest),
        Some((command, rest)) if command == "fuzz" => fuzz::run(rest).map(|()| ExitCode::SUCCESS),
        Some((command, rest)) if command == "platforms" => {
            platforms::run(rest).map(|()| ExitCode::SUCCESS)
        }
        Some((command, rest)) if command == "sanitize" => {
            sanitize::run(rest).map(|()| ExitCode::SUCCESS)
        }
        Some((command, rest)) if command == "loom" => loom::run(rest).map(|()| ExitCode::SUCCESS),
        Some((command, _)) if ["help", "--help", "-h"].contains(&command.as_str()) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some((command, _)) => Err(format!("unknown command {command:?}\n\n{HELP}").into()),
        None => Err(HELP.into()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}
