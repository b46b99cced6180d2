//! One run of the command.

use super::child_usage::{ChildUsage, ChildrenTotals, wait};
use super::interrupt::Interrupt;
use super::spawn_error;
use super::watching::{Watched, Watching};
use perfkit::resources::ProcessSampler;
use std::error::Error;
use std::ffi::OsString;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What is run.
pub(super) struct Task<'a> {
    pub(super) command: &'a [OsString],
    pub(super) interval: Duration,
    pub(super) discards_output: bool,
    pub(super) has_input: bool,
    pub(super) interrupt: &'a Interrupt,
}

/// What one run used.
pub(super) struct MeasuredRun {
    /// From before the process was made until it had ended.
    pub(super) wall: Duration,
    pub(super) status: ExitStatus,
    /// `None` where the system does not tell it.
    pub(super) usage: Option<ChildUsage>,
    /// `None` where the system does not tell it.
    pub(super) watched: Option<Watched>,
    /// Of the largest process alone, to its last moment, or our own where that is more.
    largest_process_bytes: Option<u64>,
    /// A child begins as large as we are, in the kernel's account, until it is another program.
    own_peak_bytes: Option<u64>,
}

impl Task<'_> {
    /// Runs it to its end.
    pub(super) fn run(&self) -> Result<MeasuredRun, Box<dyn Error>> {
        let program = self.command.first().ok_or("no command")?;
        let mut command = Command::new(program);
        command.args(&self.command[1..]);
        if self.discards_output {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        if !self.has_input {
            command.stdin(Stdio::null());
        }
        let before = ChildrenTotals::read();
        let start = Instant::now();
        let mut child = command.spawn().map_err(|error| spawn_error::told(self.command, &error))?;
        // While nobody has waited for it, nobody else can have its number.
        let watching = Watching::spawn(child.id(), self.interval);
        self.interrupt.pass_on_until_the_end(&child);
        let (status, largest_process_bytes) = wait(&mut child)?;
        let wall = start.elapsed();
        let watched = watching.map(Watching::end);
        let after = ChildrenTotals::read();
        let totals = before.zip(after);
        Ok(MeasuredRun {
            wall,
            status,
            usage: totals.map(|(before, after)| after.since(&before)),
            watched,
            largest_process_bytes,
            own_peak_bytes: own_peak(),
        })
    }
}

impl MeasuredRun {
    /// Of those that were waited for, or of all that were seen, where that is more.
    pub(super) fn cpu_time(&self) -> Option<Duration> {
        self.waited_cpu_time().max(self.watched.and_then(|watched| watched.cpu_time))
    }

    /// What user and system time add up to.
    fn waited_cpu_time(&self) -> Option<Duration> {
        self.usage.map(|usage| usage.user + usage.system)
    }

    /// CPU time that neither is user nor system time here, as nobody waited for who used it.
    pub(super) fn unwaited_cpu_time(&self) -> Duration {
        let times = self.cpu_time().zip(self.waited_cpu_time());
        times.map_or(Duration::ZERO, |(all, waited)| all.saturating_sub(waited))
    }

    /// CPU time over time: 1 is one core.
    pub(super) fn cpu_cores(&self) -> Option<f64> {
        let cpu_time = self.cpu_time()?;
        (!self.wall.is_zero()).then(|| cpu_time.as_secs_f64() / self.wall.as_secs_f64())
    }

    /// The most memory of all processes together that was seen, or of the largest one.
    pub(super) fn peak_bytes(&self) -> Option<u64> {
        let own_peak = self.own_peak_bytes?;
        let largest = self.largest_process_bytes.filter(|bytes| *bytes > own_peak);
        self.watched.and_then(|watched| watched.resident_bytes).max(largest)
    }

    /// The same, or what it was not more than, where it ended before anybody looked.
    pub(super) fn peak_bytes_at_most(&self) -> Option<u64> {
        self.peak_bytes().or(self.largest_process_bytes)
    }
}

/// As shells have it: 128 and the number of the signal that ended it.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or(signal(status).map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// The signal that ended it.
#[cfg(unix)]
pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
pub(super) fn signal(_: ExitStatus) -> Option<i32> {
    None
}

fn own_peak() -> Option<u64> {
    ProcessSampler::own().ok()?.with_peak().sample().ok()?.peak_resident_bytes
}
