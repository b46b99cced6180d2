//! What handles, timers and the registry share of an operation: where a value is recorded.

use crate::clock::Clock;
use crate::losses::LossCounters;
use crate::metadata::Details;
use crate::operation::{
    FROM_THE_START, FailureKinds, Limits, Recent, RecentRing, Sample, Slowest, TooManyLimits,
};
use crate::storage::{Attempt, CallPaths, FailureShard, Published, Shard, ShardTable, ThreadIndex};
use crate::sync::{AnyWriter, Mutex, Relaxed, SeqCst, Writer, fence, lock, try_lock};
use std::sync::Arc;
use std::time::Duration;

/// One operation of one profiler, alive as long as that profiler or a handle.
pub(crate) struct OperationCore {
    pub(crate) limits: Limits,
    /// The last calls, if somebody asked for them.
    pub(crate) recent: Published<RecentRing>,
    pub(crate) clock: Clock,
    pub(crate) losses: Arc<LossCounters>,
    pub(crate) shards: ShardTable<Shard>,
    pub(crate) failure_kinds: FailureKinds,
    /// Those of the profiler, if it keeps them.
    pub(crate) call_paths: Option<Arc<CallPaths>>,
    pub(crate) name: Arc<str>,
    pub(crate) kept_samples: usize,
    /// The slowest samples since the last reset that the timeline has taken from the shards. Recording
    /// never takes this lock.
    pub(crate) slowest_before: Mutex<Slowest>,
    /// As `slowest_before`: the last failures.
    pub(crate) failed_before: Mutex<Recent>,
}

impl OperationCore {
    pub(crate) fn new(
        name: &str,
        clock: Clock,
        losses: Arc<LossCounters>,
        call_paths: Option<Arc<CallPaths>>,
        kept_samples: usize,
    ) -> Arc<Self> {
        Arc::new(OperationCore {
            limits: Limits::new(),
            recent: Published::empty(),
            clock,
            losses,
            shards: ShardTable::new(),
            failure_kinds: FailureKinds::new(),
            call_paths,
            name: name.into(),
            kept_samples,
            slowest_before: Mutex::new(Slowest::with_capacity(kept_samples)),
            failed_before: Mutex::new(Recent::with_capacity(kept_samples)),
        })
    }

    #[inline]
    pub(crate) fn nanos(&self, duration: Duration) -> u64 {
        let seconds = duration.as_secs().checked_mul(1_000_000_000);
        match seconds.and_then(|nanos| nanos.checked_add(u64::from(duration.subsec_nanos()))) {
            Some(nanos) => nanos,
            None => self.clamped(),
        }
    }

    #[cold]
    fn clamped(&self) -> u64 {
        self.losses.clamped_values.fetch_add(1, Relaxed);
        u64::MAX
    }

    #[inline(always)]
    pub(crate) fn record_success(&self, value: u64) {
        if self.recent.get().is_none()
            && let Some((thread, shard)) = self.shards.near()
        {
            match shard.successes.try_record(thread.writer(), value, &self.limits) {
                Attempt::Done => return,
                Attempt::AboveWatermark => {
                    return self.keep_slow(thread.writer(), shard, value, None);
                }
                Attempt::NotReady => {}
            }
        }
        self.record_success_with(value, None);
    }

    /// The first success of a thread or octave, one of a thread without an index, one that is
    /// remembered, or with details.
    #[cold]
    #[inline(never)]
    pub(crate) fn record_success_with(&self, value: u64, details: Option<Box<Details>>) {
        match self.claim_shard() {
            Some((thread, shard)) => self.succeed(thread.writer(), shard, value, details),
            None => self.succeed(AnyWriter, self.shared_shard(), value, details),
        }
    }

    fn succeed(
        &self,
        writer: impl Writer,
        shard: &Shard,
        value: u64,
        details: Option<Box<Details>>,
    ) {
        let attempt = shard.successes.record(writer, value, &self.limits, &self.losses);
        if attempt == Attempt::AboveWatermark {
            self.keep_slow(writer, shard, value, details);
        }
        if let Some(recent) = self.recent.get() {
            recent.push(value, false);
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn record_failure(&self, value: u64, details: Option<Box<Details>>) {
        match self.claim_shard() {
            Some((thread, shard)) => self.fail(thread.writer(), shard, value, details),
            None => self.fail(AnyWriter, self.shared_shard(), value, details),
        }
    }

    fn fail(&self, writer: impl Writer, shard: &Shard, value: u64, details: Option<Box<Details>>) {
        let failures = self.failure_shard(shard);
        let attempt = failures.cells.record(writer, value, &self.limits, &self.losses);
        if attempt == Attempt::AboveWatermark {
            failures.cells.raise_max(writer, value);
            failures.cells.raise_watermark_to_max(writer);
        }
        if let Some(kind) = details.as_ref().and_then(|details| details.failure_kind.as_deref()) {
            self.failure_kinds.count(kind);
        }
        let sample = self.sample(value, details);
        let evicted = match try_lock(&failures.recent) {
            Some(mut recent) => recent.push(sample),
            None => self.unkept(sample),
        };
        // Freed here, after the lock: an allocator that records must not find it held.
        drop(evicted);
        if let Some(recent) = self.recent.get() {
            recent.push(value, true);
        }
    }

    /// Takes a value above the watermark: a new maximum, or one of the slowest.
    #[cold]
    #[inline(never)]
    fn keep_slow(
        &self,
        writer: impl Writer,
        shard: &Shard,
        value: u64,
        details: Option<Box<Details>>,
    ) {
        shard.successes.raise_max(writer, value);
        let sample = self.sample(value, details);
        let evicted = match try_lock(&shard.slowest) {
            Some(mut slowest) => {
                let evicted = slowest.offer(sample);
                shard.successes.set_watermark(slowest.threshold(value));
                evicted
            }
            None => self.unkept(sample),
        };
        drop(evicted);
    }

    fn sample(&self, value: u64, details: Option<Box<Details>>) -> Sample {
        if let Some(details) = &details {
            self.losses.dropped_metadata.fetch_add(details.dropped, Relaxed);
        }
        Sample { value, at: self.clock.now(), details: details.map(Arc::from) }
    }

    fn unkept(&self, sample: Sample) -> Option<Sample> {
        self.losses.unkept_samples.fetch_add(1, Relaxed);
        Some(sample)
    }

    /// Counts a call that was not timed.
    #[inline]
    pub(crate) fn count_untimed(&self, failed: bool, kind: Option<&str>) {
        match self.claim_shard() {
            Some((thread, shard)) => self.add_untimed(thread.writer(), shard, failed, kind),
            None => self.add_untimed(AnyWriter, self.shared_shard(), failed, kind),
        }
    }

    #[inline]
    fn add_untimed(&self, writer: impl Writer, shard: &Shard, failed: bool, kind: Option<&str>) {
        if !failed {
            return writer.add(&shard.untimed, 1);
        }
        writer.add(&self.failure_shard(shard).untimed, 1);
        if let Some(kind) = kind {
            self.failure_kinds.count(kind);
        }
    }

    /// This thread's shard, made if need be; `None` when the thread has no index.
    #[inline]
    pub(crate) fn claim_shard(&self) -> Option<(ThreadIndex, &Shard)> {
        self.shards.near().or_else(|| {
            let thread = ThreadIndex::claim()?;
            let shard = self.shards.get_or_publish(&thread, || Shard::new(self.kept_samples));
            // Pairs with the fence in `add_limits`.
            fence(SeqCst);
            Some((thread, shard))
        })
    }

    pub(crate) fn shared_shard(&self) -> &Shard {
        self.shards.shared(|| Shard::new(self.kept_samples))
    }

    fn failure_shard<'a>(&self, shard: &'a Shard) -> &'a FailureShard {
        match shard.failures.get() {
            Some(failures) => failures,
            None => shard.failures.get_or_publish(|| FailureShard::new(self.kept_samples)),
        }
    }

    /// Adds limits, and remembers whether anything was recorded before.
    pub(crate) fn add_limits(&self, limits: &[Duration]) -> Result<(), TooManyLimits> {
        let now = self.clock.now().max(FROM_THE_START + 1);
        self.limits.add(limits, now)?;
        // Pairs with the fence after a shard was published: either its thread sees these limits, or
        // the shard is seen here.
        fence(SeqCst);
        if self.shards.iter().next().is_none() {
            self.limits.were_there_from_the_start(now);
        }
        Ok(())
    }

    /// A number that most likely changes with every record.
    pub(crate) fn mark(&self) -> u64 {
        self.shards.iter().fold(0, |mark: u64, shard| {
            let successes = shard.successes.mark().wrapping_add(shard.untimed.load(Relaxed));
            let failures = shard.failures.get().map_or(0, |failures| {
                failures.cells.mark().wrapping_add(failures.untimed.load(Relaxed))
            });
            let both = successes.wrapping_add(failures.rotate_left(32));
            mark.wrapping_mul(31).wrapping_add(both)
        })
    }

    /// The slowest samples of each shard since this was called last. Each shard then keeps its own
    /// slowest anew; those since the last reset are remembered here.
    pub(crate) fn take_slowest(&self) -> Vec<Sample> {
        let mut taken = Vec::new();
        if self.kept_samples == 0 {
            return taken;
        }
        let mut before = lock(&self.slowest_before);
        for shard in self.shards.iter() {
            let empty = Slowest::with_capacity(self.kept_samples);
            let mut slowest = lock(&shard.slowest);
            let of_shard = std::mem::replace(&mut *slowest, empty);
            shard.successes.set_watermark(0);
            drop(slowest);
            taken.extend(of_shard.into_samples());
        }
        for sample in &taken {
            before.offer(sample.clone());
        }
        taken
    }

    /// The last failures of each shard since this was called last, oldest first; they are remembered
    /// here.
    pub(crate) fn take_failed(&self) -> Vec<Sample> {
        let mut taken = Vec::new();
        let mut before = lock(&self.failed_before);
        for failures in self.shards.iter().filter_map(|shard| shard.failures.get()) {
            let empty = Recent::with_capacity(self.kept_samples);
            let of_shard = std::mem::replace(&mut *lock(&failures.recent), empty);
            taken.extend(of_shard.into_samples());
        }
        taken.sort_by_key(|sample| sample.at);
        for sample in &taken {
            before.push(sample.clone());
        }
        taken
    }

    /// Forgets the slowest samples of before `moment`, so that the next interval can keep its own.
    pub(crate) fn forget_slowest(&self, moment: u64) {
        let empty = Slowest::with_capacity(self.kept_samples);
        lock(&self.slowest_before).forget_before(moment, empty);
        for shard in self.shards.iter() {
            let empty = Slowest::with_capacity(self.kept_samples);
            let mut slowest = lock(&shard.slowest);
            let forgotten = slowest.forget_before(moment, empty);
            shard.successes.lower_watermark(slowest.threshold(u64::MAX));
            drop(slowest);
            drop(forgotten);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_does_not_wait_for_a_reader_of_samples_and_counts_what_it_could_not_keep() {
        let losses = Arc::new(LossCounters::default());
        let operation = OperationCore::new("work", Clock::instant(), Arc::clone(&losses), None, 8);
        operation.record_success(1);
        operation.record_failure(1, None);
        let (_, shard) = operation.claim_shard().expect("an index is free");
        let failures = operation.failure_shard(shard);
        let (_slowest, _recent) = (lock(&shard.slowest), lock(&failures.recent));
        operation.record_success(2);
        operation.record_failure(2, None);
        assert_eq!(losses.unkept_samples.load(Relaxed), 2);
    }
}
