//! How many cores a process may use.

use crate::cgroup::Limit;
use std::thread;

/// The cores it may run on, or the quota of its container where that is less: what its CPU is a share of.
pub(crate) fn capacity_cores(quota: Limit<f64>) -> Option<f64> {
    let cores = affinity();
    match (quota, cores) {
        (Limit::At(quota), Some(cores)) => Some(quota.min(cores)),
        (Limit::At(quota), None) => Some(quota),
        (_, cores) => cores,
    }
}

/// Not `available_parallelism`, which rounds a quota of 2.5 cores to 2.
#[cfg(target_os = "linux")]
fn affinity() -> Option<f64> {
    let allowed = rustix::thread::sched_getaffinity(None).map(|cores| f64::from(cores.count()));
    allowed.ok().or_else(parallelism)
}

#[cfg(not(target_os = "linux"))]
fn affinity() -> Option<f64> {
    parallelism()
}

fn parallelism() -> Option<f64> {
    thread::available_parallelism().ok().map(|cores| cores.get() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_of_quota_and_cores_is_what_can_be_had() {
        let all = capacity_cores(Limit::Unlimited).unwrap();
        assert!(all >= 1.0);
        assert_eq!(capacity_cores(Limit::At(0.25)), Some(0.25));
        assert_eq!(capacity_cores(Limit::At(1e6)), Some(all));
        assert_eq!(capacity_cores(Limit::Unreadable), Some(all));
    }
}
