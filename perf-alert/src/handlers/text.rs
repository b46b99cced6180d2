//! What handlers that write for people say.

use crate::alert::Alert;
use crate::notification::{Notification, Reason};
use crate::text::one_line;

/// One line for all of it: `critical: 2 alerts, first: answers are slow`.
pub(super) fn headline(notification: &Notification) -> String {
    let mark = match notification.reason {
        Reason::Test => "test",
        _ if !notification.is_firing() => "resolved",
        _ => notification.severity().as_str(),
    };
    let first = notification.alerts.first().map_or("nothing", summary);
    let more = match notification.alerts.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let why = match notification.reason {
        Reason::Repeated => " (still)",
        Reason::Escalated => " (escalated)",
        _ => "",
    };
    one_line(&format!("{mark}{why}: {first}{more}"))
}

/// What is wrong in one line, or at least who says so.
pub(super) fn summary(alert: &Alert) -> &str {
    if alert.summary.is_empty() { &alert.rule } else { &alert.summary }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_alert::alert;
    use std::time::SystemTime;

    #[test]
    fn the_headline_says_how_bad_it_is_and_how_much_more_there_is() {
        let say =
            |reason, alerts| headline(&Notification::new(reason, alerts, SystemTime::UNIX_EPOCH));
        assert_eq!(say(Reason::Fired, vec![alert("a", true)]), "warning: a is wrong");
        assert_eq!(say(Reason::Resolved, vec![alert("a", false)]), "resolved: a is wrong");
        let two = vec![alert("a", true), alert("b", false)];
        assert_eq!(say(Reason::Repeated, two), "warning (still): a is wrong (and 1 more)");
        let mut hostile = alert("a", true);
        hostile.summary = "x\ncritical: y\u{1b}[2J".to_owned();
        assert_eq!(say(Reason::Fired, vec![hostile]), "warning: x critical: y [2J");
    }
}
