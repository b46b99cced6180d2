//! Why a command cannot be run, and what to do about it: the system says `No such file` of much.

use perfkit::report::wording::one_line;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// More of a first line the system does not read either.
const LONGEST_FIRST_LINE: u64 = 256;

/// An error for people.
pub(super) fn told(command: &[OsString], error: &io::Error) -> String {
    let Some(program) = command.first().filter(|program| !program.is_empty()) else {
        return "the name of the command is empty: is a variable not set?".to_owned();
    };
    let name = one_line(&program.to_string_lossy(), 200);
    let reason = match (error.kind(), found(program)) {
        (ErrorKind::NotFound, Some(path)) => match interpreter(&path) {
            Some(interpreter) => {
                format!("{interpreter}, which its first line names, does not exist")
            }
            None => format!("{error}: it exists, but not what it needs to be loaded"),
        },
        (ErrorKind::NotFound, None) if command.len() == 1 && name.contains(' ') => {
            format!("{error}: a line of the shell is run by sh -c '{name}'")
        }
        (ErrorKind::NotFound, None) if is_bare(program) => {
            format!(
                "{error}: it is in no folder of PATH; what the shell itself knows is run by sh -c '{name}'"
            )
        }
        (ErrorKind::PermissionDenied, Some(path)) if path.is_file() => {
            format!("{error}: is it executable? chmod +x {name}")
        }
        (_, Some(path)) if path.is_file() && interpreter(&path).is_none() => {
            format!("{error}: a script needs a first line such as #!/bin/sh")
        }
        _ => error.to_string(),
    };
    format!("{name}: cannot be run: {reason}")
}

/// What the name stands for, if that exists.
fn found(program: &OsStr) -> Option<PathBuf> {
    let path = Path::new(program);
    if !is_bare(program) {
        return path.exists().then(|| path.to_owned());
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(path)).find(|path| path.is_file())
}

/// No path, but a name that is looked for.
fn is_bare(program: &OsStr) -> bool {
    Path::new(program).components().count() == 1
}

/// The program that a script says it is run by.
fn interpreter(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    let file = File::open(path).ok()?;
    BufReader::new(file).take(LONGEST_FIRST_LINE).read_until(b'\n', &mut line).ok()?;
    let words = String::from_utf8_lossy(line.strip_prefix(b"#!")?).into_owned();
    words.split_whitespace().next().map(|word| one_line(word, 200))
}
