//! What can be wrong is found out before the command is run, which may take an hour.

use crate::sla::warn;
use perfkit::sla::{OnNoData, SlaConfig};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The SLA file, which has something to say of the operation, or of no operation at all.
pub(super) fn read_sla(path: &Path, operation: &str) -> Result<SlaConfig, Box<dyn Error>> {
    let sla = SlaConfig::from_path(path)?;
    warn(path, &sla);
    let needs_data = |on_no_data| on_no_data != OnNoData::Pass;
    let mut others: Vec<&str> = Vec::new();
    for target in sla.targets() {
        match target.operation() {
            Some(name) if name == operation => return Ok(sla),
            Some(name) if needs_data(target.rule.on_no_data) && !others.contains(&name) => {
                others.push(name);
            }
            _ => {}
        }
    }
    match others[..] {
        [] => Ok(sla),
        [first, ..] => Err(format!(
            "{}: judges {}, and no operation `{operation}`: say which one the command is, with --name {first}",
            path.display(),
            others.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        )
        .into()),
    }
}

/// Whether the files can be written, each of them another one than the SLA file and each other.
pub(super) fn check_files(written: &[&Path], sla: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let mut taken: Vec<PathBuf> = sla.into_iter().map(place).collect();
    for path in written {
        let place = place(path);
        if taken.contains(&place) {
            return Err(
                format!("{}: given twice: one would overwrite the other", path.display()).into()
            );
        }
        taken.push(place);
        check_writable(path)?;
    }
    Ok(())
}

/// Where a file is, or would be.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let would_be = || {
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(would_be).unwrap_or_else(|| path.to_owned())
}

fn check_writable(path: &Path) -> Result<(), Box<dyn Error>> {
    let is_new = !path.exists();
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
    if is_new {
        // It is written when there is something to write.
        let _ = fs::remove_file(path);
    }
    Ok(())
}
