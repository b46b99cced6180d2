//! The lightweight mode: every call counted, one in n timed.

use crate::operation::OperationCore;
use crate::sync::Relaxed;
use crate::timer::Timer;
use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::thread;

/// An operation of which every call is counted and one in `n`, on average, is timed.
///
/// A call that is not timed costs two thread-local look-ups and a count, about an eighth of a timer
/// (docs/performance.md); every success and failure is still counted exactly. What it gives up: the
/// percentiles rest on `1/n` of the calls, limits and kept samples see only those, and `max` is the
/// largest of those. The gaps are drawn at random around `n`, so that a periodic workload cannot
/// hide its slow calls between the samples.
///
/// ```
/// use perf_core::Profiler;
/// use std::num::NonZeroU32;
///
/// let profiler = Profiler::new();
/// let lookup = profiler.operation("lookup").sampled(NonZeroU32::new(16).unwrap());
/// for _ in 0..10_000 {
///     lookup.time(|| ());
/// }
/// let snapshot = profiler.snapshot();
/// let lookup = snapshot.operation("lookup").unwrap();
/// assert_eq!(lookup.count(), 10_000);
/// assert!((100..2_000).contains(&lookup.latency().count()), "about 10,000 / 16 were timed");
/// ```
#[derive(Clone)]
pub struct SampledOperation {
    operation: Arc<OperationCore>,
    n: NonZeroU32,
}

impl SampledOperation {
    pub(crate) fn new(operation: Arc<OperationCore>, n: NonZeroU32) -> Self {
        SampledOperation { operation, n }
    }

    /// Starts a guard that counts this call, and times it if it is its turn.
    #[inline]
    pub fn timer(&self) -> SampledTimer<'_> {
        SampledTimer(if self.is_its_turn() {
            Call::Timed(Timer::start(&self.operation))
        } else {
            Call::Untimed(UntimedCall::start(&self.operation))
        })
    }

    /// Runs `work` under [`timer`](Self::timer).
    #[inline]
    pub fn time<R>(&self, work: impl FnOnce() -> R) -> R {
        let _timer = self.timer();
        work()
    }

    #[inline]
    fn is_its_turn(&self) -> bool {
        let operation = &*self.operation;
        let claimed = operation.claim_shard();
        let shard = match &claimed {
            Some((_, shard)) => shard,
            None => operation.shared_shard(),
        };
        // All handles of an operation count down together, so the gap may be that of a rarer one. On
        // the shared shard a race only moves a sample.
        let longest = 2 * u64::from(self.n.get() - 1);
        match shard.untimed_left.load(Relaxed).min(longest).checked_sub(1) {
            Some(left) => {
                shard.untimed_left.store(left, Relaxed);
                false
            }
            None => {
                let draws = shard.gaps_drawn.load(Relaxed).wrapping_add(1);
                shard.gaps_drawn.store(draws, Relaxed);
                shard.untimed_left.store(self.draw_gap(draws), Relaxed);
                true
            }
        }
    }

    /// Untimed calls until the next timed one: uniform in `0..=2 (n - 1)`, so `n - 1` on average.
    #[cold]
    fn draw_gap(&self, draws: u64) -> u64 {
        // The clock may stand still.
        let seed = self.operation.clock.reading() ^ draws.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
        let seed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (seed ^ (seed >> 31)) % (2 * u64::from(self.n.get()) - 1)
    }
}

impl fmt::Debug for SampledOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.operation.name;
        f.debug_struct("SampledOperation").field("operation", name).field("n", &self.n).finish()
    }
}

/// The guard of a [`SampledOperation`]; it counts its call when it is dropped.
#[must_use = "a timer that is not kept measures nothing: `let _timer = …`"]
#[derive(Debug)]
pub struct SampledTimer<'a>(Call<'a>);

#[derive(Debug)]
enum Call<'a> {
    Timed(Timer<'a>),
    Untimed(UntimedCall<'a>),
}

impl SampledTimer<'_> {
    /// Ends as a failure of no kind in particular.
    pub fn mark_failure(&mut self) {
        match &mut self.0 {
            Call::Timed(timer) => timer.mark_failure(),
            Call::Untimed(call) => call.failed = true,
        }
    }

    /// Ends as a failure of this kind, which is counted apart.
    pub fn mark_failure_with(&mut self, kind: impl Into<Cow<'static, str>>) {
        match &mut self.0 {
            Call::Timed(timer) => timer.mark_failure_with(kind),
            Call::Untimed(call) => {
                call.failed = true;
                call.kind = Some(kind.into());
            }
        }
    }

    /// Whether this call is one of those that are timed.
    pub fn is_timed(&self) -> bool {
        matches!(self.0, Call::Timed(_))
    }
}

struct UntimedCall<'a> {
    operation: &'a OperationCore,
    kind: Option<Cow<'static, str>>,
    failed: bool,
    already_panicking: bool,
}

impl<'a> UntimedCall<'a> {
    #[inline]
    fn start(operation: &'a OperationCore) -> Self {
        let already_panicking = thread::panicking();
        UntimedCall { operation, kind: None, failed: false, already_panicking }
    }
}

impl Drop for UntimedCall<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.failed && thread::panicking() && !self.already_panicking {
            self.failed = true;
            self.kind = Some("panic".into());
        }
        self.operation.count_untimed(self.failed, self.kind.as_deref());
    }
}

impl fmt::Debug for UntimedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UntimedCall").field(&self.operation.name).finish()
    }
}
