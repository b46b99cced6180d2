//! Percentile files, as HdrHistogram's plotter reads them.

use perf_core::{Bucket, Distribution, Quantile};
use std::io;

/// Lines between one halving of the distance to 100 % and the next, as other writers have it.
const TICKS_PER_HALF: i32 = 5;

/// In what a percentile file tells values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HgrmUnit {
    /// As they were recorded: nanoseconds of an operation, the histogram's own unit of others.
    Recorded,
    /// Nanoseconds as microseconds.
    Micros,
    /// Nanoseconds as milliseconds: what the plotter expects until it is told otherwise.
    #[default]
    Millis,
    /// Nanoseconds as seconds.
    Secs,
}

impl HgrmUnit {
    /// How many of the recorded units are one of this.
    fn divisor(self) -> f64 {
        match self {
            HgrmUnit::Recorded => 1.0,
            HgrmUnit::Micros => 1e3,
            HgrmUnit::Millis => 1e6,
            HgrmUnit::Secs => 1e9,
        }
    }

    /// The decimals that tell single nanoseconds; three of what is not divided, as other writers have it.
    fn decimals(self) -> usize {
        match self {
            HgrmUnit::Recorded | HgrmUnit::Micros => 3,
            HgrmUnit::Millis => 6,
            HgrmUnit::Secs => 9,
        }
    }
}

/// Writes `distribution` as a percentile file (`.hgrm`): lines of value, percentile in 0 to 1, how many values
/// are up to it, and 1/(1-percentile); below them mean, standard deviation, maximum and count.
///
/// The lines are at the percentiles at which HdrHistogram has them: five for each halving of the distance to
/// 100 %. Their values are those of [`Distribution::quantile`], so at most 1/256 from the truth and the same as
/// in every other report; the first is the minimum, the last is the maximum. Counts, mean and maximum are those of
/// the distribution, the standard deviation is that of the midpoints of its buckets.
///
/// ```
/// # use perf_core::Profiler;
/// # use perf_export::{HgrmUnit, write_hgrm};
/// # use std::time::Duration;
/// let profiler = Profiler::new();
/// profiler.record("search", Duration::from_millis(2));
/// let snapshot = profiler.snapshot();
/// let mut file = Vec::new();
/// for operation in snapshot.operations() {
///     write_hgrm(operation.latency(), HgrmUnit::Millis, &mut file)?;
/// }
/// let file = String::from_utf8_lossy(&file);
/// assert_eq!(file.lines().nth(2).unwrap(), "    2.000000 0.000000000000          1           1.00");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of `out`.
pub fn write_hgrm(
    distribution: &Distribution,
    unit: HgrmUnit,
    mut out: impl io::Write,
) -> io::Result<()> {
    let (divisor, decimals) = (unit.divisor(), unit.decimals());
    let all = distribution.count();
    let (min, max) = (distribution.min().unwrap_or(0), distribution.max().unwrap_or(0));
    writeln!(
        out,
        "{:>12} {:>14} {:>10} {:>14}\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    )?;
    let mut step = 0;
    let mut passed = 0u64;
    for bucket in distribution.buckets() {
        passed = passed.saturating_add(bucket.count);
        while let Some((quantile, ratio)) = level(step) {
            if quantile.rank(all) > passed {
                break;
            }
            let value = if step == 0 { min } else { bucket.midpoint().clamp(min, max) };
            // Some readers need a space before a value, so that a long one has it too.
            let (value, share) = (value as f64 / divisor, quantile.get());
            writeln!(out, " {value:11.decimals$} {share:.12} {passed:10} {ratio:14.2}")?;
            step += 1;
            if passed == all {
                // In the last bucket one line is enough: the rest would be all the same.
                break;
            }
        }
    }
    if all > 0 {
        writeln!(out, " {:11.decimals$} {:.12} {all:10}", max as f64 / divisor, 1.0)?;
    }
    let mean = distribution.mean().unwrap_or(0.0);
    let deviation = standard_deviation(distribution, mean) / divisor;
    let (mean, max) = (mean / divisor, max as f64 / divisor);
    let (octaves, of_each) = (octaves(distribution), 128);
    writeln!(out, "#[Mean    = {mean:12.decimals$}, StdDeviation   = {deviation:12.decimals$}]")?;
    writeln!(out, "#[Max     = {max:12.decimals$}, Total count    = {all:12}]")?;
    writeln!(out, "#[Buckets = {octaves:12}, SubBuckets     = {of_each:12}]")
}

/// The percentile of line number `step`, and 1/(1-percentile); none that is too near to 1 to be told from it.
fn level(step: i32) -> Option<(Quantile, f64)> {
    // 0, 0.1, 0.2, 0.3, 0.4 and after the first halving 0.5, 0.55 and so on.
    let (halvings, tick) = (step / TICKS_PER_HALF, step % TICKS_PER_HALF);
    let distance = f64::from(2 * TICKS_PER_HALF - tick) / f64::from(2 * TICKS_PER_HALF);
    let distance = distance * f64::from(-halvings).exp2();
    let quantile = Quantile::new(1.0 - distance).ok()?;
    (quantile.get() < 1.0).then_some((quantile, 1.0 / distance))
}

fn standard_deviation(distribution: &Distribution, mean: f64) -> f64 {
    let square = |bucket: Bucket| bucket.count as f64 * (bucket.midpoint() as f64 - mean).powi(2);
    let squares: f64 = distribution.buckets().map(square).sum();
    (squares / distribution.count().max(1) as f64).sqrt()
}

/// How many doublings of values have something in them; all below 128 are one.
fn octaves(distribution: &Distribution) -> usize {
    let mut octaves: Vec<u32> =
        distribution.buckets().map(|bucket| (bucket.lowest | 127).leading_zeros()).collect();
    octaves.dedup();
    octaves.len()
}
