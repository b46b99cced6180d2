//! What has been sent, and what has not.

/// What became of what a [`RemoteWrite`](super::RemoteWrite) has sent, since it was spawned. Every sample is in
/// one of `sent_samples`, `overflowed`, `refused` and `unsent`, or still queued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteWriteTotals {
    /// Requests that the server has taken.
    pub sent_requests: u64,
    /// The samples in them, marks of the end of series among them.
    pub sent_samples: u64,
    /// Their bodies, in bytes as they went over the wire.
    pub sent_bytes: u64,
    /// Attempts that are to be repeated or were.
    pub retries: u64,
    /// The oldest, dropped because the queue was full.
    pub overflowed: Dropped,
    /// What the server would not have.
    pub refused: Dropped,
    /// What was left when the deadline at the end had passed. An attempt that was under way then may still
    /// have arrived.
    pub unsent: Dropped,
    /// Requests that wait or are being sent.
    pub queued_requests: usize,
    /// The memory that their bodies take, in bytes.
    pub queued_bytes: usize,
    /// What was wrong the last time that something was.
    pub last_error: Option<String>,
}

/// What was not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Requests.
    pub requests: u64,
    /// The samples in them.
    pub samples: u64,
}

impl Dropped {
    pub(super) fn add(&mut self, samples: u64) {
        self.requests += 1;
        self.samples += samples;
    }
}
