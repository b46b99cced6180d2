//! How often something was found where it was looked for.

use crate::metric::Counter;
use crate::profiler::Profiler;
use crate::snapshot::Snapshot;
use crate::timeline::Window;

/// A handle to the hits and misses of one cache, made by [`Profiler::hit_counter`]; cheap to clone.
///
/// They are two counters, so each look-up costs about 1 ns, and exporters see `<name>_hits` and
/// `<name>_misses`.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// let cache = profiler.hit_counter("embedding_cache");
/// cache.hit();
/// cache.hit();
/// cache.record(std::env::var("NO_SUCH_THING").is_ok());
/// let ratio = profiler.snapshot().hit_ratio("embedding_cache").unwrap();
/// assert_eq!((ratio.hits, ratio.misses, ratio.rate()), (2, 1, Some(2.0 / 3.0)));
/// ```
#[derive(Clone, Debug)]
pub struct HitCounter {
    hits: Counter,
    misses: Counter,
}

impl HitCounter {
    /// Counts a look-up that found what it looked for.
    #[inline]
    pub fn hit(&self) {
        self.hits.increment();
    }

    /// Counts one that did not.
    #[inline]
    pub fn miss(&self) {
        self.misses.increment();
    }

    /// Counts a hit if `found`, else a miss.
    #[inline]
    pub fn record(&self, found: bool) {
        if found { self.hit() } else { self.miss() }
    }
}

/// The hits and misses of one cache in one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HitRatio {
    /// Look-ups that found what they looked for.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
}

impl HitRatio {
    /// The share of hits, in `0.0..=1.0`; `None` without a look-up.
    pub fn rate(&self) -> Option<f64> {
        let all = self.hits as f64 + self.misses as f64;
        (all > 0.0).then(|| self.hits as f64 / all)
    }

    fn of(name: &str, counter: impl Fn(&str) -> Option<u64>) -> Option<Self> {
        let (hits, misses) = (counter(&hits(name))?, counter(&misses(name))?);
        Some(HitRatio { hits, misses })
    }
}

impl Profiler {
    /// The hits and misses of the cache called `name`.
    pub fn hit_counter(&self, name: &str) -> HitCounter {
        HitCounter { hits: self.counter(&hits(name)), misses: self.counter(&misses(name)) }
    }
}

impl Snapshot {
    /// The hits and misses of the cache called `name`, if they were ever asked for.
    pub fn hit_ratio(&self, name: &str) -> Option<HitRatio> {
        HitRatio::of(name, |counter| self.counter(counter, &[]))
    }
}

impl Window {
    /// The hits and misses of the cache called `name`, if it was there when the window ended.
    pub fn hit_ratio(&self, name: &str) -> Option<HitRatio> {
        HitRatio::of(name, |counter| self.counter(counter, &[]))
    }
}

fn hits(name: &str) -> String {
    format!("{name}_hits")
}

fn misses(name: &str) -> String {
    format!("{name}_misses")
}
