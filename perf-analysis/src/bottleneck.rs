//! Where the time goes, how much of it, and what to do about it.

mod calls;
mod critical_path;
mod operations;
mod requests;

pub use calls::call_bottlenecks;
pub(crate) use critical_path::{PathStep, Span, path};
pub use critical_path::{Step, critical_path};
pub use operations::operation_bottlenecks;
pub use requests::request_bottlenecks;
pub(crate) use requests::{FEWEST_FOR_A_TAIL, bottlenecks};

use std::fmt;
use std::time::Duration;

/// A component that takes a large part of the time.
#[derive(Clone, Debug, PartialEq)]
pub struct Bottleneck {
    /// The operation, stage or path; two stages as `a, b`; or `unattributed`.
    pub component: String,
    /// What makes it one.
    pub cause: Cause,
    /// How much time it is about.
    pub impact: Impact,
    /// What to do about it, in one sentence, with the evidence.
    pub recommendation: String,
}

/// What makes a component a bottleneck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// Its time is a large share of the whole.
    Share,
    /// Nothing else of the request runs longer while it runs: it decides when the request ends.
    CriticalPath,
    /// Its share of the slowest 1 % of requests is far above its share of all.
    Tail,
    /// Two stages that run one after the other, always.
    Sequential,
    /// A stage that runs several times in a request, one after the other.
    Repeated,
    /// It takes long, and something beside it takes longer: making it faster gains little.
    Hidden,
    /// The time that is in none of the components.
    Unattributed,
    /// Its own code, without what it calls.
    SelfTime,
}

/// How much time a bottleneck is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impact {
    /// The part of the whole time: of all requests, of the slowest for [`Cause::Tail`], of what can be saved
    /// for [`Cause::Sequential`] and [`Cause::Repeated`]. Above 1 for what runs several times at once.
    pub share: f64,
    /// The mean for each of those requests.
    pub per_request: Duration,
}

impl fmt::Display for Bottleneck {
    /// `retrieval (61%, 24.4ms a request): …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Impact { share, per_request } = self.impact;
        let (component, recommendation) = (&self.component, &self.recommendation);
        let share = percent(share);
        write!(f, "{component} ({share}, {per_request:.1?} a request): {recommendation}")
    }
}

impl Impact {
    /// Of `nanos` in `requests` that took `whole` together.
    pub(crate) fn of(nanos: u128, whole: u128, requests: u64) -> Impact {
        Impact { share: nanos as f64 / whole as f64, per_request: mean(nanos, requests) }
    }
}

/// The largest impact first.
fn ordered(mut bottlenecks: Vec<Bottleneck>) -> Vec<Bottleneck> {
    bottlenecks.sort_by(|a, b| {
        let by_impact = b.impact.share.total_cmp(&a.impact.share);
        by_impact.then_with(|| (&a.component, a.cause).cmp(&(&b.component, b.cause)))
    });
    bottlenecks
}

/// Not a number is no share that anything has.
fn least(min_share: f64) -> f64 {
    if min_share.is_nan() { f64::INFINITY } else { min_share }
}

fn mean(nanos: u128, count: u64) -> Duration {
    let nanos = nanos.checked_div(u128::from(count)).unwrap_or(0);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}
