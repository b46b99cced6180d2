//! Runs the criterion suites in many process launches and sums them up.
//!
//! One launch is not enough: where the allocator and the loader put things decides, once a process,
//! about nanoseconds (docs/performance.md). So every figure is a median over launches.

use crate::against::{self, Options};
use crate::{instructions, peers};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Each with its package. `--against` is about the recording core alone.
const SUITES: [(&str, &str); 7] = [
    ("perf-core", "record"),
    ("perf-core", "timer"),
    ("perf-core", "snapshot"),
    ("perf-core", "timeline"),
    ("perf-resources", "sample"),
    ("perf-report", "render"),
    ("perf-export", "exposition"),
];

const HELP: &str = "\
Usage: cargo xtask bench [--quick] [FILTER]
       cargo xtask bench --against NAME|REV [--runs N | --quick] [FILTER]
       cargo xtask bench --save NAME [--runs N | --quick] [FILTER]
       cargo xtask bench --peers [--quick] [FILTER]
       cargo xtask bench --instructions [--update]

  FILTER             benchmarks whose name matches this regular expression
  --against NAME     compare the working tree with runs that were saved under that name
  --against REV      compare it with a revision of git, launched in turns with it. A saved name goes
                     before a revision of the same name
  --save NAME        keep the figures in target/bench/NAME.json; what ends in .json is a path
  --runs N           process launches of each side, 2 to 500; 8 if not given
  --quick            3 launches: a look, never enough evidence
  --peers            beside other crates that measure
  --instructions     count instructions

With --against each benchmark has regressed, improved or not changed, or there is not enough evidence:
so many more runs may tell. A change is one that chance explains in less than 1 case of 20, for all
benchmarks together, and that is more than 5 % and 0.2 ns.

Exit code: 0, 1 when something regressed, 3 when there is nothing to compare (no such revision, it does
not build, a wrong option). When runs of the same build differ too, or the saved runs are of another
machine or compiler, all is advice, and the exit code 0.

Examples:
  cargo xtask bench --against HEAD record     what do my changes do to recording?
  cargo xtask bench --against origin/main     all of it, 7 minutes after the builds
  cargo xtask bench --against v0.1.0 --runs 16 timer
  cargo xtask bench --save before             and, with the change made,
  cargo xtask bench --against before";

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    if Options::are_meant(arguments) {
        return against::run(&Options::parse(arguments)?);
    }
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
        for (package, suite) in SUITES {
            eprint!("\rlaunch {launch} of {launches}: {suite:10}");
            // Left-overs of an earlier launch, or of benchmarks that are no more, are not results.
            let _ = fs::remove_dir_all(&results);
            launch_suite(package, suite, filter, &results)?;
            collect(&results, &median, &mut figures)?;
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
    let mut command = cargo();
    command.args(["bench", "--no-run"]);
    for (package, suite) in SUITES {
        command.args(["--package", package, "--bench", suite]);
    }
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err("the benchmarks do not build".into()) }
}

fn launch_suite(
    package: &str,
    suite: &str,
    filter: Option<&str>,
    results: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut command = cargo();
    // Else they are where CARGO_TARGET_DIR says.
    command.env("CRITERION_HOME", results);
    command.args(["bench", "--quiet", "--package", package, "--bench", suite, "--"]);
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

/// The value of a benchmark, in ns, from the folder that criterion has left of it.
pub(crate) type Reading<'a> = dyn Fn(&Path) -> Result<Option<f64>, Box<dyn Error>> + 'a;

/// Takes one value of each benchmark out of criterion's files.
pub(crate) fn collect(
    folder: &Path,
    value: &Reading<'_>,
    figures: &mut BTreeMap<String, Vec<f64>>,
) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        if path.ends_with("new") {
            let name = json(&path.join("benchmark.json"))?["full_id"].as_str().map(str::to_owned);
            if let (Some(name), Some(value)) = (name, value(&path)?) {
                figures.entry(name).or_default().push(value);
            }
        } else {
            collect(&path, value, figures)?;
        }
    }
    Ok(())
}

fn median(folder: &Path) -> Result<Option<f64>, Box<dyn Error>> {
    Ok(json(&folder.join("estimates.json"))?["median"]["point_estimate"].as_f64())
}

pub(crate) fn json(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

pub(crate) fn print(figures: &BTreeMap<String, Vec<f64>>, launches: usize) {
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
