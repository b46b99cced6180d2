//! Runs the models of the recording core, and sums up what was explored.

use crate::bench::{cargo, workspace_root};
use std::error::Error;
use std::time::Instant;

/// The models are unit tests of perf-core in a build of their own: `--cfg loom` puts loom's atomics in the
/// place of the standard library's.
pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let filter = match arguments {
        [] => "loom_models::",
        [filter] if !filter.starts_with('-') => filter.as_str(),
        _ => return Err("loom takes a filter and no options".into()),
    };
    let started = Instant::now();
    let output = cargo()
        .args(["test", "--package", "perf-core", "--lib", "--release", "--target-dir"])
        .arg(workspace_root().join("target/loom"))
        .args([filter, "--", "--nocapture"])
        .env("RUSTFLAGS", "--cfg loom")
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("a model does not hold, or a twin does:\n{errors}\n{text}").into());
    }
    let explored = lines_after(&text, "model loom_models::");
    // A twin that fails, as it must, has no such line.
    let twins = text.lines().filter(|line| line.contains("- should panic ... ok")).count();
    if explored.is_empty() && twins == 0 {
        return Err(format!("no model matches {filter:?}").into());
    }
    println!("| model | executions | time |\n|---|---:|---:|");
    for line in &explored {
        let (name, figures) = line.split_once(": ").unwrap_or((line, ""));
        let mut figures = figures.split(", ");
        let (executions, time) = (figures.next(), figures.next());
        let executions = executions.unwrap_or_default().trim_end_matches(" executions");
        println!("| {name} | {executions} | {} |", time.unwrap_or_default());
    }
    let (models, seconds) = (explored.len(), started.elapsed().as_secs());
    println!("\n{models} models hold and {twins} broken twins fail, {seconds} s");
    Ok(())
}

/// The rest of each line that starts so, sorted.
fn lines_after<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    let mut lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(start)).collect();
    lines.sort_unstable();
    lines
}
