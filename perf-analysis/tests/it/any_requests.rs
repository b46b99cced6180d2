//! Requests of any shape that are the same in every run.

use crate::random::Random;
use perf_analysis::RequestStatistics;
use perf_core::{Clock, ManualClock, Profiler, RequestSummary};
use std::time::Duration;

const NOTHING: [(&str, i64); 0] = [];
const NAMES: [&str; 6] = ["embed", "search", "rank", "prompt", "model", "audit"];

pub(crate) fn manual() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (Profiler::builder().clock(clock).build(), hand)
}

/// A request of `total` ns with stages by name, end and duration in ns; those that are longer than what
/// was before them began before the request.
pub(crate) fn request(
    (profiler, hand): &(Profiler, ManualClock),
    id: &str,
    total: u64,
    stages: &[(String, u64, u64)],
) -> RequestSummary {
    let request = profiler.request(id);
    let (mut now, mut stages) = (0, stages.to_vec());
    stages.sort_by_key(|(_, end, _)| *end);
    for (name, end, nanos) in stages {
        hand.advance(Duration::from_nanos(end - now));
        now = end;
        request.log_stage(name, Duration::from_nanos(nanos), NOTHING);
    }
    hand.advance(Duration::from_nanos(total - now));
    request.end()
}

/// Requests of any shape: nested, repeated, in parallel, without stages, of no duration, failed.
pub(crate) fn any_requests(seed: u64, count: usize) -> Vec<RequestSummary> {
    let mut random = Random::new(seed);
    let service = manual();
    let one = |i: usize| {
        let total = match i % 50 {
            0 => 0,
            1 => 7,
            _ => (1e4 * (3.0 * random.normal()).exp2()) as u64 + 1,
        };
        let mut below = |limit: u64| (random.uniform() * limit as f64) as u64;
        // Every other one reads and writes, in whichever order, and never at once.
        let third = total / 3;
        let (first, second) =
            if i.is_multiple_of(3) { ("write", "read") } else { ("read", "write") };
        let apart = [(first, third), (second, 2 * third)];
        let apart = apart.map(|(name, end)| (name.to_owned(), end, third));
        let apart = apart.into_iter().filter(|_| i.is_multiple_of(2));
        let many = if i.is_multiple_of(4) { 1 } else { 8 };
        let stages: Vec<_> = (0..below(many))
            .map(|_| {
                let name = NAMES[below(6) as usize].to_owned();
                (name, below(total + 1), below(total + total / 4 + 1))
            })
            .chain(apart)
            .collect();
        request(&service, &format!("r-{i}"), total, &stages)
    };
    (0..count).map(one).collect()
}

pub(crate) fn of(requests: &[RequestSummary]) -> RequestStatistics {
    let mut statistics = RequestStatistics::default();
    requests.iter().for_each(|request| statistics.add(request));
    statistics
}
