//! The requests that are kept whole, to be shown.

use super::buckets::bucket_of;
use perf_core::RequestSummary;
use perf_core::saturating_nanos as nanos;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The slowest requests, and one for each bucket of durations. Which they are does not depend on the order
/// in which they come.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    limit: usize,
    /// The slowest first.
    slowest: Vec<RequestSummary>,
    /// By bucket, each with the number it was drawn by.
    samples: BTreeMap<u16, (u64, RequestSummary)>,
}

impl Kept {
    pub(super) fn new(limit: usize) -> Kept {
        Kept { limit, slowest: Vec::new(), samples: BTreeMap::new() }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn slowest(&self) -> &[RequestSummary] {
        &self.slowest
    }

    pub(super) fn sample(&self, bucket: u16) -> Option<&RequestSummary> {
        self.samples.get(&bucket).map(|(_, request)| request)
    }

    pub(super) fn add(&mut self, request: &RequestSummary) {
        self.add_slow(request);
        self.add_sample(draw(request), request);
    }

    pub(super) fn merge(&mut self, other: &Kept) {
        other.slowest.iter().for_each(|request| self.add_slow(request));
        other.samples.values().for_each(|(drawn, request)| self.add_sample(*drawn, request));
    }

    fn add_slow(&mut self, request: &RequestSummary) {
        let place = self.slowest.partition_point(|kept| !is_before(request, kept));
        if place < self.limit {
            self.slowest.truncate(self.limit - 1);
            self.slowest.insert(place, request.clone());
        }
    }

    /// The one with the lowest number stays: each is as likely, and of n requests only about ln n are ever
    /// copied.
    fn add_sample(&mut self, drawn: u64, request: &RequestSummary) {
        let bucket = bucket_of(nanos(request.total()));
        if self.samples.get(&bucket).is_none_or(|(lowest, _)| drawn < *lowest) {
            self.samples.insert(bucket, (drawn, request.clone()));
        }
    }
}

/// The slower first, of two as slow the earlier.
fn is_before(a: &RequestSummary, b: &RequestSummary) -> bool {
    let by_duration = b.total().cmp(&a.total());
    by_duration.then_with(|| (a.started_at(), a.id()).cmp(&(b.started_at(), b.id()))).is_lt()
}

/// A number that is as good as random and always the same for a request.
fn draw(request: &RequestSummary) -> u64 {
    let mut hasher = DefaultHasher::new();
    (request.id(), request.started_at(), request.total()).hash(&mut hasher);
    hasher.finish()
}
