//! Much of everything: the stress example of perf-core, in release.

use crate::bench::cargo;
use std::error::Error;

pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--package", "perf-core"]);
    command.args(["--example", "stress", "--"]).args(arguments);
    if command.status()?.success() { Ok(()) } else { Err("stress found something".into()) }
}
