//! A program that has the alerts on its standard input.

mod programs;

use crate::handler::{Handler, HandlerError, Retry};
use crate::json::NotificationJson;
use crate::notification::Notification;
use crate::text::{cut, one_line};
use crossbeam_channel::{Receiver, bounded};
use programs::Running;
use std::fmt;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a program that runs is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// What is told of a program's standard error.
const TOLD: usize = 4_096;
/// How long a program that has ended may leave its standard error open, by what it has begun.
const GRACE: Duration = Duration::from_millis(200);

/// Runs a program for each notification, with a line of JSON on its standard input: the same that a
/// [`FileHandler`](crate::FileHandler) writes.
///
/// No shell is involved: nothing that was measured becomes part of a command. The program is the first of a process
/// group, which is ended as a whole at the deadline. Ended with anything but 0 it has failed and is run again; what
/// it began to say on its standard error is told.
///
/// ```no_run
/// use perf_alert::CommandHandler;
///
/// let handler = CommandHandler::new("notify-on-call", ["--channel", "search"]);
/// # let _ = handler;
/// ```
#[derive(Clone)]
pub struct CommandHandler {
    program: String,
    arguments: Vec<String>,
}

impl CommandHandler {
    /// A program, by its path or to be found in `PATH`, and its arguments.
    pub fn new<A: Into<String>>(
        program: impl Into<String>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        CommandHandler { program: program.into(), arguments }
    }

    /// Ends every program that runs for such a handler, with all that it has begun, and lets no other begin: for
    /// whoever is about to end this process at once, as after Ctrl-C. It returns when none is left, or after a second.
    ///
    /// ```
    /// use perf_alert::CommandHandler;
    ///
    /// CommandHandler::end_all();
    /// // std::process::exit(130);
    /// ```
    pub fn end_all() {
        programs::end_all();
    }

    fn spawn(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    }

    fn error(&self, what: impl fmt::Display, retry: Retry) -> HandlerError {
        HandlerError::new(format!("{}: {what}", self.program), retry)
    }
}

impl fmt::Debug for CommandHandler {
    /// Without the arguments, of which one may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandHandler").field("program", &self.program).finish_non_exhaustive()
    }
}

impl Handler for CommandHandler {
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let ends = || self.error("was ended with this process", Retry::Never);
        let running = Running::begin().ok_or_else(ends)?;
        let mut child = self.spawn().map_err(|error| {
            let is_for_good =
                matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied);
            self.error(error, if is_for_good { Retry::Never } else { Retry::Later })
        })?;
        // Threads of their own: a program that neither reads nor writes must not hold this one.
        let line = NotificationJson::line(notification);
        if let Some(input) = child.stdin.take() {
            spawn_writer(input, line);
        }
        let told = child.stderr.take().map(spawn_reader);
        let ended = wait(&mut child, &running, deadline);
        let Some(status) = ended.map_err(|error| self.error(error, Retry::Later))? else {
            kill(&mut child);
            return Err(match running.is_over() {
                true => ends(),
                false => self.error("was ended at its deadline", Retry::Later),
            });
        };
        if status.success() {
            return Ok(());
        }
        let words = told.and_then(|told| told.recv_timeout(GRACE).ok()).unwrap_or_default();
        let words = cut(&one_line(words.trim()), 300);
        let colon = if words.is_empty() { "" } else { ": " };
        Err(self.error(format!("{status}{colon}{words}"), Retry::Later))
    }
}

/// Tells it, which need not read what it is told.
fn spawn_writer(mut input: impl Write + Send + 'static, line: Vec<u8>) {
    thread::spawn(move || {
        let _ = input.write_all(&line);
    });
}

/// Reads what it says to the end, so that it never waits for a reader, and keeps its beginning.
fn spawn_reader(mut stderr: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = bounded(1);
    thread::spawn(move || {
        let mut kept = Vec::new();
        let _ = stderr.by_ref().take(TOLD as u64).read_to_end(&mut kept);
        let _ = io::copy(&mut stderr, &mut io::sink());
        let _ = sender.send(String::from_utf8_lossy(&kept).into_owned());
    });
    receiver
}

/// How it ended, or `None` when it is to be ended.
fn wait(child: &mut Child, running: &Running, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let now = Instant::now();
        if now >= deadline || running.is_over() {
            return Ok(None);
        }
        thread::sleep(LOOK.min(deadline - now));
    }
}

/// Ends it and all it has begun.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Ok(id) = i32::try_from(child.id())
        && let Some(group) = rustix::process::Pid::from_raw(id)
    {
        // It has not been waited for, so the number is still its own.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
