//! Much of everything, for longer than a test may take; says what was wrong and ends with 1.
//!
//! ```text
//! cargo run --release -p perf-core --example stress -- [records|threads|labels|profilers]
//!     [--records N] [--threads N] [--labels N] [--profilers N] [--heap-only]
//! ```
//!
//! Without a name all four run. `--heap-only` leaves out what the system says about memory, for tools
//! that keep freed memory themselves.

mod churn;
mod memory;
mod records;

use churn::Growth;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const HELP: &str = "usage: stress [records|threads|labels|profilers] \
    [--records N] [--threads N] [--labels N] [--profilers N] [--heap-only]";

/// Each part with how much of it there is by default.
const PARTS: [(&str, u64); 4] = [
    ("records", 1_000_000_000),
    ("threads", 100_000),
    ("labels", 1_000_000),
    ("profilers", 10_000),
];

fn main() -> ExitCode {
    let Some((parts, heap_only)) = parse(std::env::args().skip(1)) else {
        eprintln!("{HELP}");
        return ExitCode::from(3);
    };
    let mut wrong = 0;
    for (part, amount) in parts {
        let result = match part {
            "records" => records::run(amount, &show_progress).map(|account| account.to_string()),
            "threads" => churn::threads(amount).and_then(|growth| judge(growth, heap_only)),
            "labels" => churn::labels(amount).and_then(|growth| judge(growth, heap_only)),
            _ => churn::profilers(amount).and_then(|growth| judge(growth, heap_only)),
        };
        let peak = memory::peak_mib().map_or("unknown".to_owned(), |mib| format!("{mib:.1} MiB"));
        match result {
            Ok(text) => println!("{part}: {text}; peak resident {peak}"),
            Err(text) => {
                println!("{part}: WRONG: {text}");
                wrong += 1;
            }
        }
    }
    ExitCode::from(u8::from(wrong > 0))
}

/// The parts to run, each with its amount, and whether only the heap is judged.
fn parse(mut arguments: impl Iterator<Item = String>) -> Option<(Vec<(&'static str, u64)>, bool)> {
    let (mut parts, mut only, mut heap_only) = (PARTS, None, false);
    while let Some(argument) = arguments.next() {
        let name = argument.trim_start_matches('-');
        let known = parts.iter_mut().find(|(part, _)| *part == name);
        match (known, argument.starts_with("--")) {
            (Some((_, amount)), true) => *amount = arguments.next()?.parse().ok()?,
            (Some((part, _)), false) if only.is_none() => only = Some(*part),
            (None, true) if name == "heap-only" => heap_only = true,
            _ => return None,
        }
    }
    let chosen = parts.into_iter().filter(|(part, _)| only.is_none_or(|only| only == *part));
    Some((chosen.collect(), heap_only))
}

fn judge(growth: Growth, heap_only: bool) -> Result<String, String> {
    growth.judge(heap_only)?;
    Ok(growth.to_string())
}

/// A line that is written over and over, where somebody looks at it.
fn show_progress(recorded: u64, of: u64) {
    static SHOWN: AtomicU64 = AtomicU64::new(u64::MAX);
    let percent = recorded * 100 / of;
    if std::io::stderr().is_terminal() && SHOWN.swap(percent, Relaxed) != percent {
        eprint!("\r{percent:3} % of {of} records{}", if percent == 100 { "\n" } else { "" });
    }
}
