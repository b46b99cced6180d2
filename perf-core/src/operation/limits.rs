//! Latency limits that are judged at record time, so that "how many were over" is a count.

use crate::clock::saturating_nanos;
use crate::sync::{
    Acquire, AtomicU32, AtomicU64, Mutex, Relaxed, Release, Writer, array_of, const_fn, lock,
    shared,
};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// How many limits one operation can have.
pub const MAX_LIMITS: usize = 4;

/// A limit that was set before anything was recorded.
pub(crate) const FROM_THE_START: u64 = 0;

/// The limits of an operation. They are only ever added, so a count always means the same limit.
pub(crate) struct Limits {
    len: AtomicU32,
    values: [AtomicU64; MAX_LIMITS],
    /// When each was set, in ns of the profiler's clock, or [`FROM_THE_START`]; also keeps two threads
    /// from adding at once.
    since: Mutex<[u64; MAX_LIMITS]>,
}

shared! {
    /// For values that are compared with nothing.
    pub(crate) static NO_LIMITS: Limits = Limits::new();
}

impl Limits {
    const_fn! {
        pub(crate) fn new() -> Self {
            Limits {
                len: AtomicU32::new(0),
                values: array_of![AtomicU64::new(u64::MAX); MAX_LIMITS],
                since: Mutex::new([0; MAX_LIMITS]),
            }
        }
    }

    /// Adds to `over` for each limit that `value` is above. Additions, no jump on the comparison: a
    /// limit near the median would cost 5 ns as a branch.
    #[inline(always)]
    pub(crate) fn count_over(
        &self,
        writer: impl Writer,
        value: u64,
        over: &[AtomicU64; MAX_LIMITS],
    ) {
        // Acquire: pairs with the Release in `add`, so that a limit is seen with its value.
        let len = self.len.load(Acquire);
        if len == 0 {
            return;
        }
        for ((limit, over), i) in self.values.iter().zip(over).zip(0..) {
            if i == len {
                break;
            }
            writer.add(over, u64::from(value > limit.load(Relaxed)));
        }
    }

    /// Adds the limits that are not there yet; all of them or none.
    pub(crate) fn add(&self, limits: &[Duration], now: u64) -> Result<(), TooManyLimits> {
        let mut since = lock(&self.since);
        let mut values = [0; MAX_LIMITS];
        let old = self.len.load(Relaxed) as usize;
        let mut len = old;
        for (value, known) in values.iter_mut().zip(&self.values).take(old) {
            *value = known.load(Relaxed);
        }
        for &limit in limits {
            let limit = saturating_nanos(limit);
            if values[..len].contains(&limit) {
                continue;
            }
            *values.get_mut(len).ok_or(TooManyLimits)? = limit;
            len += 1;
        }
        for i in old..len {
            self.values[i].store(values[i], Relaxed);
            since[i] = now;
        }
        // Release: pairs with the Acquire in `count_over`.
        self.len.store(len as u32, Release);
        Ok(())
    }

    /// Says of the limits set at `now` that they were there from the start.
    pub(crate) fn were_there_from_the_start(&self, now: u64) {
        for since in lock(&self.since).iter_mut().filter(|since| **since == now) {
            *since = FROM_THE_START;
        }
    }

    /// Each limit in ns, and when it was set.
    pub(crate) fn read(&self) -> Vec<(u64, u64)> {
        let since = *lock(&self.since);
        let len = self.len.load(Relaxed) as usize;
        self.values[..len].iter().map(|value| value.load(Relaxed)).zip(since).collect()
    }
}

/// An operation was given more than [`MAX_LIMITS`] different limits; none of the call was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyLimits;

impl fmt::Display for TooManyLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an operation counts values over at most {MAX_LIMITS} limits")
    }
}

impl Error for TooManyLimits {}
