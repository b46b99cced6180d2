//! What somebody was told of before a restart.

use super::{Engine, notifications};
use crate::alert::Alert;
use crate::clock::from_unix_nanos;
use crate::message::{Specifics, View};
use crate::notification::{Notification, Reason};
use crate::state::Firing;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

impl Engine {
    /// What fires and was told, as it was told last: right after [`restore_state`](Self::restore_state), for
    /// [`DispatcherBuilder::resume`](crate::DispatcherBuilder::resume). Nobody is told anew by that; handlers that say
    /// again and again what fires, as an Alertmanager wants it, go on.
    pub fn told_firing(&self) -> Vec<Notification> {
        let mut by_handlers: BTreeMap<&[String], Vec<Alert>> = BTreeMap::new();
        for (place, labels, entry) in self.alerts.all_firing() {
            let rule = &self.rules.rules[place];
            let Some(firing) = entry.state.firing() else { continue };
            let Some(told) = firing.told else { continue };
            // It is known under the severity that was told, whatever has been measured since.
            let firing = Firing { measured: told.severity, is_escalated: false, ..firing.clone() };
            let lasted = self.clock.elapsed().saturating_sub(firing.since);
            let (facts, specifics) = (entry.facts(rule), Specifics::default());
            let view = View::new(rule, labels, &facts, &firing, &specifics);
            let view = view.for_so_long(Duration::from_nanos(lasted), &entry.state);
            let said = self.rules.messages.say(Some(place), &view);
            let told = entry.state.told();
            let alert = notifications::alert(rule, labels, &facts, &firing, told, None, said);
            by_handlers.entry(&rule.alert.handlers).or_default().push(alert);
        }
        let at = self.clock.wall().map_or(SystemTime::UNIX_EPOCH, from_unix_nanos);
        let told = |(handlers, alerts): (&[String], Vec<Alert>)| {
            let notification = Notification::new(Reason::Repeated, alerts, at);
            Notification { handlers: handlers.to_vec(), ..notification }
        };
        by_handlers.into_iter().map(told).collect()
    }
}
