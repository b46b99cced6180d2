//! A process that listens.

use super::http::Http;
use super::until;
use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a server may take to listen, and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Of its log, what an error shows.
const TAIL: usize = 2_000;

/// A server that ends with us, and whose output is in a file.
pub(crate) struct Server {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// A program with nothing to read.
    pub(crate) fn command(program: &str) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        command
    }

    /// Starts it and waits until `ready` answers. Its output goes to `NAME.log` in `folder`.
    pub(crate) fn spawn(
        name: &str,
        mut command: Command,
        folder: &Path,
        ready: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let log = folder.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        command.stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
        let mut server = Server { name: name.to_owned(), child, log };
        let http = Http::new();
        let answers = until(&format!("{name} answers at {ready}"), PATIENCE, || {
            match server.child.try_wait() {
                Ok(None) => http.get(ready).ok().map(|_| true),
                _ => Some(false),
            }
        });
        match answers {
            Ok(true) => Ok(server),
            Ok(false) => Err(format!("{name} has ended: {}", server.log_tail()).into()),
            Err(error) => Err(format!("{error}: {}", server.log_tail()).into()),
        }
    }

    /// Where lines for its standard input go, if that was asked for.
    pub(crate) fn stdin(&mut self) -> Option<&mut std::process::ChildStdin> {
        self.child.stdin.as_mut()
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn terminate(mut self) -> Result<(), Box<dyn Error>> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        if !asked.success() {
            return Err(format!("{} had ended: {}", self.name, self.log_tail()).into());
        }
        self.wait()
    }

    /// Closes its standard input, at the end of which it ends, and waits until it has.
    pub(crate) fn close(mut self) -> Result<(), Box<dyn Error>> {
        drop(self.child.stdin.take());
        self.wait()
    }

    /// Ends it in the middle of what it does.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn wait(&mut self) -> Result<(), Box<dyn Error>> {
        let what = format!("{} ends", self.name);
        until(&what, PATIENCE, || self.child.try_wait().ok().flatten()).map(drop)
    }

    fn log_tail(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let tail = &text[text.len().saturating_sub(TAIL)..];
        format!("{}:\n{}", self.log.display(), String::from_utf8_lossy(tail))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port of the loopback that nobody has now.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
