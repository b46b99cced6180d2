//! Native histograms: buckets that grow by a constant factor, in Prometheus' layout.

use super::names::Scale;
use perf_core::Distribution;
use std::sync::OnceLock;

/// Where Prometheus' own clients let zero end: the smallest power that its layout has.
pub(super) const ZERO_THRESHOLD: f64 = 2.938735877055719e-39;
/// The finest layout that is tried: 32 buckets an octave, a quarter of ours.
const FINEST: i32 = 5;
/// The coarsest that there is: one bucket for 16 octaves.
const COARSEST: i32 = -4;
/// What Prometheus' own clients advise as the most.
const MOST_BUCKETS: usize = 160;

/// Our buckets in an octave. Those of all octaves have their midpoints at the same fractions, so 128
/// logarithms are all that there are.
const SLOTS: u16 = 128;
static LOG2_OF_SLOTS: OnceLock<[f64; SLOTS as usize]> = OnceLock::new();

/// A distribution in buckets of `base^(i-1)` (exclusive) to `base^i`, where `base` is `2^(2^-schema)`.
///
/// Each of our buckets goes as a whole where its midpoint lies, so a value may count in the native bucket
/// next to its own if it is within 1/256 of the edge between them.
#[derive(Debug, PartialEq)]
pub(super) struct Native {
    pub(super) schema: i32,
    pub(super) zero_count: u64,
    /// Ascending, each once, none empty.
    pub(super) buckets: Vec<(i32, u64)>,
}

impl Native {
    /// In the finest layout that needs no more than 160 buckets: factor 1.022 for latencies over five
    /// octaves, 1.044 over ten, 1.091 over twenty; beyond, coarser still.
    pub(super) fn new(distribution: &Distribution, scale: Scale) -> Self {
        let (mut zero_count, mut buckets) = (0, Vec::<(i32, u64)>::with_capacity(MOST_BUCKETS));
        let unit = scale.float(1.0).log2();
        let log2_of_slots = LOG2_OF_SLOTS
            .get_or_init(|| std::array::from_fn(|slot| (SLOTS as f64 + slot as f64 + 0.5).log2()));
        for bucket in distribution.buckets() {
            let (page, slot) = (bucket.index / SLOTS, bucket.index % SLOTS);
            let octaves = match bucket.lowest {
                0 => {
                    zero_count = bucket.count;
                    continue;
                }
                // A bucket of one value.
                value if page < 2 => (value as f64).log2(),
                _ => log2_of_slots[usize::from(slot)] + f64::from(page - 1),
            };
            let index = ((octaves + unit) * f64::from(1 << FINEST)).ceil() as i32;
            add(&mut buckets, index, bucket.count);
        }
        let mut schema = FINEST;
        while buckets.len() > MOST_BUCKETS && schema > COARSEST {
            buckets = halved(&buckets);
            schema -= 1;
        }
        Native { schema, zero_count, buckets }
    }

    /// Runs of buckets: how many are skipped before each, and how many there are.
    pub(super) fn spans(&self) -> impl Iterator<Item = (i32, u32)> {
        let mut rest = &self.buckets[..];
        let mut end = 0;
        std::iter::from_fn(move || {
            let (first, _) = rest.first()?;
            let run = (0..).zip(rest).take_while(|(i, (index, _))| first + i == *index).count();
            rest = &rest[run..];
            let offset = first - end;
            end = first + run as i32;
            Some((offset, run as u32))
        })
    }

    /// The count of each bucket, less that of the one before.
    pub(super) fn deltas(&self) -> impl Iterator<Item = i64> {
        let mut last = 0;
        self.buckets.iter().map(move |(_, count)| {
            let delta = (*count as i64).wrapping_sub(last);
            last = *count as i64;
            delta
        })
    }
}

/// Two neighbours become one: an edge of the coarser layout is every other one of the finer.
fn halved(buckets: &[(i32, u64)]) -> Vec<(i32, u64)> {
    let mut halved = Vec::with_capacity(buckets.len());
    for (index, count) in buckets {
        add(&mut halved, (index + 1) >> 1, *count);
    }
    halved
}

fn add(buckets: &mut Vec<(i32, u64)>, index: i32, count: u64) {
    match buckets.last_mut() {
        Some((last, known)) if *last == index => *known = known.saturating_add(count),
        _ => buckets.push((index, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = u64>) -> Native {
        Native::new(&Distribution::from_values(values), Scale::NANOS)
    }

    /// The edges of a bucket, in s.
    fn edges(schema: i32, index: i32) -> (f64, f64) {
        let edge = |index: i32| (f64::from(index) / 2f64.powi(schema)).exp2();
        (edge(index - 1), edge(index))
    }

    #[test]
    fn every_value_is_in_its_native_bucket_or_within_a_256th_of_it() {
        let mut value = 1_u64;
        while value < u64::MAX / 5 * 4 {
            let native = of([value]);
            let [(index, 1)] = native.buckets[..] else { panic!("{native:?}") };
            let (low, high) = edges(native.schema, index);
            let seconds = value as f64 / 1e9;
            assert!(seconds > low * (1.0 - 1.0 / 255.0), "{value}");
            assert!(seconds <= high * (1.0 + 1.0 / 255.0), "{value}");
            value += value / 4 + 1;
        }
    }

    #[test]
    fn the_layout_is_the_finest_that_160_buckets_can_hold() {
        let octaves = |octaves: u32| {
            let native =
                of((0..1_000 * octaves).map(|i| (1e6 * 2f64.powf(f64::from(i) / 1e3)) as u64));
            assert!(native.buckets.len() <= MOST_BUCKETS);
            native.schema
        };
        assert_eq!([4, 9, 19, 39, 43].map(octaves), [5, 4, 3, 2, 1]);
    }

    #[test]
    fn no_value_is_lost_and_zero_is_apart() {
        let native = of([0, 0, 1, 5, 1_000, 1_000_000, u64::MAX]);
        assert_eq!(native.zero_count, 2);
        assert_eq!(native.buckets.iter().map(|(_, count)| count).sum::<u64>(), 5);
    }

    #[test]
    fn spans_and_deltas_say_the_same_as_the_buckets() {
        let native = of((0..500).map(|i| i * i * 7_919));
        let mut index = 0;
        let mut count = 0;
        let mut deltas = native.deltas();
        let mut read = Vec::new();
        for (offset, length) in native.spans() {
            index += offset;
            for _ in 0..length {
                count += deltas.next().unwrap();
                read.push((index, count as u64));
                index += 1;
            }
        }
        assert_eq!(read, native.buckets);
        assert_eq!(deltas.next(), None);
    }
}
