//! The values of a gauge over the intervals of a window: what leaks and saturation are read from.

use crate::saturation::Usage;
use perf_core::{GaugeRange, Window};

/// What `pick` takes of the gauge with this name and these labels in each interval of the window that has
/// it, oldest first: the middle of the interval, in seconds of the profiler's clock, and the value.
///
/// Old intervals are longer than new ones ([`Window::intervals`]) and know the least, the most, the mean and
/// the last of their time. [`leak`](crate::leak) is about the least, a limit about the most.
///
/// ```
/// use perf_analysis::gauge_points;
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let threads = profiler.gauge("process_threads");
/// let timeline = profiler.timeline();
/// for count in [8.0, 9.0] {
///     threads.set(count);
///     hand.advance(Duration::from_secs(1));
///     timeline.tick();
/// }
/// let window = timeline.window(Duration::from_secs(2));
/// let points = gauge_points(&window, "process_threads", &[], |range| range.last);
/// assert_eq!(points, [(0.5, 8.0), (1.5, 9.0)]);
/// ```
pub fn gauge_points(
    window: &Window,
    name: &str,
    labels: &[(&str, &str)],
    pick: impl Fn(GaugeRange) -> f64,
) -> Vec<(f64, f64)> {
    let point = |interval: Window| {
        let range = interval.gauge(name, labels)?;
        Some((middle(&interval), pick(range)))
    };
    window.intervals().filter_map(point).collect()
}

/// What is used and its limit, two gauges without labels, in each interval of the window that has both, as
/// [`saturation`](crate::saturation) wants them: at the middle of the interval, what `pick` takes of the
/// first, and the last value of the second.
///
/// ```
/// # use perf_analysis::{Usage, gauge_usage};
/// # use perf_core::{Clock, Profiler};
/// # use std::time::Duration;
/// # let (clock, hand) = Clock::manual();
/// # let profiler = Profiler::builder().clock(clock).build();
/// # let timeline = profiler.timeline();
/// profiler.gauge("process_open_fds").set(40.0);
/// profiler.gauge("process_max_fds").set(1_024.0);
/// # hand.advance(Duration::from_secs(1));
/// # timeline.tick();
/// let window = timeline.window(Duration::from_secs(1));
/// let files = gauge_usage(&window, "process_open_fds", "process_max_fds", |range| range.max);
/// assert_eq!(files, [Usage { at: 0.5, used: 40.0, limit: 1_024.0 }]);
/// ```
pub fn gauge_usage(
    window: &Window,
    used: &str,
    limit: &str,
    pick: impl Fn(GaugeRange) -> f64,
) -> Vec<Usage> {
    let sample = |interval: Window| {
        let (used, limit) = (interval.gauge(used, &[])?, interval.gauge(limit, &[])?);
        Some(Usage { at: middle(&interval), used: pick(used), limit: limit.last })
    };
    window.intervals().filter_map(sample).collect()
}

fn middle(interval: &Window) -> f64 {
    let coverage = interval.coverage();
    (coverage.from() + coverage.to()).as_secs_f64() / 2.0
}
