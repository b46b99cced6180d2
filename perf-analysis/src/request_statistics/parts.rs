//! The sums as plain numbers, to be written to a file and read back.

use super::buckets::{bucket_of, shortest_of};
use super::names::Names;
use super::sums::{StageSums, Sums};
use super::totals::{Gap, Pair, Repeats, Totals};
use std::error::Error;
use std::fmt;

/// All numbers of a [`RequestStatistics`](crate::RequestStatistics), and none of its requests.
///
/// Times are in ns, and at most `u64::MAX`: 584 years. A stage is the place of its name in
/// [`names`](Self::names). Nothing in it depends on the order in which requests were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestTotals {
    /// The names of stages, sorted.
    pub names: Vec<String>,
    /// The requests, by how long they took, the fastest first.
    pub buckets: Vec<BucketTotals>,
    /// Stages that are on critical paths.
    pub repeats: Vec<RepeatTotals>,
    /// Stages that follow each other on critical paths.
    pub pairs: Vec<PairTotals>,
    /// Stages that ran at the same time in some request.
    pub overlapping: Vec<(usize, usize)>,
    /// The time in which no stage ran.
    pub gaps: Vec<GapTotals>,
    /// Stages that requests had beyond the 256 they remember.
    pub dropped_stages: u64,
}

/// Requests that took about as long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketTotals {
    /// The shortest duration of the bucket.
    pub from: u64,
    /// How many requests.
    pub requests: u64,
    /// How long they took together.
    pub whole: u64,
    /// In which no stage ran.
    pub unattributed: u64,
    /// Requests with such time.
    pub with_unattributed: u64,
    /// The stages they had.
    pub stages: Vec<StageTotals>,
}

/// A stage in some requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTotals {
    /// Which.
    pub stage: usize,
    /// How many requests had it.
    pub requests: u64,
    /// In which at least one ran.
    pub covered: u64,
    /// In which it decided when the request ends.
    pub on_path: u64,
}

/// The steps of a stage on critical paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepeatTotals {
    /// Which.
    pub stage: usize,
    /// How many steps.
    pub steps: u64,
    /// Their time beyond the longest step of each request.
    pub beyond_longest: u64,
}

/// Two stages that follow each other on critical paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairTotals {
    /// One of them.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// What they would save at most, side by side.
    pub saved: u64,
    /// Requests in which `a` came first.
    pub a_first: u64,
    /// Requests in which `b` came first.
    pub b_first: u64,
}

/// The time in which no stage ran, at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GapTotals {
    /// The stage before; `None` at the start of the request.
    pub before: Option<usize>,
    /// The stage after; `None` at the end of the request.
    pub after: Option<usize>,
    /// How long.
    pub nanos: u64,
}

/// Totals that speak of a stage that has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStage {
    stage: usize,
    names: usize,
}

impl fmt::Display for UnknownStage {
    /// `stage 7 is none of the 3 that have a name`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stage {} is none of the {} that have a name", self.stage, self.names)
    }
}

impl Error for UnknownStage {}

impl Totals {
    pub(super) fn parts(&self) -> RequestTotals {
        // In the order of their names, which is that of any totals of the same requests.
        let mut names: Vec<String> = self.names.iter().map(str::to_owned).collect();
        names.sort_unstable();
        let mut sorted = Names::default();
        names.iter().for_each(|name| _ = sorted.id(name));
        let mut by_name = Totals { names: sorted, ..Totals::default() };
        by_name.merge(self);
        let stages = |sums: &Sums| {
            let stage = |(stage, sums): (usize, &StageSums)| StageTotals {
                stage,
                requests: sums.requests,
                covered: narrow(sums.covered),
                on_path: narrow(sums.on_path),
            };
            sums.present().map(stage).collect()
        };
        let bucket = |(bucket, sums): (&u16, &Sums)| BucketTotals {
            from: shortest_of(*bucket),
            requests: sums.requests,
            whole: narrow(sums.whole),
            unattributed: narrow(sums.unattributed),
            with_unattributed: sums.with_unattributed,
            stages: stages(sums),
        };
        let repeat = |(stage, repeats): (&usize, &Repeats)| RepeatTotals {
            stage: *stage,
            steps: repeats.steps,
            beyond_longest: narrow(repeats.beyond_longest),
        };
        let pair = |((a, b), pair): (&(usize, usize), &Pair)| PairTotals {
            a: *a,
            b: *b,
            saved: narrow(pair.saved),
            a_first: pair.orders.0,
            b_first: pair.orders.1,
        };
        let gap = |((before, after), nanos): (&Gap, &u128)| GapTotals {
            before: *before,
            after: *after,
            nanos: narrow(*nanos),
        };
        RequestTotals {
            names,
            buckets: by_name.buckets.iter().map(bucket).collect(),
            repeats: by_name.repeats.iter().map(repeat).collect(),
            pairs: by_name.pairs.iter().map(pair).collect(),
            overlapping: by_name.overlapping.iter().copied().collect(),
            gaps: by_name.gaps.iter().map(gap).collect(),
            dropped_stages: by_name.dropped_stages,
        }
    }

    pub(super) fn from_parts(parts: &RequestTotals) -> Result<Totals, UnknownStage> {
        let mut totals = Totals { dropped_stages: parts.dropped_stages, ..Totals::default() };
        let ids: Vec<usize> = parts.names.iter().map(|name| totals.names.id(name)).collect();
        let id = |stage: usize| {
            ids.get(stage).copied().ok_or(UnknownStage { stage, names: parts.names.len() })
        };
        for bucket in &parts.buckets {
            let mut sums = Sums {
                requests: bucket.requests,
                whole: bucket.whole.into(),
                unattributed: bucket.unattributed.into(),
                with_unattributed: bucket.with_unattributed,
                stages: Vec::new(),
            };
            for stage in &bucket.stages {
                let (covered, on_path) = (stage.covered.into(), stage.on_path.into());
                let requests = stage.requests;
                sums.add_stage(id(stage.stage)?, StageSums { requests, covered, on_path });
            }
            let same: Vec<usize> = (0..totals.names.len()).collect();
            totals.buckets.entry(bucket_of(bucket.from)).or_default().merge(&sums, &same);
        }
        for repeat in &parts.repeats {
            let beyond_longest = repeat.beyond_longest.into();
            let repeats = Repeats { steps: repeat.steps, beyond_longest };
            totals.add_repeats(id(repeat.stage)?, repeats);
        }
        for pair in &parts.pairs {
            let (saved, orders) = (pair.saved.into(), (pair.a_first, pair.b_first));
            totals.add_pair((id(pair.a)?, id(pair.b)?), Pair { saved, orders });
        }
        for (a, b) in &parts.overlapping {
            totals.add_overlap(id(*a)?, id(*b)?);
        }
        for gap in &parts.gaps {
            let (before, after) = (gap.before.map(id).transpose()?, gap.after.map(id).transpose()?);
            totals.add_gap((before, after), gap.nanos.into());
        }
        Ok(totals)
    }
}

fn narrow(nanos: u128) -> u64 {
    u64::try_from(nanos).unwrap_or(u64::MAX)
}
