//! Runs the stress example under tools that see wrong uses of memory, and data races.

use crate::bench::{cargo, workspace_root};
use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const TOOLS: [&str; 3] = ["address", "thread", "memcheck"];

/// Reports of the thread sanitizer that are known to be wrong.
const SUPPRESSIONS: &str = "xtask/tsan.supp";

pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let chosen: Vec<&str> = match arguments {
        [] => TOOLS.to_vec(),
        [tool] if TOOLS.contains(&tool.as_str()) => vec![tool],
        _ => return Err(format!("one of {}, or none for all", TOOLS.join(", ")).into()),
    };
    for tool in chosen {
        eprintln!("{tool}:");
        let mut command = match tool {
            "memcheck" => under_memcheck()?,
            sanitizer => with_sanitizer(sanitizer)?,
        };
        if !command.arg("--heap-only").status()?.success() {
            return Err(format!("{tool} found something").into());
        }
    }
    Ok(())
}

/// The sanitizers are nightly options of rustc; the standard library comes as it is, without them.
fn with_sanitizer(sanitizer: &str) -> Result<Command, Box<dyn Error>> {
    let mut flags = format!("-Zsanitizer={sanitizer}");
    if sanitizer == "thread" {
        flags += " -Cunsafe-allow-abi-mismatch=sanitizer --cfg perfkit_tsan";
    }
    let host = host()?;
    let mut build = cargo();
    build.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags);
    // A target that is named, so that build scripts and macros are built without.
    let program = build_stress(&mut build, sanitizer, Some(&host))?;
    let mut run = Command::new(program);
    if sanitizer == "thread" {
        let suppressions = workspace_root().join(SUPPRESSIONS);
        run.env("TSAN_OPTIONS", format!("halt_on_error=0 suppressions={}", suppressions.display()));
    }
    run.args(["--records", "20000000", "--threads", "5000"]);
    run.args(["--labels", "50000", "--profilers", "2000"]);
    Ok(run)
}

fn under_memcheck() -> Result<Command, Box<dyn Error>> {
    let valgrind = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if !valgrind.is_ok_and(|status| status.success()) {
        return Err("valgrind is missing: apt-get install valgrind".into());
    }
    let program = build_stress(&mut cargo(), "memcheck", None)?;
    let mut run = Command::new("valgrind");
    run.args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--fair-sched=yes"]);
    // The standard library holds the main thread's handle by a pointer into it: "possibly lost".
    run.args(["--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"]);
    run.arg(program).args(["--records", "1000000", "--threads", "2000"]);
    run.args(["--labels", "20000", "--profilers", "800"]);
    Ok(run)
}

/// Builds the example into a folder of the tool's own, and says where it is.
fn build_stress(
    build: &mut Command,
    tool: &str,
    target: Option<&str>,
) -> Result<PathBuf, Box<dyn Error>> {
    let folder = workspace_root().join("target").join(tool);
    build.env("CARGO_TARGET_DIR", &folder).env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
    build.args(["build", "--quiet", "--release", "--package", "perf-core", "--example", "stress"]);
    if let Some(target) = target {
        build.args(["--target", target]);
    }
    if !build.status()?.success() {
        return Err(format!("the stress example does not build for {tool}").into());
    }
    Ok(folder.join(target.unwrap_or("")).join("release/examples/stress"))
}

/// What rustc calls this machine.
fn host() -> Result<String, Box<dyn Error>> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc -vV names no host")?.to_owned())
}
