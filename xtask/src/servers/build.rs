//! Our own programs, as users have them.

use crate::bench::{cargo, workspace_root};
use std::error::Error;
use std::path::PathBuf;

/// Builds with these arguments; where `program` then is.
pub(crate) fn build_release(arguments: &[&str], program: &str) -> Result<PathBuf, Box<dyn Error>> {
    let status = cargo().args(["build", "--release", "--quiet"]).args(arguments).status()?;
    if !status.success() {
        return Err(format!("{program} does not build").into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| workspace_root().join("target"));
    Ok(target.join("release").join(program))
}

/// The service that searches texts: `perfkit/examples/fleet_service`.
pub(crate) fn build_service() -> Result<PathBuf, Box<dyn Error>> {
    let arguments =
        ["--package", "perfkit", "--example", "fleet_service", "--features", "full,server"];
    build_release(&arguments, "examples/fleet_service")
}
