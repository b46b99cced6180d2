//! How the peers are set up, the same in every work.

use hdrhistogram::Histogram as Hdr;
use histogram::AtomicHistogram;

/// Bucket edges of those that have to be told: 1 µs to 16 s by factors of 4.
pub fn edges() -> impl Iterator<Item = f64> {
    (0..13).map(|i| 1e-6 * 4f64.powi(i))
}

/// The same for those that count in ns.
pub fn edges_nanos() -> Vec<u64> {
    (0..13).map(|i| 1_000 * 4u64.pow(i)).collect()
}

/// A latency for those that count in seconds.
#[inline(always)]
pub fn seconds(nanos: u64) -> f64 {
    nanos as f64 * 1e-9
}

/// One that covers a minute. Without bounds, what is beyond is recorded as something else.
pub fn hdr() -> Hdr<u64> {
    Hdr::new_with_bounds(1, 60_000_000_000, 2).expect("valid bounds")
}

/// Buckets as fine as ours.
pub fn atomic() -> AtomicHistogram {
    AtomicHistogram::new(7, 64).expect("valid powers")
}

pub fn prometheus() -> prometheus::Histogram {
    let options = prometheus::HistogramOpts::new("latency", "latency").buckets(edges().collect());
    prometheus::Histogram::with_opts(options).expect("valid options")
}

/// Shards of fast-telemetry's metrics: its examples say as many as there are processors.
pub fn shards() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get())
}
