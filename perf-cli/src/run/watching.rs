//! The command and its children while they run.

use perfkit::resources::{ProcessSampler, ProcessTree};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Before the first look at the children: a command that ends sooner is left alone. Each pause is twice the
/// one before, up to the interval.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// So many times as long as the last look is the pause after it, at least: what is measured should hardly
/// feel it. Where the kernel has no lists of children, a look at a large machine takes many milliseconds.
const PAUSE_FOR_A_LOOK: u32 = 20;

/// The most of each that was seen; `None` of a command that had ended before anybody looked.
#[derive(Clone, Copy, Default)]
pub(super) struct Watched {
    /// Of all processes together, or of the first one alone as the kernel keeps its peak.
    pub(super) resident_bytes: Option<u64>,
    pub(super) processes: Option<u64>,
    pub(super) threads: Option<u64>,
    pub(super) open_files: Option<u64>,
    /// Of all processes since they were first looked at, whether somebody waits for them or not.
    pub(super) cpu_time: Option<Duration>,
    /// How many were still running when the command had ended.
    pub(super) left_running: u64,
}

/// A thread that looks at the processes until it is told to end.
pub(super) struct Watching {
    end: Sender<()>,
    thread: JoinHandle<Watched>,
}

impl Watching {
    /// Begins; `None` where other processes cannot be looked at.
    pub(super) fn spawn(pid: u32, interval: Duration) -> Option<Self> {
        let tree = ProcessTree::new(pid).ok()?;
        let first = ProcessSampler::of(pid).ok()?.with_peak();
        let (end, ended) = channel();
        let thread = thread::Builder::new().name("perfkit-run".to_owned()).spawn(move || {
            let (mut tree, mut first) = (tree, first);
            let (mut watched, mut pause) = (Watched::default(), FIRST_PAUSE);
            watched.look_at_first(&mut first);
            let mut rest = Duration::ZERO;
            while ended.recv_timeout(pause.min(interval).max(rest))
                == Err(RecvTimeoutError::Timeout)
            {
                let before = thread_cpu_time();
                watched.look_at_first(&mut first);
                watched.look_at_all(&mut tree);
                pause = pause.saturating_mul(2);
                rest = thread_cpu_time().saturating_sub(before) * PAUSE_FOR_A_LOOK;
            }
            if watched.processes.is_some() {
                // Of those that were ever seen to be its children.
                if let Ok(left) = tree.sample() {
                    watched.left_running = left.processes;
                    watched.cpu_time = Some(left.cpu_time);
                }
            } else {
                // What it had when it had hardly begun is not what it had at most.
                watched.resident_bytes = None;
            }
            watched
        });
        Some(Watching { end, thread: thread.ok()? })
    }

    /// Ends it, and says what was seen.
    pub(super) fn end(self) -> Watched {
        drop(self.end);
        self.thread.join().unwrap_or_default()
    }
}

impl Watched {
    /// At the peak that the kernel keeps of the process that most commands consist of.
    fn look_at_first(&mut self, first: &mut ProcessSampler) {
        let peak = first.sample().ok().and_then(|sample| sample.peak_resident_bytes);
        self.resident_bytes = self.resident_bytes.max(peak);
    }

    fn look_at_all(&mut self, tree: &mut ProcessTree) {
        let Ok(sample) = tree.sample() else { return };
        // What has ended, and waits for us to see it, has no memory.
        if sample.resident_bytes > 0 {
            self.resident_bytes = self.resident_bytes.max(Some(sample.resident_bytes));
            self.processes = self.processes.max(Some(sample.processes));
            self.threads = self.threads.max(Some(sample.threads));
            self.open_files = self.open_files.max(sample.open_fds);
        }
        self.cpu_time = Some(sample.cpu_time);
    }
}

/// Not the time of a clock, which goes on while others have the processor.
#[cfg(target_os = "linux")]
fn thread_cpu_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// Nobody is looked at.
#[cfg(not(target_os = "linux"))]
fn thread_cpu_time() -> Duration {
    Duration::ZERO
}
