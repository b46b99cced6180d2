//! How much of a limit is used, over time.

use super::Usage;
use std::time::Duration;

/// Shares of a limit, earliest first, each with the time that it stands for.
pub(super) struct Shares {
    shares: Vec<Share>,
    /// All of their time, in seconds: above 0.
    total: f64,
}

#[derive(Clone, Copy)]
struct Share {
    at: f64,
    /// In seconds, since the sample before.
    time: f64,
    share: f64,
}

impl Shares {
    /// `None` when no sample has a limit.
    pub(super) fn of(samples: &[Usage]) -> Option<Shares> {
        let is_limited = |Usage { at, used, limit }: &&Usage| {
            at.is_finite() && used.is_finite() && limit.is_finite() && *limit > 0.0
        };
        let limited: Vec<_> = samples.iter().filter(is_limited).collect();
        let first_time = match limited.as_slice() {
            [] => return None,
            [_] => 1.0,
            [first, second, ..] => second.at - first.at,
        };
        let mut before = limited[0].at - first_time;
        let mut share = |Usage { at, used, limit }: &&Usage| {
            // What is out of order stands for no time.
            let time = (at - before).max(0.0);
            before = before.max(*at);
            Share { at: *at, time, share: used / limit }
        };
        let mut shares: Vec<Share> = limited.iter().map(&mut share).collect();
        let mut total: f64 = shares.iter().map(|share| share.time).sum();
        if !(total > 0.0 && total.is_finite()) {
            shares.iter_mut().for_each(|share| share.time = 1.0);
            total = shares.len() as f64;
        }
        Some(Shares { shares, total })
    }

    /// The share that is reached or exceeded in all but so much of the time.
    pub(super) fn quantile(&self, quantile: f64) -> f64 {
        let mut sorted = self.shares.clone();
        sorted.sort_by(|a, b| b.share.total_cmp(&a.share));
        let mut above = 0.0;
        // A hair less, so that sums of tenths that make 5 % are 5 %.
        let enough = (1.0 - quantile) * self.total * (1.0 - 1e-9);
        let reached = sorted.iter().find(|share| {
            above += share.time;
            above >= enough
        });
        reached.map_or(0.0, |share| share.share)
    }

    pub(super) fn last(&self) -> f64 {
        self.shares[self.shares.len() - 1].share
    }

    /// When the latest unbroken stretch of shares that are at least `threshold` began.
    pub(super) fn since(&self, threshold: f64) -> Option<f64> {
        let mut latest_first = self.shares.iter().rev().skip_while(|share| share.share < threshold);
        let last = latest_first.next()?;
        let stretch = latest_first.take_while(|share| share.share >= threshold);
        Some(stretch.last().unwrap_or(last).at)
    }

    /// The share of the time with at least `threshold`.
    pub(super) fn time_at(&self, threshold: f64) -> f64 {
        let there = self.shares.iter().filter(|share| share.share >= threshold);
        there.map(|share| share.time).sum::<f64>() / self.total
    }

    pub(super) fn span(&self) -> Duration {
        Duration::try_from_secs_f64(self.total).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(at: f64, used: f64, limit: f64) -> Usage {
        Usage { at, used, limit }
    }

    fn shares(samples: &[(f64, f64)]) -> Shares {
        let samples: Vec<_> = samples.iter().map(|(at, used)| usage(*at, *used, 10.0)).collect();
        Shares::of(&samples).unwrap()
    }

    #[test]
    fn a_sample_counts_for_the_time_before_it() {
        // One second at 1, ninety-five at 2, four at 9.
        let seen = shares(&[(1.0, 1.0), (2.0, 1.0), (97.0, 2.0), (101.0, 9.0)]);
        assert_eq!(seen.span(), Duration::from_secs(101));
        assert_eq!((seen.quantile(0.95), seen.quantile(0.97), seen.last()), (0.2, 0.9, 0.9));
        assert!((seen.time_at(0.9) - 4.0 / 101.0).abs() < 1e-12);
    }

    #[test]
    fn since_is_the_begin_of_the_latest_stretch() {
        let seen = shares(&[(1.0, 9.0), (2.0, 1.0), (3.0, 9.0), (4.0, 9.5), (5.0, 1.0)]);
        assert_eq!(seen.since(0.9), Some(3.0));
        assert_eq!((seen.since(0.1), seen.since(0.99)), (Some(1.0), None));
    }

    #[test]
    fn what_has_no_limit_is_left_out() {
        let without = [f64::INFINITY, 0.0, -1.0, f64::NAN].map(|limit| usage(1.0, 5.0, limit));
        assert!(Shares::of(&without).is_none() && Shares::of(&[]).is_none());
        let one = Shares::of(&[usage(1.0, f64::NAN, 10.0), usage(2.0, 5.0, 10.0)]).unwrap();
        assert_eq!((one.quantile(0.95), one.last(), one.span().as_secs()), (0.5, 0.5, 1));
        // The same time twice, and back: no panic, and equal weights.
        let still =
            Shares::of(&[usage(2.0, 5.0, 10.0), usage(2.0, 6.0, 10.0), usage(1.0, 7.0, 10.0)])
                .unwrap();
        assert_eq!((still.quantile(0.0), still.quantile(0.95)), (0.5, 0.7));
    }
}
