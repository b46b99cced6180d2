//! Runs the criterion suites in many process launches and sums them up.
//!
//! One launch is not enough: where the allocator and the loader put things decides, once a process,
//! about nanoseconds (docs/performance.md). So every figure is a median over launches.

use crate::{instructions, peers};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const SUITES: [&str; 4] = ["record", "timer", "snapshot", "timeline"];

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let (mut quick, mut peers, mut count, mut update) = (false, false, false, false);
    let mut filter = None;
    for argument in arguments {
        match argument.as_str() {
            "--quick" => quick = true,
            "--peers" => peers = true,
            "--instructions" => count = true,
            "--update" => update = true,
            option if option.starts_with('-') => {
                return Err(format!("unknown option {option}").into());
            }
            text => filter = Some(text),
        }
    }
    if update && !count {
        return Err("--update goes with --instructions".into());
    }
    if count {
        return instructions::run(update);
    }
    let launches = if quick { 3 } else { 15 };
    if peers {
        return peers::run(launches, filter);
    }
    build()?;
    let results = workspace_root().join("target/criterion");
    let mut figures: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for launch in 1..=launches {
        for suite in SUITES {
            eprint!("\rlaunch {launch} of {launches}: {suite:10}");
            // Left-overs of an earlier launch, or of benchmarks that are no more, are not results.
            let _ = fs::remove_dir_all(&results);
            launch_suite(suite, filter)?;
            collect(&results, &mut figures)?;
        }
    }
    eprintln!("\r{:40}", "");
    if figures.is_empty() {
        return Err(format!("no benchmark matches {:?}", filter.unwrap_or("")).into());
    }
    print(&figures, launches);
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<(), Box<dyn Error>> {
    let status = cargo().args(["bench", "--package", "perf-core", "--no-run"]).status()?;
    if status.success() { Ok(()) } else { Err("the benchmarks do not build".into()) }
}

fn launch_suite(suite: &str, filter: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut command = cargo();
    command.args(["bench", "--quiet", "--package", "perf-core", "--bench", suite, "--"]);
    command.args(["--noplot", "--sample-size", "10"]);
    command.args(["--warm-up-time", "0.1", "--measurement-time", "0.3"]);
    command.args(filter);
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{suite} failed:\n{}", String::from_utf8_lossy(&output.stderr)).into())
}

pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root());
    command
}

/// Takes each benchmark's median, in ns, out of criterion's files.
fn collect(folder: &Path, figures: &mut BTreeMap<String, Vec<f64>>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        if path.ends_with("new") {
            let name = json(&path.join("benchmark.json"))?["full_id"].as_str().map(str::to_owned);
            let median = json(&path.join("estimates.json"))?["median"]["point_estimate"].as_f64();
            if let (Some(name), Some(median)) = (name, median) {
                figures.entry(name).or_default().push(median);
            }
        } else {
            collect(&path, figures)?;
        }
    }
    Ok(())
}

fn json(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn print(figures: &BTreeMap<String, Vec<f64>>, launches: usize) {
    println!("| benchmark | min | median | p90 | launches above 1.5 x min |");
    println!("|---|---:|---:|---:|---:|");
    for (name, figures) in figures {
        let mut sorted = figures.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
        let slow = sorted.iter().filter(|figure| **figure > 1.5 * sorted[0]).count();
        let (min, median, p90) = (time(sorted[0]), time(at(0.5)), time(at(0.9)));
        println!("| {name} | {min} | {median} | {p90} | {slow} of {launches} |");
    }
}

pub(crate) fn time(nanos: f64) -> String {
    if nanos < 1_000.0 { format!("{nanos:.2} ns") } else { format!("{:.2} µs", nanos / 1_000.0) }
}

pub(crate) fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(1).expect("xtask has a parent").to_owned()
}
