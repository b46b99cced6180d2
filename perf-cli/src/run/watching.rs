//! The command and its children while they run.

use perfkit::resources::{ProcessSampler, ProcessTree};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Between the first two looks. Each pause is twice the one before, up to the interval: a short command is
/// looked at a few times too.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// The most of each that was seen; `None` of a command that had ended before the first look.
#[derive(Clone, Copy, Default)]
pub(super) struct Watched {
    /// Of all processes together, or of the first one alone as the kernel keeps its peak.
    pub(super) resident_bytes: Option<u64>,
    pub(super) processes: Option<u64>,
    pub(super) threads: Option<u64>,
    pub(super) open_files: Option<u64>,
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
            loop {
                watched.look(&mut tree, &mut first);
                match ended.recv_timeout(pause.min(interval)) {
                    Err(RecvTimeoutError::Timeout) => pause = pause.saturating_mul(2),
                    _ => break,
                }
            }
            watched.left_running = tree.sample().map_or(0, |sample| sample.processes);
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
    fn look(&mut self, tree: &mut ProcessTree, first: &mut ProcessSampler) {
        // The peak between two looks, of the process that most commands consist of. First, as it is quick.
        let peak = first.sample().ok().and_then(|sample| sample.peak_resident_bytes);
        self.resident_bytes = self.resident_bytes.max(peak);
        let Ok(sample) = tree.sample() else { return };
        // What has ended, and waits for us to see it, has no memory.
        if sample.resident_bytes > 0 {
            self.resident_bytes = self.resident_bytes.max(Some(sample.resident_bytes));
            self.processes = self.processes.max(Some(sample.processes));
            self.threads = self.threads.max(Some(sample.threads));
            self.open_files = self.open_files.max(sample.open_fds);
        }
    }
}
