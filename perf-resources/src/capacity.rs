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

/// Not `available_parallelism`, which rounds a quota of 2.5 cores to 2. Those of the first thread, which has
/// the number of the process: the calling one may be kept to a core of its own.
#[cfg(target_os = "linux")]
fn affinity() -> Option<f64> {
    let first = rustix::process::getpid();
    let allowed = rustix::thread::sched_getaffinity(Some(first));
    allowed.ok().map(|cores| f64::from(cores.count())).or_else(parallelism)
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

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_on_a_core_of_its_own_may_still_use_all_that_the_process_may() {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let all = sched_getaffinity(Some(rustix::process::getpid())).unwrap();
        let pinned = thread::spawn(move || {
            let mut one = CpuSet::new();
            one.set((0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)).unwrap());
            sched_setaffinity(None, &one).unwrap();
            assert_eq!(sched_getaffinity(None).unwrap().count(), 1);
            capacity_cores(Limit::Unlimited)
        });
        assert_eq!(pinned.join().unwrap(), Some(f64::from(all.count())));
    }
}
