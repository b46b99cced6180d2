//! A distribution in numbers, from which the very same distribution is made again.

use perf_core::{Distribution, UnknownBucket};
use serde::{Deserialize, Serialize};

/// A distribution: its buckets that are not empty, each as `[index, count]`, lowest first.
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
    /// The buckets, each with how many values are in it.
    pub buckets: Vec<(u16, u64)>,
}

impl DistributionModel {
    /// `None` for no values.
    pub(crate) fn of(distribution: &Distribution) -> Option<Self> {
        Some(DistributionModel {
            sum: u64::try_from(distribution.sum()).unwrap_or(u64::MAX),
            min: distribution.min()?,
            max: distribution.max()?,
            buckets: distribution.buckets().map(|bucket| (bucket.index, bucket.count)).collect(),
        })
    }

    /// The same with buckets four times as wide, of which the second stands for all: at most 2 % from the
    /// truth, in two fifths of the room.
    pub(crate) fn coarse(distribution: &Distribution) -> Option<Self> {
        let mut model = DistributionModel::of(distribution)?;
        for (index, _) in &mut model.buckets {
            if *index >= 256 {
                *index = *index / 4 * 4 + 1;
            }
        }
        model.buckets.dedup_by(|next, known| {
            let same = next.0 == known.0;
            if same {
                known.1 = known.1.saturating_add(next.1);
            }
            same
        });
        Some(model)
    }

    pub(crate) fn restore(&self) -> Result<Distribution, UnknownBucket> {
        let buckets = self.buckets.iter().copied();
        Distribution::from_buckets(buckets, self.sum.into(), self.min, self.max)
    }
}

/// The distribution that was written down; empty where there is none, or it is no distribution.
pub(crate) fn restored(model: Option<&DistributionModel>) -> Distribution {
    model.and_then(|model| model.restore().ok()).unwrap_or_default()
}
