//! Whether there is anything to be read.

use std::fmt;
use std::time::Instant;

/// How it stands with the GPUs of the machine, and with the driver.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GpuState {
    /// Nobody has started the thread that reads.
    NotStarted,
    /// Nothing has been read yet.
    Starting,
    /// At least one GPU is there.
    Available,
    /// There is no driver, or it cannot be used; why. It is looked for again, ever less often.
    NoDriver(String),
    /// There is a driver, but no GPU, or none that may be used:
    /// [`GpuSnapshot::missing`](crate::GpuSnapshot::missing). It is looked for again, ever less often.
    NoDevice,
    /// The driver or all GPUs were there, and are gone; why. It is tried again, ever less often.
    Lost(String),
    /// A call to the driver has not come back since then. The thread that made it waits for it, and goes
    /// on when it comes back.
    Hanging(Instant),
    /// The sampler was dropped.
    Stopped,
}

impl fmt::Display for GpuState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GpuState::NotStarted => f.pad("not started"),
            GpuState::Starting => f.pad("starting"),
            GpuState::Available => f.pad("available"),
            GpuState::NoDriver(reason) => write!(f, "no driver: {reason}"),
            GpuState::NoDevice => f.pad("no GPU that can be read"),
            GpuState::Lost(reason) => write!(f, "lost: {reason}"),
            GpuState::Hanging(since) => {
                write!(f, "the driver has not answered for {:.1} s", since.elapsed().as_secs_f64())
            }
            GpuState::Stopped => f.pad("stopped"),
        }
    }
}
