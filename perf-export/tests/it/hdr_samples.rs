//! What the tests of interval logs write, with the values as they were.

use perf_core::{Clock, Profiler};
use perf_export::HdrLog;
use std::collections::BTreeMap;
use std::time::Duration;

/// Names that a tag cannot hold as they are, among others.
pub(crate) const NAMES: [&str; 7] =
    ["search", "a,b", "two words", "line\nfeed\r", "\"quoted\"", "50%2C", "größe\u{2028}#"];

pub(crate) struct Samples {
    pub(crate) log: Vec<u8>,
    /// All values in ns, ascending.
    pub(crate) by_name: BTreeMap<&'static str, Vec<u64>>,
}

impl Samples {
    /// So many intervals of a second, each with latencies from 1 µs to 20 s.
    pub(crate) fn record(intervals: u64) -> Samples {
        let (clock, time) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).build();
        let timeline = profiler.timeline();
        timeline.tick();
        let mut by_name = BTreeMap::<_, Vec<u64>>::new();
        let mut state = 1u64;
        for _ in 0..intervals {
            for (number, name) in NAMES.into_iter().enumerate() {
                for _ in 0..100 * (number + 1) {
                    state =
                        state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    let share = (state >> 11) as f64 / (1u64 << 53) as f64;
                    let nanos = (1e3 * 2e7f64.powf(share)) as u64;
                    profiler.record(name, Duration::from_nanos(nanos));
                    by_name.entry(name).or_default().push(nanos);
                }
            }
            time.advance(Duration::from_secs(1));
            timeline.tick();
        }
        by_name.values_mut().for_each(|values| values.sort_unstable());
        let mut log = Vec::new();
        let window = timeline.window(Duration::from_secs(intervals));
        HdrLog::new(&mut log).and_then(|mut log| log.add_window(&window)).expect("it is written");
        Samples { log, by_name }
    }

    /// The tag of `name` as other tools read it.
    pub(crate) fn tag(&self, name: &str) -> Option<String> {
        let tags = [
            "search",
            "a%2Cb",
            "two%20words",
            "line%0Afeed%0D",
            "\"quoted\"",
            "50%252C",
            "größe%E2%80%A8#",
        ];
        let at = NAMES.iter().position(|known| *known == name)?;
        Some(tags[at].to_owned())
    }
}

/// Whether a reader may tell `told` for the value `exact`: 1/256 below, or 1/256 and 1/1024 above, so many
/// times over; and a nanosecond for what was rounded.
pub(crate) fn within_error(told: u64, exact: u64, times: f64) -> bool {
    let (told, exact) = (told as f64, exact as f64);
    let below = times / 256.0;
    let above = (1.0 + times / 256.0) * (1.0 + 1.0 / 1024.0) - 1.0;
    told >= exact * (1.0 - below) - 1.0 && told <= exact * (1.0 + above) + 1.0
}
