//! The numbers of statistics, written and read back.

use crate::any_requests::{any_requests, of};
use perf_analysis::{
    Cause, GapTotals, PairTotals, RequestStatistics, RequestTotals, UnknownStage, critical_path,
};
use perf_core::{RequestSummary, StageSummary};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[test]
fn numbers_that_are_read_back_say_the_same() {
    let apart = ("read, write", Cause::Sequential);
    for seed in 1..10 {
        let statistics = of(&any_requests(seed, 300));
        let parts = statistics.parts();
        let again = RequestStatistics::from_parts(&parts).unwrap();
        assert_eq!(again.parts(), parts);
        assert_eq!(again.shares(), statistics.shares());
        assert_eq!(again.tail_shares(), statistics.tail_shares());
        // But for the examples, which were not written.
        let without = |text: &str| text.split(", first at request").next().unwrap().to_owned();
        let told = |statistics: &RequestStatistics| {
            let found = statistics.bottlenecks(0.0).into_iter();
            found.map(|b| (b.component, b.cause, b.impact, without(&b.recommendation))).collect()
        };
        let (told, expected): (Vec<_>, Vec<_>) = (told(&again), told(&statistics));
        assert_eq!(told, expected);
        assert!(told.iter().any(|(name, cause, ..)| (&**name, *cause) == apart));
        // Two files are added up as two services are.
        let mut both = again.clone();
        both.merge(&again);
        assert_eq!(both.shares().len(), again.shares().len());
        assert_eq!(both.requests(), 600);
    }
}

#[test]
fn numbers_of_a_stage_without_a_name_are_refused() {
    let mut parts = of(&any_requests(1, 300)).parts();
    parts.pairs[0].b = 8;
    let error: UnknownStage = RequestStatistics::from_parts(&parts).unwrap_err();
    assert_eq!(error.to_string(), "stage 8 is none of the 8 that have a name");
    // Nor do numbers as large as they can be overflow.
    let mut parts = of(&any_requests(1, 300)).parts();
    parts.dropped_stages = u64::MAX;
    parts.buckets.iter_mut().for_each(|b| (b.requests, b.whole) = (u64::MAX, u64::MAX));
    let mut twice = RequestStatistics::from_parts(&parts).unwrap();
    twice.merge(&twice.clone());
    assert_eq!(twice.requests(), u64::MAX);
    assert!(twice.shares().iter().all(|share| share.on_path < 1.0));
    let empty = RequestStatistics::from_parts(&RequestTotals::default()).unwrap();
    assert_eq!(empty, RequestStatistics::default());
}

/// What follows, overlaps, repeats and is missing, by name.
#[derive(Debug, Default, PartialEq)]
struct Naive {
    steps: BTreeMap<String, (u64, u64)>,
    pairs: BTreeMap<(String, String), (u64, u64, u64)>,
    overlapping: BTreeSet<(String, String)>,
    gaps: BTreeMap<(Option<String>, Option<String>), u64>,
}

impl Naive {
    fn add(&mut self, request: &RequestSummary) {
        let nanos = |duration: Duration| duration.as_nanos() as u64;
        let path: Vec<(Option<&str>, u64)> =
            critical_path(request).iter().map(|s| (s.name(), nanos(s.duration))).collect();
        let of = |name| path.iter().filter(move |step| step.0 == Some(name)).map(|step| step.1);
        let names: BTreeSet<&str> = request.stages().iter().map(|stage| stage.name()).collect();
        for name in names.iter().copied().filter(|name| of(name).count() > 0) {
            let (steps, beyond) = self.steps.entry(name.to_owned()).or_default();
            *steps += of(name).count() as u64;
            *beyond += of(name).sum::<u64>() - of(name).max().unwrap();
        }
        let order: Vec<&str> = path.iter().filter_map(|step| step.0).collect();
        for (a, b) in pairs(&names) {
            let key = (a.to_owned(), b.to_owned());
            let first = order.windows(2).find(|two| *two == [a, b] || *two == [b, a]);
            if let Some(first) = first {
                let pair = self.pairs.entry(key.clone()).or_default();
                pair.0 += of(a).sum::<u64>().min(of(b).sum());
                *(if first[0] == a { &mut pair.1 } else { &mut pair.2 }) += 1;
            }
            let called = |name| request.stages().iter().filter(move |s| s.name() == name);
            let ends = |s: &StageSummary| s.offset() + s.duration();
            let at_once = |a: &StageSummary, b| a.offset() < ends(b) && b.offset() < ends(a);
            if called(a).any(|a| called(b).any(|b| at_once(a, b))) {
                self.overlapping.insert(key);
            }
        }
        for (place, (_, nanos)) in path.iter().enumerate().filter(|(_, step)| step.0.is_none()) {
            let name = |place: usize| path.get(place).and_then(|step| step.0).map(str::to_owned);
            let around = (name(place.wrapping_sub(1)), name(place + 1));
            *self.gaps.entry(around).or_default() += nanos;
        }
    }
}

/// Every two of these, in order.
fn pairs<'a>(names: &BTreeSet<&'a str>) -> Vec<(&'a str, &'a str)> {
    let after = |a: &'a str| names.iter().filter(move |b| a < **b).map(move |b| (a, *b));
    names.iter().flat_map(|a| after(a)).collect()
}

#[test]
fn the_numbers_are_those_of_a_reader_who_has_all_requests() {
    for seed in 1..20 {
        let requests = any_requests(seed, 200);
        let mut expected = Naive::default();
        requests.iter().for_each(|request| expected.add(request));
        let parts = of(&requests).parts();
        let name = |stage: usize| parts.names[stage].clone();
        let repeats = parts.repeats.iter().map(|r| (name(r.stage), (r.steps, r.beyond_longest)));
        let pair = |p: &PairTotals| ((name(p.a), name(p.b)), (p.saved, p.a_first, p.b_first));
        let gap = |g: &GapTotals| ((g.before.map(name), g.after.map(name)), g.nanos);
        let seen = Naive {
            steps: repeats.collect(),
            pairs: parts.pairs.iter().map(pair).collect(),
            overlapping: parts.overlapping.iter().map(|(a, b)| (name(*a), name(*b))).collect(),
            gaps: parts.gaps.iter().map(gap).collect(),
        };
        assert_eq!(seen, expected);
        assert!(!seen.pairs.is_empty() && !seen.gaps.is_empty());
        assert!(!seen.overlapping.contains(&("read".to_owned(), "write".to_owned())));
    }
}
