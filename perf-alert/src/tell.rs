//! Whether somebody is to be told of an alert that fires, and why.

use crate::notification::Reason;
use crate::state::{State, Told};
use perf_core::saturating_nanos as nanos;
use std::time::Duration;

/// Why somebody is to be told now; `None` while they know all there is.
///
/// What begins anew is told when the cooldown since it was last told to begin is over; what becomes more
/// urgent at once; that it goes on, or is less urgent, after the cooldown. Of what changes all the time nothing of
/// that is told but that it does, and that it is more urgent.
pub(crate) fn reason(state: &State, cooldown: Duration, at: u64) -> Option<Reason> {
    let firing = state.firing()?;
    let is_cold = |since: u64| at.saturating_sub(since) >= nanos(cooldown);
    let Some(told) = firing.told else {
        return state.fired.is_none_or(is_cold).then_some(Reason::Fired);
    };
    let severity = firing.severity();
    if severity > told.severity {
        let by_itself = firing.measured <= told.severity;
        return Some(if by_itself { Reason::Escalated } else { Reason::SeverityChanged });
    }
    if state.flap.is_flapping() {
        return (!told.of_flapping).then_some(Reason::Flapping);
    }
    let changed = severity < told.severity;
    is_cold(told.at).then_some(if changed { Reason::SeverityChanged } else { Reason::Repeated })
}

/// Notes that somebody has been told.
pub(crate) fn note(state: &mut State, at: u64) {
    let of_flapping = state.flap.is_flapping();
    let crate::state::Phase::Firing(firing) = &mut state.phase else { return };
    if firing.told.is_none() {
        state.fired = Some(at);
    }
    let known = firing.told.is_some_and(|told| told.of_flapping);
    let severity = firing.severity();
    firing.told = Some(Told { at, severity, of_flapping: known || of_flapping });
}

/// The reason that says most of several.
pub(crate) fn foremost(a: Reason, b: Reason) -> Reason {
    let rank = |reason: Reason| match reason {
        Reason::Fired => 5,
        Reason::Escalated => 4,
        Reason::SeverityChanged => 3,
        Reason::Flapping => 2,
        Reason::Repeated => 1,
        _ => 0,
    };
    if rank(b) > rank(a) { b } else { a }
}
