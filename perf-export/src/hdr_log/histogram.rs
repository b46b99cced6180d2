//! A distribution of ours as a histogram of HdrHistogram.

use hdrhistogram::Histogram;
use perf_core::Distribution;
use std::io;

const DIGITS: u8 = 3;
/// An hour in ns. All histograms have room for it, so that readers which add only what has room can add them.
const LEAST_ROOM: u64 = 3_600_000_000_000;
/// The format's values are signed.
const MOST: u64 = i64::MAX as u64;

/// The same counts: one value at the minimum, one at the maximum, all others at the middle of their buckets.
pub(super) fn of(distribution: &Distribution) -> io::Result<Histogram<u64>> {
    let (min, max) = (distribution.min().unwrap_or(0), distribution.max().unwrap_or(0));
    let mut histogram = Histogram::new_with_bounds(1, max.clamp(LEAST_ROOM, MOST), DIGITS)
        .map_err(io::Error::other)?;
    for bucket in distribution.buckets() {
        let mut rest = bucket.count;
        for extreme in [min, max] {
            if rest > 0 && (bucket.lowest..=bucket.highest).contains(&extreme) {
                histogram.record(extreme.min(MOST)).map_err(io::Error::other)?;
                rest -= 1;
            }
        }
        let middle = bucket.midpoint().clamp(min, max).min(MOST);
        if rest > 0 {
            histogram.record_n(middle, rest).map_err(io::Error::other)?;
        }
    }
    Ok(histogram)
}
