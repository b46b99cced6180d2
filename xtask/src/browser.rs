//! The HTML report as a person sees it: Chromium opens the one of the demo, with and without scripts, in
//! light and dark, on a screen and on a phone; and a report with everything, a hostile one and the page of trends.
//!
//! What is looked at is in `xtask/browser`; here is what that needs.

use crate::bench::{cargo, workspace_root};
use crate::debian::{self, find};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Under the names of Debian, of Ubuntu and of Google.
const CHROMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

const NODE: u32 = 18;

#[derive(Default)]
struct Options {
    install: bool,
    keep: bool,
}

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let mut options = Options::default();
    for argument in arguments {
        match argument.as_str() {
            "--install" => options.install = true,
            "--keep" => options.keep = true,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    if options.install {
        install()?;
    }
    let chrome = chrome().ok_or_else(no_chrome)?;
    has_node()?;
    let out = workspace_root().join("target/browser");
    fs::create_dir_all(&out)?;
    install_packages(&out)?;
    write_report(&out.join("demo"))?;
    write_pages(&out.join("pages"))?;
    look(&chrome, &out, &options)
}

/// Gets from Debian what is not there.
fn install() -> Result<(), Box<dyn Error>> {
    let browser = chrome().is_none().then_some(("chromium", "chromium"));
    let others = [("node", "nodejs"), ("npm", "npm")];
    debian::install(&browser.into_iter().chain(others).collect::<Vec<_>>())
}

fn missing(what: &str) -> String {
    format!("{what} is missing: cargo xtask browser --install gets it from Debian")
}

fn no_chrome() -> String {
    match std::env::var_os("CHROME") {
        Some(named) => format!("$CHROME is {}, which cannot be run", named.display()),
        None => missing("chromium"),
    }
}

/// What `$CHROME` names, which then must be there, or the first that is.
fn chrome() -> Option<PathBuf> {
    match std::env::var_os("CHROME") {
        Some(named) => find(&named),
        None => CHROMES.into_iter().find_map(find),
    }
}

/// What a program says that it is; none when it cannot be run.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn has_node() -> Result<(), Box<dyn Error>> {
    let node = version("node").ok_or_else(|| missing("node"))?;
    if major(&node).is_none_or(|major| major < NODE) {
        return Err(format!("node {NODE} or later is needed, not {node}: nodejs.org has it").into());
    }
    if find("npm").is_some() { Ok(()) } else { Err(missing("npm").into()) }
}

/// The first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Installs exactly what the lock file has, beside the results.
fn install_packages(out: &Path) -> Result<(), Box<dyn Error>> {
    for file in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(workspace_root().join("xtask/browser").join(file), out.join(file))?;
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
    let status = command.current_dir(out).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err("npm ci failed".into()) }
}

fn write_report(folder: &Path) -> Result<(), Box<dyn Error>> {
    // A report of before is no report of now.
    let _ = fs::remove_dir_all(folder);
    let mut command = cargo();
    command.args(["run", "--release", "--package", "perf-cli", "--", "demo", "--duration", "12s"]);
    let status = command.arg("--out").arg(folder).stdout(Stdio::null()).status()?;
    // Whether the demo meets its SLA does not matter here.
    let ran = status.code().is_some_and(|code| code != 3);
    if ran && folder.join("report.html").is_file() {
        Ok(())
    } else {
        Err(format!("the demo made no report: {status}").into())
    }
}

/// What the demo's report has not.
fn write_pages(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut command = cargo();
    command.args(["run", "--package", "perf-report", "--example", "pages", "--"]).arg(folder);
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("no pages were made: {status}").into()) }
}

fn look(chrome: &Path, out: &Path, options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace_root();
    let mut command = Command::new("node");
    command.arg(root.join("xtask/browser/look.mjs"));
    command.arg("--chrome").arg(chrome);
    command.arg("--modules").arg(out);
    command.arg("--report").arg(out.join("demo/report.html"));
    command.arg("--pages").arg(out.join("pages"));
    command.arg("--script").arg(root.join("perf-report/src/templates/report.js"));
    command.arg("--out").arg(out);
    if options.keep {
        command.arg("--images").arg(root.join("docs/images"));
    }
    let status = command.status()?;
    match status.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        // 1 is what node itself ends with when a script throws.
        Some(2) => Ok(ExitCode::FAILURE),
        _ => Err(format!("nothing could be looked at: {status}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_of_node_is_read_and_a_text_that_is_none_has_none() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v18"), Some(18));
        assert_eq!(major("deno 2.1"), None);
        assert_eq!(major(""), None);
    }
}
