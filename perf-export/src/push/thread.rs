//! The thread that takes snapshots and the one that sends them.

use super::answer::Answer;
use super::client::Client;
use super::living::Living;
use super::outbox::Outbox;
use super::remote_write::{RemoteWrite, message, millis};
use super::retry::Backoff;
use super::totals::RemoteWriteTotals;
use perf_core::Profiler;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, io};

/// Long for a snapshot, which waits for nobody but somebody's source of SLA events.
const LAST_SNAPSHOT: Duration = Duration::from_secs(1);

/// What writes to a remote server until it is stopped or dropped; both take a last snapshot, mark all series as
/// ended, and send what is queued until a deadline.
pub struct RemoteWriteThread {
    outbox: Arc<Outbox>,
    deadline: Duration,
    collector: Option<JoinHandle<()>>,
    sender: Option<JoinHandle<()>>,
}

impl RemoteWriteThread {
    pub(super) fn spawn(write: &RemoteWrite, profiler: &Profiler) -> io::Result<Self> {
        let outbox = Arc::new(Outbox::new(write.queue, profiler));
        let mut spawned = RemoteWriteThread {
            outbox: Arc::clone(&outbox),
            deadline: write.deadline,
            collector: None,
            sender: None,
        };
        let sender = Sender {
            client: Client::new(&write.endpoint),
            write: write.clone(),
            outbox: Ending(Arc::clone(&outbox), Outbox::sender_ended),
        };
        let named = |name: &str| Builder::new().name(name.to_owned());
        spawned.sender = Some(named("remote-write-send").spawn(|| sender.run())?);
        let collector = Collector {
            living: Living::new(write.encoder()),
            profiler: profiler.clone(),
            interval: write.interval,
            last: i64::MIN,
            outbox: Ending(outbox, Outbox::collector_ended),
        };
        spawned.collector = Some(named("remote-write").spawn(|| collector.run())?);
        Ok(spawned)
    }

    /// What became of what was measured until now.
    pub fn totals(&self) -> RemoteWriteTotals {
        self.outbox.totals()
    }

    /// Takes a last snapshot, marks all series as ended, sends what is queued until
    /// [`RemoteWrite::deadline`] has passed, and counts what is left.
    pub fn stop(self) -> RemoteWriteTotals {
        let deadline = self.deadline;
        self.stop_within(deadline)
    }

    /// [`stop`](Self::stop) with this deadline. It returns in that time even if the server hangs: the attempt
    /// that is under way is left alone, and ends with its own time-out. The last snapshot is waited for in that
    /// time too, or a second if that is longer: a source of SLA events of your own may hang.
    pub fn stop_within(mut self, deadline: Duration) -> RemoteWriteTotals {
        self.end(deadline);
        self.outbox.totals()
    }

    fn end(&mut self, within: Duration) {
        let Some(sender) = self.sender.take() else { return };
        let deadline = Instant::now().checked_add(within);
        self.outbox.stop();
        let last_snapshot = Instant::now().checked_add(within.max(LAST_SNAPSHOT));
        if let Some(collector) = self.collector.take()
            && self.outbox.wait_for_collector(last_snapshot)
        {
            // A panic in somebody's source of SLA events has been told; one here could end the process.
            let _ = collector.join();
        }
        if self.outbox.flush(deadline) {
            let _ = sender.join();
        }
    }
}

impl Drop for RemoteWriteThread {
    fn drop(&mut self) {
        self.end(self.deadline);
    }
}

impl fmt::Debug for RemoteWriteThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteWriteThread").field("totals", &self.totals()).finish_non_exhaustive()
    }
}

/// Takes snapshots, whatever the network does.
struct Collector {
    living: Living,
    profiler: Profiler,
    interval: Duration,
    /// The time of the last samples, in ms since 1970.
    last: i64,
    outbox: Ending,
}

impl Collector {
    fn run(mut self) {
        let mut next = Instant::now().checked_add(self.interval);
        while self.outbox.0.wait_for_tick(next) {
            self.collect();
            let now = Instant::now();
            while let Some(past) = next.filter(|next| *next <= now) {
                next = past.checked_add(self.interval);
            }
        }
        self.collect();
        let requests = self.living.end(self.last.saturating_add(1));
        self.outbox.0.put(requests);
    }

    fn collect(&mut self) {
        let snapshot = self.profiler.lifetime();
        // A server refuses samples that are not after those that it has.
        self.last = millis(snapshot.taken_at()).max(self.last.saturating_add(1));
        let requests = self.living.samples(&snapshot, self.last);
        self.outbox.0.put(requests);
    }
}

/// Sends one request after the other, so that the samples of a series arrive in order.
struct Sender {
    client: Client,
    write: RemoteWrite,
    outbox: Ending,
}

impl Sender {
    fn run(self) {
        let outbox = &self.outbox.0;
        let mut backoff = Backoff::new(self.write.endpoint.pauses);
        while let Some((request, left)) = outbox.next() {
            let answer = self.client.send(&message(&self.write.endpoint, &request), left);
            outbox.settle(&answer);
            match answer {
                Answer::Later { after, .. } => {
                    if !outbox.pause(after, &mut backoff) {
                        break;
                    }
                }
                Answer::Taken | Answer::Refused { .. } => backoff.reset(),
            }
        }
    }
}

/// Says that a thread has ended, however it did.
struct Ending(Arc<Outbox>, fn(&Outbox));

impl Drop for Ending {
    fn drop(&mut self) {
        (self.1)(&self.0);
    }
}
