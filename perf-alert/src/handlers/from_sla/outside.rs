//! What the file only says the place of.

use perf_sla::Secret;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Nobody's key is longer, nor the certificates of all authorities there are.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The secret itself, which is told to nobody.
pub(super) fn read(secret: &Secret) -> Result<String, String> {
    let text = match secret {
        Secret::Env(name) => std::env::var(name).map_err(|error| match error {
            std::env::VarError::NotPresent => format!("{secret}: the variable is not set"),
            std::env::VarError::NotUnicode(_) => format!("{secret}: is no text"),
        })?,
        Secret::File(path) => {
            let bytes = contents(path).map_err(|error| format!("{secret}: {error}"))?;
            String::from_utf8(bytes).map_err(|_| format!("{secret}: is no text"))?
        }
    };
    match text.trim() {
        "" => Err(format!("{secret}: is empty")),
        text => Ok(text.to_owned()),
    }
}

/// What a `ca_file` holds.
#[cfg(feature = "tls")]
pub(super) fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    contents(path).map_err(|error| format!("ca_file {}: {error}", path.display()))
}

fn contents(path: &Path) -> std::io::Result<Vec<u8>> {
    // Nobody knows when whoever writes to a pipe will do so.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
