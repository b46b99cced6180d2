//! `cargo xtask bench --instructions`: what the work costs in instructions, which no neighbour changes.
//!
//! Counted by callgrind, twice with different numbers of times, so that what goes before drops out. For
//! one toolchain the counts are always the same; the file says for which.

use crate::bench::{cargo, workspace_root};
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// What the example knows, and how often it is done.
const WORKS: [(&str, u64); 7] = [
    ("record", 60_000),
    ("record, one limit", 60_000),
    ("record by name", 60_000),
    ("counter", 60_000),
    ("timer, manual clock", 60_000),
    ("snapshot with four quantiles", 600),
    ("tick of one operation", 600),
];

/// How far a count may be from the one in the file.
const TOLERANCE: f64 = 0.02;

pub(crate) fn run(update: bool) -> Result<ExitCode, Box<dyn Error>> {
    let example = build()?;
    let toolchain = toolchain()?;
    let file = workspace_root().join("perf-core/benches/instructions.txt");
    let known = match fs::read_to_string(&file) {
        Ok(known) => known,
        Err(_) if update => String::new(),
        Err(error) => return Err(format!("{}: {error}", file.display()).into()),
    };
    let known_toolchain = known.lines().next().unwrap_or_default();
    let mut lines = vec![toolchain.clone()];
    let mut differ = false;
    println!("| work | instructions | known | |\n|---|---:|---:|---|");
    for (work, times) in WORKS {
        let (few, many) = (count(&example, work, times)?, count(&example, work, 2 * times)?);
        let each = (many - few) / times as f64;
        lines.push(format!("{each:.2}\t{work}"));
        let before = known_count(&known, work);
        let off = before.is_none_or(|before| (each / before - 1.0).abs() > TOLERANCE);
        differ |= off;
        let before = before.map_or("-".into(), |before| format!("{before:.2}"));
        println!("| {work} | {each:.2} | {before} | {} |", if off { "differs" } else { "" });
    }
    if update {
        fs::write(&file, lines.join("\n") + "\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    if toolchain != known_toolchain {
        eprintln!("counted with {toolchain}, known for {known_toolchain:?}: nothing can be said");
        return Ok(ExitCode::from(2));
    }
    if differ {
        eprintln!("more than {} % off; --update if that is meant", TOLERANCE * 100.0);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<PathBuf, Box<dyn Error>> {
    // A folder of its own, so that the profile's settings are the same however cargo was called.
    let built = cargo()
        .args(["build", "--quiet", "--release", "--package", "perf-core"])
        .args(["--example", "instructions", "--target-dir", "target/instructions"])
        .status()?;
    if !built.success() {
        return Err("the example does not build".into());
    }
    Ok(workspace_root().join("target/instructions/release/examples/instructions"))
}

fn toolchain() -> Result<String, Box<dyn Error>> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(format!("{}, {}", String::from_utf8(output.stdout)?.trim(), std::env::consts::ARCH))
}

/// All instructions of one run.
fn count(example: &PathBuf, work: &str, times: u64) -> Result<f64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(example)
        .args([work, &times.to_string()])
        .output()
        .map_err(|error| format!("valgrind does not start ({error}): install it"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| format!("callgrind counted nothing:\n{told}").into())
}

fn known_count(known: &str, work: &str) -> Option<f64> {
    let line =
        known.lines().find_map(|line| line.split_once('\t').filter(|(_, name)| *name == work));
    line.and_then(|(count, _)| count.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_work_has_a_known_count() {
        let file = workspace_root().join("perf-core/benches/instructions.txt");
        let known = fs::read_to_string(file).expect("committed");
        for (work, _) in WORKS {
            assert!(known_count(&known, work).is_some_and(|count| count > 0.0), "{work}");
        }
        assert_eq!(known_count(&known, "recor"), None);
    }
}
