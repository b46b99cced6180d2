//! Which limit is near, how near, and since when.

mod resource;
mod shares;
mod usage;

pub use resource::Resource;
pub use usage::Usage;

use crate::leak::seconds;
use resource::percent;
use shares::Shares;
use std::fmt;
use std::time::Duration;

/// A resource that is near its limit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Saturation {
    /// Which one.
    pub resource: Resource,
    /// The share of the limit that was reached or exceeded in 5 % of the time: 0.9 for 90 %.
    pub p95: f64,
    /// The share at the last sample.
    pub last: f64,
    /// When the latest stretch at or above the [threshold](Resource::threshold) began, in the time of the
    /// samples.
    pub since: f64,
    /// The share of the time that was spent there.
    pub time_near: f64,
    /// The time that was looked at.
    pub span: Duration,
    /// What to do about it, in one sentence, with the evidence.
    pub recommendation: String,
}

/// The resources that are near their limit, the nearest first: those with a p95 over time at or above
/// their [threshold](Resource::threshold), and those that [stay taken](Resource::is_stock) with a last
/// sample there.
///
/// Each has its samples, earliest first. Use [`gauge_usage`](crate::gauge_usage) where there is a gauge for
/// what is used and one for the limit, and a limit of 1 where the gauge is a ratio already, as the CPU of the
/// quota and the throttled periods are. A sample without a limit is left out: one that is infinite, 0,
/// negative or not a number. A sample counts for the time since the one before it.
///
/// ```
/// use perf_analysis::{Resource, Usage, saturation};
///
/// // 1 GiB is the limit; it was 700 MiB for an hour, and then 950.
/// let mib = |second: u32| if second < 3_600 { 700.0 } else { 950.0 };
/// let memory: Vec<_> = (0..5_400)
///     .map(|second| Usage { at: f64::from(second), used: mib(second), limit: 1_024.0 })
///     .collect();
/// let files = [Usage { at: 5_400.0, used: 60.0, limit: 1_024.0 }];
///
/// let near = saturation(&[(Resource::Memory, &memory), (Resource::OpenFiles, &files)]);
/// assert_eq!(near.len(), 1);
/// assert_eq!((near[0].resource, near[0].since), (Resource::Memory, 3_600.0));
/// assert!(near[0].to_string().starts_with("memory at 93% of its limit for 33% of 90min, 93% now: "));
/// ```
pub fn saturation(usages: &[(Resource, &[Usage])]) -> Vec<Saturation> {
    let found = usages.iter().filter_map(|(resource, samples)| near(*resource, samples));
    let mut found: Vec<Saturation> = found.collect();
    let nearness = |found: &Saturation| found.p95.max(found.last) / found.resource.threshold();
    found.sort_by(|a, b| nearness(b).total_cmp(&nearness(a)).then(a.resource.cmp(&b.resource)));
    found
}

fn near(resource: Resource, samples: &[Usage]) -> Option<Saturation> {
    let shares = Shares::of(samples)?;
    let threshold = resource.threshold();
    let (p95, last) = (shares.quantile(0.95), shares.last());
    let is_near = p95 >= threshold || resource.is_stock() && last >= threshold;
    let since = shares.since(threshold).filter(|_| is_near)?;
    let time_near = shares.time_at(threshold);
    let recommendation = resource.recommendation(p95);
    let span = shares.span();
    Some(Saturation { resource, p95, last, since, time_near, span, recommendation })
}

impl fmt::Display for Saturation {
    /// `memory at 93% of its limit for 33% of 90min, 93% now: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Saturation { resource, recommendation, .. } = self;
        let most = percent(self.p95.max(self.last));
        let (time, last) = (percent(self.time_near), percent(self.last));
        let span = seconds(self.span.as_secs_f64());
        write!(
            f,
            "{resource} at {most} {} for {time} of {span}, {last} now: ",
            resource.of_what()
        )?;
        f.write_str(recommendation)
    }
}
