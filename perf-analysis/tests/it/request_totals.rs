//! The numbers of statistics, written and read back.

use crate::any_requests::{any_requests, of};
use perf_analysis::{Cause, RequestStatistics, RequestTotals, UnknownStage};

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
