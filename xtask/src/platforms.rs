//! Whether everything compiles for Windows and macOS, from wherever one is: a check links nothing.

use crate::bench::{cargo, workspace_root};
use std::error::Error;
use std::process::Command;

const TARGETS: [&str; 2] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// All but TLS, whose library compiles C and so needs a compiler for each target.
const FEATURES: &str =
    "perfkit/full,perfkit/gpu,perfkit/server,perfkit/alert-tracing,perf-cli/email";

pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let installs = match arguments {
        [] => false,
        [flag] if flag == "--install" => true,
        _ => return Err("usage: cargo xtask platforms [--install]".into()),
    };
    if installs {
        let rustup = Command::new("rustup").args(["target", "add"]).args(TARGETS).status()?;
        if !rustup.success() {
            return Err("rustup could not install the standard libraries".into());
        }
    }
    for target in TARGETS {
        println!("== {target}");
        let mut clippy = cargo();
        clippy.args(["clippy", "--workspace", "--exclude", "xtask", "--features", FEATURES]);
        clippy.args(["--target", target, "--", "-D", "warnings"]);
        if !clippy.current_dir(workspace_root()).status()?.success() {
            let remedy = format!("is its standard library there? rustup target add {target}");
            return Err(format!("{target}: not clean; {remedy}").into());
        }
    }
    Ok(())
}
