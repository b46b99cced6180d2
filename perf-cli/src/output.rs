//! Files that a command writes.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Has a file written: beside its place, and moved there when all of it is written, so that what was there
/// stays until then, and a log can be converted into its own folder. A link stays one: what it leads to is
/// written. A device or pipe is written to as it is.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let refuse = |error: io::Error| format!("{}: cannot be written: {error}", path.display());
    let is_special = fs::metadata(path).is_ok_and(|about| !about.is_file());
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut beside = place.as_os_str().to_owned();
    beside.push(".new");
    let target = if is_special { path } else { Path::new(&beside) };
    let mut out = BufWriter::new(File::create(target).map_err(refuse)?);
    let written = write(&mut out)
        .and_then(|()| out.flush().map_err(|error| refuse(error).into()))
        .and_then(|()| match is_special {
            true => Ok(()),
            false => fs::rename(&beside, &place).map_err(|error| refuse(error).into()),
        });
    if written.is_err() && !is_special {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Has standard output written. When whoever reads it has gone away (`| head`), nothing is left to do, and the
/// command ends.
pub(crate) fn write_stdout(
    write: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(Stdout(io::stdout().lock()));
    write(&mut out)?;
    out.flush().map_err(|error| format!("standard output: cannot be written: {error}").into())
}

struct Stdout<'a>(io::StdoutLock<'a>);

impl Write for Stdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        end_when_gone(self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        end_when_gone(self.0.flush())
    }
}

fn end_when_gone<T>(result: io::Result<T>) -> io::Result<T> {
    if let Err(error) = &result
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
    result
}
