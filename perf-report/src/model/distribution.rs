//! A distribution in numbers, from which the very same distribution is made again.

use perf_core::{Distribution, UnknownBucket};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A distribution: its buckets that are not empty, lowest first, each as two numbers in `buckets`: how far its
/// index is from that of the one before (of the first: from 0), and how many values are in it.
///
/// A bucket with an index below 256 holds that value alone. Above, with `k = index / 128 - 1` (rounded
/// down) and `s = index % 128`, it holds the values from `(128 + s) << k` to `((129 + s) << k) - 1`: 128
/// buckets an octave, each at most 1/128 as wide as its values. It is the same in every report, so counts
/// can be added up bucket by bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct DistributionModel {
    /// The sum of the values: of latencies in ns.
    pub sum: u64,
    /// The smallest value.
    pub min: u64,
    /// The largest value.
    pub max: u64,
    /// The buckets: distance, count, distance, count, …
    pub buckets: Vec<u64>,
}

/// Why the numbers are no distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDistribution {
    /// A bucket without its count.
    Odd,
    /// The layout has no bucket there.
    Bucket(UnknownBucket),
    /// So far away that it has no number.
    Beyond,
}

impl DistributionModel {
    /// `None` for no values.
    pub(crate) fn of(distribution: &Distribution) -> Option<Self> {
        let buckets = distribution.buckets().map(|bucket| (bucket.index, bucket.count));
        DistributionModel::with(distribution, buckets)
    }

    /// The same with buckets four times as wide, of which the second stands for all: at most 2 % from the
    /// truth, in two fifths of the room.
    pub(crate) fn coarse(distribution: &Distribution) -> Option<Self> {
        let coarse = |index: u16| if index < 256 { index } else { index / 4 * 4 + 1 };
        let mut buckets: Vec<(u16, u64)> = Vec::new();
        for bucket in distribution.buckets() {
            match buckets.last_mut() {
                Some((last, count)) if *last == coarse(bucket.index) => {
                    *count = count.saturating_add(bucket.count);
                }
                _ => buckets.push((coarse(bucket.index), bucket.count)),
            }
        }
        DistributionModel::with(distribution, buckets.into_iter())
    }

    fn with(
        distribution: &Distribution,
        buckets: impl Iterator<Item = (u16, u64)>,
    ) -> Option<Self> {
        let mut last = 0;
        let apart = |(index, count): (u16, u64)| {
            let apart = u64::from(index - last);
            last = index;
            [apart, count]
        };
        Some(DistributionModel {
            sum: u64::try_from(distribution.sum()).unwrap_or(u64::MAX),
            min: distribution.min()?,
            max: distribution.max()?,
            buckets: buckets.flat_map(apart).collect(),
        })
    }

    pub(crate) fn restore(&self) -> Result<Distribution, NoDistribution> {
        let (pairs, rest) = self.buckets.as_chunks();
        if !rest.is_empty() {
            return Err(NoDistribution::Odd);
        }
        let mut index = 0_u64;
        let mut buckets = Vec::with_capacity(pairs.len());
        for [apart, count] in pairs {
            index = index.saturating_add(*apart);
            buckets.push((u16::try_from(index).map_err(|_| NoDistribution::Beyond)?, *count));
        }
        Distribution::from_buckets(buckets, self.sum.into(), self.min, self.max)
            .map_err(NoDistribution::Bucket)
    }
}

impl fmt::Display for NoDistribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoDistribution::Odd => f.write_str("a bucket is without its count"),
            NoDistribution::Bucket(unknown) => unknown.fmt(f),
            NoDistribution::Beyond => f.write_str("there is no such bucket"),
        }
    }
}

/// The distribution that was written down; empty where there is none, or it is no distribution.
pub(crate) fn restored(model: Option<&DistributionModel>) -> Distribution {
    model.and_then(|model| model.restore().ok()).unwrap_or_default()
}
