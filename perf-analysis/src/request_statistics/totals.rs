//! What a set of requests adds up to, one after the other.

use super::buckets::{bucket_of, shortest_of};
use super::names::Names;
use super::one_request::OneRequest;
use super::sums::Sums;
use perf_core::{Quantile, RequestSummary};
use std::collections::{BTreeMap, BTreeSet};

/// Sums over requests, in ns, with every name as a number. Whatever the order in which requests and
/// other totals are added, they are the same but for the numbers of the names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(super) names: Names,
    /// By the duration of the requests: [`bucket_of`].
    pub(super) buckets: BTreeMap<u16, Sums>,
    pub(super) repeats: BTreeMap<usize, Repeats>,
    /// Two stages that follow each other, the lower number first.
    pub(super) pairs: BTreeMap<(usize, usize), Pair>,
    /// Two stages that ran at the same time in some request, the lower number first.
    pub(super) overlapping: BTreeSet<(usize, usize)>,
    pub(super) gaps: BTreeMap<Gap, u128>,
    pub(super) dropped_stages: u64,
}

/// The stages before and after a time in which none ran.
pub(super) type Gap = (Option<usize>, Option<usize>);

/// The steps of a stage on critical paths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Repeats {
    pub(crate) steps: u64,
    /// What is on the path beyond the longest step of each request.
    pub(crate) beyond_longest: u128,
}

/// Two stages that follow each other on critical paths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pair {
    /// What they would save at most, side by side.
    pub(crate) saved: u128,
    /// Requests in which the first of the two came first, and in which it came second.
    pub(crate) orders: (u64, u64),
}

impl Totals {
    pub(super) fn add(&mut self, request: &RequestSummary) {
        let one = OneRequest::of(request, &mut self.names);
        self.buckets.entry(bucket_of(one.total)).or_default().add(&one);
        self.dropped_stages = self.dropped_stages.saturating_add(request.dropped_stages());
        for stage in one.stages.iter().filter(|stage| stage.steps > 0) {
            let beyond_longest = u128::from(stage.on_path - stage.longest_step);
            self.add_repeats(stage.id, Repeats { steps: stage.steps, beyond_longest });
        }
        for (first, second) in &one.following {
            let (first, second) = (&one.stages[*first], &one.stages[*second]);
            let saved = u128::from(first.on_path.min(second.on_path));
            self.add_pair((first.id, second.id), Pair { saved, orders: (1, 0) });
        }
        one.overlaps().for_each(|(a, b)| self.add_overlap(one.stages[a].id, one.stages[b].id));
        one.gaps.iter().for_each(|(place, nanos)| self.add_gap(*place, u128::from(*nanos)));
    }

    pub(super) fn merge(&mut self, other: &Totals) {
        let ids: Vec<usize> = other.names.iter().map(|name| self.names.id(name)).collect();
        for (bucket, sums) in &other.buckets {
            self.buckets.entry(*bucket).or_default().merge(sums, &ids);
        }
        self.dropped_stages = self.dropped_stages.saturating_add(other.dropped_stages);
        other.repeats.iter().for_each(|(id, repeats)| self.add_repeats(ids[*id], *repeats));
        for ((first, second), pair) in &other.pairs {
            self.add_pair((ids[*first], ids[*second]), *pair);
        }
        other.overlapping.iter().for_each(|(a, b)| self.add_overlap(ids[*a], ids[*b]));
        for ((before, after), nanos) in &other.gaps {
            self.add_gap((before.map(|id| ids[id]), after.map(|id| ids[id])), *nanos);
        }
    }

    pub(super) fn requests(&self) -> u64 {
        let requests = self.buckets.values().map(|sums| sums.requests);
        requests.fold(0, u64::saturating_add)
    }

    /// The sums of all requests.
    pub(crate) fn all(&self) -> Sums {
        let (mut sums, ids) = (Sums::default(), self.same_ids());
        self.buckets.values().for_each(|of_bucket| sums.merge(of_bucket, &ids));
        sums
    }

    /// The sums of the slowest `least` requests and of those that share a bucket with the fastest of them,
    /// and the shortest duration of that bucket.
    pub(crate) fn slowest(&self, least: u64) -> (Sums, u64) {
        let (mut sums, mut shortest) = (Sums::default(), 0);
        let ids = self.same_ids();
        for (bucket, of_bucket) in self.buckets.iter().rev() {
            if sums.requests >= least {
                break;
            }
            sums.merge(of_bucket, &ids);
            shortest = shortest_of(*bucket);
        }
        (sums, shortest)
    }

    /// The bucket of the request in the middle.
    pub(super) fn median_bucket(&self) -> Option<u16> {
        let rank = Quantile::P50.rank(self.requests());
        let mut seen = 0_u64;
        let reaches = |(_, sums): &(&u16, &Sums)| {
            seen = seen.saturating_add(sums.requests);
            seen >= rank
        };
        self.buckets.iter().find(reaches).map(|(bucket, _)| *bucket)
    }

    pub(crate) fn name(&self, id: usize) -> &str {
        self.names.name(id)
    }

    pub(crate) fn dropped_stages(&self) -> u64 {
        self.dropped_stages
    }

    pub(crate) fn repeats(&self, id: usize) -> Repeats {
        self.repeats.get(&id).copied().unwrap_or_default()
    }

    /// Stages that follow each other on critical paths and overlap in no request, in the order in which
    /// they more often do, and what they would save at most.
    pub(crate) fn sequential(&self) -> impl Iterator<Item = ((&str, &str), u128)> {
        let never_overlap = |(ids, _): &(&(usize, usize), _)| !self.overlapping.contains(ids);
        self.pairs.iter().filter(never_overlap).map(|((a, b), pair)| {
            let (a, b) = (self.name(*a), self.name(*b));
            let order = pair.orders.0.cmp(&pair.orders.1).then(b.cmp(a));
            (if order.is_ge() { (a, b) } else { (b, a) }, pair.saved)
        })
    }

    /// The time in which no stage ran, by the stages before and after.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = ((Option<&str>, Option<&str>), u128)> {
        let name = |id: &Option<usize>| id.map(|id| self.name(id));
        self.gaps.iter().map(move |((before, after), nanos)| ((name(before), name(after)), *nanos))
    }

    pub(super) fn add_repeats(&mut self, id: usize, repeats: Repeats) {
        self.repeats.entry(id).or_default().add(repeats);
    }

    /// Two stages that follow each other, in this order.
    pub(super) fn add_pair(&mut self, (first, second): (usize, usize), pair: Pair) {
        // One name may have become the other: both are beyond those that are told apart.
        if first != second {
            let (a, b) = pair.orders;
            let orders = if first < second { (a, b) } else { (b, a) };
            self.pairs.entry(ordered(first, second)).or_default().add(Pair { orders, ..pair });
        }
    }

    pub(super) fn add_overlap(&mut self, a: usize, b: usize) {
        self.overlapping.insert(ordered(a, b));
    }

    pub(super) fn add_gap(&mut self, place: Gap, nanos: u128) {
        *self.gaps.entry(place).or_default() += nanos;
    }

    fn same_ids(&self) -> Vec<usize> {
        (0..self.names.len()).collect()
    }
}

impl Repeats {
    fn add(&mut self, other: Repeats) {
        self.steps = self.steps.saturating_add(other.steps);
        self.beyond_longest += other.beyond_longest;
    }
}

impl Pair {
    fn add(&mut self, other: Pair) {
        self.saved += other.saved;
        self.orders.0 = self.orders.0.saturating_add(other.orders.0);
        self.orders.1 = self.orders.1.saturating_add(other.orders.1);
    }
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}
