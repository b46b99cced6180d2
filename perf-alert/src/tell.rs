//! Whether somebody is to be told of an alert that fires, and why.

use crate::notification::Reason;
use crate::rules::Compiled;
use crate::state::{Fired, Phase, State, Told};
use perf_core::saturating_nanos as nanos;
use std::time::Duration;

/// Why somebody is to be told now; `None` while they know all there is.
///
/// What begins anew is told when the cooldown since it was last told to begin is over, and what is more urgent than
/// anything they know of at once; that it is less urgent, after the cooldown; that it goes on, each time that it is
/// to be repeated. Of what changes all the time nothing of that is told but that it does, and that it is more urgent.
pub(crate) fn reason(state: &State, rule: &Compiled, at: u64) -> Option<Reason> {
    let firing = state.firing()?;
    let is_over = |wait: Duration, since: u64| at.saturating_sub(since) >= nanos(wait);
    let cooldown = rule.alert.cooldown;
    let severity = firing.severity();
    let Some(told) = firing.told else {
        let is_news = |fired: Fired| severity > fired.severity || is_over(cooldown, fired.at);
        return state.fired.is_none_or(is_news).then_some(Reason::Fired);
    };
    if severity > told.severity {
        let by_itself = firing.measured <= told.severity;
        return Some(if by_itself { Reason::Escalated } else { Reason::SeverityChanged });
    }
    if state.flap.is_flapping() {
        return (!told.of_flapping).then_some(Reason::Flapping);
    }
    match severity < told.severity {
        true => is_over(cooldown, told.at).then_some(Reason::SeverityChanged),
        false => is_over(rule.repeat, told.at).then_some(Reason::Repeated),
    }
}

/// Notes that somebody has been told.
pub(crate) fn note(state: &mut State, at: u64) {
    let of_flapping = state.flap.is_flapping();
    let Phase::Firing(firing) = &mut state.phase else { return };
    let severity = firing.severity();
    let began = Fired { at, severity };
    state.fired = Some(match firing.told.and(state.fired) {
        Some(fired) => Fired { severity: severity.max(fired.severity), ..fired },
        None => began,
    });
    let known = firing.told.is_some_and(|told| told.of_flapping);
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
