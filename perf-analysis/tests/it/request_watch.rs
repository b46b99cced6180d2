//! A profiler that is watched.

use crate::any_requests::manual;
use perf_analysis::{RequestStatistics, RequestWatch};
use perf_core::Profiler;
use std::time::Duration;

#[test]
fn a_watch_sees_what_ends_until_it_is_dropped() {
    let (profiler, hand) = manual();
    let watch = RequestWatch::starting_with(&profiler, RequestStatistics::new(2));
    let answer = |id: &str, millis: u64| {
        let request = profiler.request(id);
        request.time("model", || hand.advance(Duration::from_millis(millis)));
        request.end()
    };
    let ended = [answer("a", 10), answer("b", 30), answer("c", 20)];
    let mut expected = RequestStatistics::new(2);
    ended.iter().for_each(|request| expected.add(request));
    assert_eq!(watch.clone().read(), expected);
    assert_eq!(watch.reset(), expected);
    // It still keeps two.
    assert_eq!(watch.read(), RequestStatistics::new(2));
    profiler.request("discarded").discard();
    assert_eq!(watch.read().requests(), 0);
    drop(watch);
    answer("unseen", 1);
    assert_eq!(profiler.snapshot().losses().observer_panics, 0);
}

#[test]
fn a_panic_of_another_observer_does_not_stop_a_watch() {
    let profiler = Profiler::new();
    profiler.observe_requests(|_| panic!("not this one"));
    let watch = RequestWatch::new(&profiler);
    profiler.request("a").end();
    assert_eq!(watch.read().requests(), 1);
}
