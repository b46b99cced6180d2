//! Runs the fuzz targets: random inputs that are steered towards new code, for so many seconds each.

use crate::bench::{cargo, workspace_root};
use std::error::Error;
use std::fs;
use std::process::Stdio;

const TARGETS: [&str; 6] =
    ["sla_file", "sla_yaml", "sla_history", "quantity", "timeline", "cgroup"];

pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (mut seconds, mut chosen) = (60, None);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => {
                let text = arguments.next().ok_or("--seconds needs a number")?;
                seconds = text.parse().map_err(|_| format!("{text:?} is no number of seconds"))?;
            }
            target if TARGETS.contains(&target) => chosen = Some(target),
            other => return Err(format!("no target {other:?}; {}", TARGETS.join(", ")).into()),
        }
    }
    is_installed()?;
    for target in TARGETS.into_iter().filter(|target| chosen.is_none_or(|only| only == *target)) {
        run_target(target, seconds)?;
    }
    Ok(())
}

fn is_installed() -> Result<(), Box<dyn Error>> {
    let version = cargo().args(["fuzz", "--version"]).stderr(Stdio::null()).output()?;
    if version.status.success() {
        return Ok(());
    }
    Err("cargo-fuzz is missing: cargo install cargo-fuzz --locked".into())
}

fn run_target(target: &str, seconds: u32) -> Result<(), Box<dyn Error>> {
    // What is found goes into the first folder; the second has what is worth keeping.
    let corpus = workspace_root().join("fuzz/corpus").join(target);
    let seeds = workspace_root().join("fuzz/seeds").join(target);
    fs::create_dir_all(&corpus)?;
    let mut command = cargo();
    // The address sanitizer is a nightly option of rustc.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.args(["fuzz", "run", "--fuzz-dir", "fuzz", target]).args([&corpus, &seeds]);
    command.args(["--", &format!("-max_total_time={seconds}"), "-print_final_stats=1"]);
    command.args(["-verbosity=0", "-max_len=4096"]);
    if command.status()?.success() {
        Ok(())
    } else {
        Err(format!("{target} found something").into())
    }
}
