//! What only grows, and how much it has grown when some have ended.

use super::super::process_sample::IoBytes;
use super::family::Id;
use std::collections::HashMap;
use std::time::Duration;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) cpu_time: Duration,
    pub(super) minor_faults: u64,
    pub(super) major_faults: u64,
    pub(super) io: IoBytes,
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Account {
    /// Itself: it never shrinks.
    pub(super) own: Totals,
    /// The children that it has waited for. All IO is here, as the kernel keeps one sum of both.
    pub(super) handed: Totals,
}

/// What was used between two readings.
///
/// One that has ended was counted while it lived, and is part of what its parent was handed since: unless
/// nobody waited for it. Who did is not told, so all that was handed is reckoned against all that have
/// ended. That may be too little, never too much.
pub(super) fn gained(before: &HashMap<Id, Account>, now: &HashMap<Id, Account>) -> Totals {
    let (mut gained, mut handed, mut counted) =
        (Totals::default(), Totals::default(), Totals::default());
    for (id, account) in now {
        let earlier = before.get(id).copied().unwrap_or_default();
        gained.add(&account.own.since(&earlier.own));
        handed.add(&account.handed);
    }
    for (id, account) in before {
        counted.add(&account.handed);
        if !now.contains_key(id) {
            counted.add(&account.own);
        }
    }
    gained.add(&handed.since(&counted));
    gained
}

impl Totals {
    pub(super) fn add(&mut self, more: &Totals) {
        *self = self.each(more, Duration::saturating_add, u64::saturating_add);
    }

    /// Nothing where there is less.
    fn since(&self, earlier: &Totals) -> Totals {
        self.each(earlier, Duration::saturating_sub, u64::saturating_sub)
    }

    fn each(
        &self,
        other: &Totals,
        times: fn(Duration, Duration) -> Duration,
        counts: fn(u64, u64) -> u64,
    ) -> Totals {
        Totals {
            cpu_time: times(self.cpu_time, other.cpu_time),
            minor_faults: counts(self.minor_faults, other.minor_faults),
            major_faults: counts(self.major_faults, other.major_faults),
            io: IoBytes {
                read: counts(self.io.read, other.io.read),
                written: counts(self.io.written, other.io.written),
                read_calls: counts(self.io.read_calls, other.io.read_calls),
                write_calls: counts(self.io.write_calls, other.io.write_calls),
            },
        }
    }
}
