//! What requests add up to, one after the other, in bounded memory.

mod buckets;
mod kept;
mod names;
mod one_request;
mod parts;
mod shares;
mod sums;
mod totals;

pub use parts::{
    BucketTotals, GapTotals, PairTotals, RepeatTotals, RequestTotals, StageTotals, UnknownStage,
};
pub use shares::{StageShare, Tail};
pub(crate) use sums::{StageSums, Sums};
pub(crate) use totals::{Repeats, Totals};

use crate::bottleneck::{self, Bottleneck, FEWEST_FOR_A_TAIL};
use kept::Kept;
use perf_core::RequestSummary;
use shares::shares;
use std::time::Duration;

/// How many of the slowest requests are kept when nothing else is asked for.
const KEPT: usize = 8;

/// Which stages the time of requests goes into, of all and of the slowest, without keeping them: each
/// request is added as it ends, failed or not, and then forgotten.
///
/// The numbers are exact sums. They do not depend on the order in which requests are added, nor on how
/// they were split between several of these that are [merged](Self::merge) later. Two are equal when they
/// have the same numbers and keep the same requests.
///
/// # Memory
///
/// At most 256 names of stages are told apart; what is beyond counts under
/// [`OVERFLOW`](perf_core::OVERFLOW). For every sixteenth of an octave of durations in which there are
/// requests, it has about 50 bytes a name and keeps one request: these are 16 buckets for durations from
/// 8 to 16 ms, 160 for a factor of thousand, and never more than 976. A service with 10 stages whose
/// requests take from 10 ms to 10 s needs 0.3 MB, and what the metadata of the kept requests takes.
///
/// ```
/// use perf_analysis::RequestStatistics;
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let mut statistics = RequestStatistics::default();
/// for i in 0..200 {
///     let request = profiler.request(&format!("query-{i}"));
///     let retrieval = if i % 100 == 42 { 420 } else { 20 };
///     request.time("retrieval", || hand.advance(Duration::from_millis(retrieval)));
///     request.time("generation", || hand.advance(Duration::from_millis(80)));
///     statistics.add(&request.end());
/// }
/// let shares = statistics.shares();
/// assert_eq!((shares[0].name.as_deref(), shares[0].requests), (Some("generation"), 200));
///
/// let tail = statistics.tail_shares().unwrap();
/// assert_eq!((tail.requests, tail.shares[0].on_path), (2, 0.84));
/// assert_eq!(statistics.slowest()[0].id(), "query-42");
/// assert_eq!(statistics.typical().unwrap().total(), Duration::from_millis(100));
/// assert_eq!(statistics.bottlenecks(0.5)[0].component, "retrieval");
/// ```
#[derive(Clone, Debug)]
pub struct RequestStatistics {
    totals: Totals,
    kept: Kept,
}

impl RequestStatistics {
    /// Of no requests yet; so many of the slowest will be kept whole. [`default`](Self::default) keeps 8.
    pub fn new(kept: usize) -> Self {
        RequestStatistics { totals: Totals::default(), kept: Kept::new(kept) }
    }

    /// Adds a request that has ended: in about 1 µs when it has 5 stages and 5 µs when it has 20; in 0.2 ms when
    /// it has 256, and in 1 ms when these have as many names and run all at once.
    pub fn add(&mut self, request: &RequestSummary) {
        self.totals.add(request);
        self.kept.add(request);
    }

    /// Adds the requests of others. Of those kept by both, the slowest stay: as many as this one keeps.
    ///
    /// Above 256 names together it depends on the order which of them stay, and a request with two of the
    /// others counts twice among the requests of [`OVERFLOW`](perf_core::OVERFLOW).
    pub fn merge(&mut self, other: &RequestStatistics) {
        self.totals.merge(&other.totals);
        self.kept.merge(&other.kept);
    }

    /// How many requests were added.
    pub fn requests(&self) -> u64 {
        self.totals.requests()
    }

    /// What the time of all requests went into, the largest [`on_path`](StageShare::on_path) first: the
    /// stages, and the time without one. Every share is 0 when no request took any time.
    pub fn shares(&self) -> Vec<StageShare> {
        shares(&self.totals, &self.totals.all())
    }

    /// What the time of the slowest 1 % of requests went into; `None` below 100 requests.
    ///
    /// Requests are told apart by duration to a sixteenth: the slowest are those of the top buckets that
    /// together hold at least 1 % of all. That is a little more than 1 % when durations have a long tail,
    /// and may be all of them when none is much slower than another; [`Tail::requests`] says how many.
    pub fn tail_shares(&self) -> Option<Tail> {
        let requests = self.requests();
        let (sums, shortest) = self.totals.slowest(requests.div_ceil(100));
        (requests >= FEWEST_FOR_A_TAIL).then(|| Tail {
            requests: sums.requests,
            from: Duration::from_nanos(shortest),
            shares: shares(&self.totals, &sums),
        })
    }

    /// The slowest requests, the slowest first; of those as slow, the earliest. As many as are kept.
    pub fn slowest(&self) -> &[RequestSummary] {
        self.kept.slowest()
    }

    /// A request that took as long as the median one, to a sixteenth, drawn by chance from all that did;
    /// the same requests give the same one. `None` without requests, or when only their numbers are
    /// known.
    pub fn typical(&self) -> Option<&RequestSummary> {
        self.kept.sample(self.totals.median_bucket()?)
    }

    /// What [`request_bottlenecks`](crate::request_bottlenecks) finds in these requests. An example from
    /// the tail is one of those that are kept.
    pub fn bottlenecks(&self, min_share: f64) -> Vec<Bottleneck> {
        bottleneck::bottlenecks(&self.totals, self.slowest(), min_share)
    }

    /// The numbers, without the requests that are kept.
    ///
    /// ```
    /// # use perf_analysis::RequestStatistics;
    /// # use perf_core::Profiler;
    /// let mut statistics = RequestStatistics::default();
    /// statistics.add(&Profiler::new().request("query-456").end());
    /// let again = RequestStatistics::from_parts(&statistics.parts())?;
    /// assert_eq!(again.shares(), statistics.shares());
    /// assert!(again.slowest().is_empty());
    /// # Ok::<(), perf_analysis::UnknownStage>(())
    /// ```
    pub fn parts(&self) -> RequestTotals {
        self.totals.parts()
    }

    /// Those of these numbers, with no request kept.
    ///
    /// # Errors
    ///
    /// [`UnknownStage`] when a number stands for a stage that is not among the names.
    pub fn from_parts(parts: &RequestTotals) -> Result<Self, UnknownStage> {
        Ok(RequestStatistics { totals: Totals::from_parts(parts)?, kept: Kept::new(KEPT) })
    }

    /// The statistics until now; these start anew.
    pub(crate) fn take(&mut self) -> RequestStatistics {
        let anew = RequestStatistics::new(self.kept.limit());
        std::mem::replace(self, anew)
    }
}

impl Default for RequestStatistics {
    /// Of no requests; the 8 slowest will be kept.
    fn default() -> Self {
        RequestStatistics::new(KEPT)
    }
}

impl PartialEq for RequestStatistics {
    fn eq(&self, other: &Self) -> bool {
        self.kept == other.kept && self.parts() == other.parts()
    }
}
