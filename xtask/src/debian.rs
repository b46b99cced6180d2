//! Programs of others, which Debian has.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file that a shell would run under this name.
pub(crate) fn find(program: impl AsRef<Path>) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    // A path that is absolute stays what it is.
    std::env::split_paths(&folders).map(|folder| folder.join(&program)).find(|file| file.is_file())
}

/// Installs the package of each program that is not there: `("promtool", "prometheus")`.
pub(crate) fn install(programs: &[(&str, &str)]) -> Result<(), Box<dyn Error>> {
    let missing = programs.iter().filter(|(program, _)| find(program).is_none());
    let mut packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], &packages[..]].concat())
}

/// An error that says how to get the first of these programs that is not there.
pub(crate) fn require(programs: &[(&str, &str)], command: &str) -> Result<(), Box<dyn Error>> {
    match programs.iter().find(|(program, _)| find(program).is_none()) {
        None => Ok(()),
        Some((program, package)) => Err(format!(
            "{program} is missing: cargo xtask {command} --install gets it from Debian ({package})"
        )
        .into()),
    }
}

fn apt_get(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let command: &[&str] = if is_root { &["apt-get"] } else { &["sudo", "apt-get"] };
    let status = Command::new(command[0]).args(&command[1..]).args(arguments).status()?;
    if status.success() { Ok(()) } else { Err(format!("apt-get {} failed", arguments[0]).into()) }
}
