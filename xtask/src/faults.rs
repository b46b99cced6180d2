//! The request log under kills and on a full disk: the fault tests of perf-export, many times.

use crate::bench::cargo;
use std::error::Error;

const ROUNDS: u32 = 200;

pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let rounds: u32 = match arguments {
        [] => ROUNDS,
        [rounds] => rounds.parse().map_err(|_| format!("{rounds:?} is no number of kills"))?,
        _ => return Err("one number of kills, or none for 200".into()),
    };
    let package = ["--release", "--package", "perf-export"];
    // What is killed.
    if !cargo().arg("build").args(package).args(["--example", "log_forever"]).status()?.success() {
        return Err("the example does not build".into());
    }
    let mut command = cargo();
    command.arg("test").args(package).args(["--test", "it", "--", "faults", "--nocapture"]);
    command.env("PERFKIT_KILL_ROUNDS", rounds.to_string());
    if !command.status()?.success() {
        return Err("a fault was not survived".into());
    }
    println!("{rounds} kills survived, and what goes wrong with folders, files and disks");
    Ok(())
}
