//! What waits for one handler.

use crate::alert::{Alert, Labels};
use crate::fingerprint::fingerprint;
use crate::handler::HandlerError;
use crate::notification::{Notification, Reason};
use crossbeam_channel::Sender;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is joined holds no more alerts than this, so that what waits is bounded.
const MAX_JOINED: usize = 1_000;

/// A notification on its way to one handler.
pub(super) struct Queued {
    pub(super) notification: Arc<Notification>,
    pub(super) since: Instant,
    /// Whoever waits to hear how it went.
    pub(super) reply: Option<Sender<Result<Duration, HandlerError>>>,
}

/// A bounded queue in which the newer of what is about the same takes the place of the older.
pub(super) struct Waiting {
    list: VecDeque<Queued>,
    limit: usize,
    /// Where in the list what is about the same stands, counted from the first that ever stood there.
    places: HashMap<u64, u64>,
    popped: u64,
}

impl Waiting {
    pub(super) fn new(limit: usize) -> Self {
        Waiting { list: VecDeque::new(), limit, places: HashMap::new(), popped: 0 }
    }

    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= self.limit
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes it in, and joins it with one that waits already if that is wanted; then it returns true.
    pub(super) fn push(&mut self, queued: Queued, joins: bool) -> bool {
        if queued.notification.reason != Reason::Test {
            let next = self.popped + self.list.len() as u64;
            let place = self.places.entry(about(&queued.notification)).or_insert(next);
            let at = place.checked_sub(self.popped).filter(|_| joins);
            if let Some(older) = at.and_then(|at| self.list.get_mut(at as usize))
                && let Some(joined) = join(&older.notification, &queued.notification)
            {
                older.notification = Arc::new(joined);
                return true;
            }
            *place = next;
        }
        self.list.push_back(queued);
        false
    }

    pub(super) fn pop(&mut self) -> Option<Queued> {
        let queued = self.list.pop_front()?;
        let about = about(&queued.notification);
        if self.places.get(&about) == Some(&self.popped) {
            self.places.remove(&about);
        }
        self.popped += 1;
        Some(queued)
    }
}

/// A number for what it is about: its group, or its alerts when it has none.
fn about(notification: &Notification) -> u64 {
    let group = fingerprint(&notification.group);
    match notification.group.is_empty() {
        true => {
            notification.alerts.iter().fold(group, |all, alert| all ^ fingerprint(&alert.labels))
        }
        false => group,
    }
}

/// The newer one, with what only the older says; `None` when they are not about the same after all.
fn join(older: &Notification, newer: &Notification) -> Option<Notification> {
    let mentioned: HashSet<&Labels> = newer.alerts.iter().map(|alert| &alert.labels).collect();
    let is_left = |alert: &&Alert| !mentioned.contains(&alert.labels);
    let left: Vec<Alert> = older.alerts.iter().filter(is_left).cloned().collect();
    let is_other = newer.group.is_empty() && !left.is_empty();
    if older.group != newer.group || is_other || left.len() + newer.alerts.len() > MAX_JOINED {
        return None;
    }
    let mut joined = newer.clone();
    joined.alerts.extend(left);
    joined.alerts.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    // Nobody has heard of the older: that it fires is more than that it fires still.
    let says_less = match newer.reason {
        Reason::Resolved => joined.is_firing(),
        Reason::Repeated => older.reason != Reason::Resolved,
        _ => false,
    };
    if says_less {
        joined.reason = older.reason;
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_alert::alert;
    use std::time::SystemTime;

    fn queued(reason: Reason, group: &str, alerts: &[(&str, bool)]) -> Queued {
        let notification = Notification {
            reason,
            group: [("service".to_owned(), group.to_owned())]
                .into_iter()
                .filter(|(_, v)| !v.is_empty())
                .collect(),
            alerts: alerts.iter().map(|(name, fires)| alert(name, *fires)).collect(),
            handlers: Vec::new(),
            at: SystemTime::UNIX_EPOCH,
        };
        Queued { notification: Arc::new(notification), since: Instant::now(), reply: None }
    }

    fn told(waiting: &mut Waiting) -> Vec<(Reason, Vec<(String, bool)>)> {
        let told = |queued: Queued| {
            let alerts = queued.notification.alerts.iter();
            let alerts = alerts.map(|alert| (alert.rule.clone(), alert.is_firing())).collect();
            (queued.notification.reason, alerts)
        };
        std::iter::from_fn(|| waiting.pop()).map(told).collect()
    }

    fn one(reason: Reason, alerts: &[(&str, bool)]) -> (Reason, Vec<(String, bool)>) {
        (reason, alerts.iter().map(|(name, fires)| ((*name).to_owned(), *fires)).collect())
    }

    #[test]
    fn the_newer_takes_the_place_of_the_older_of_its_group() {
        let mut waiting = Waiting::new(10);
        assert!(!waiting.push(queued(Reason::Fired, "x", &[("a", true)]), true));
        assert!(!waiting.push(queued(Reason::Fired, "y", &[("b", true)]), true));
        assert!(waiting.push(queued(Reason::Repeated, "x", &[("a", true), ("c", true)]), true));
        assert!(waiting.push(queued(Reason::Resolved, "y", &[("b", false)]), true));
        assert_eq!(
            told(&mut waiting),
            [
                one(Reason::Fired, &[("a", true), ("c", true)]),
                one(Reason::Resolved, &[("b", false)])
            ]
        );
        // What was taken out is no place any more.
        assert!(!waiting.push(queued(Reason::Fired, "x", &[("a", true)]), true));
    }

    #[test]
    fn what_only_the_older_says_is_not_lost() {
        let mut waiting = Waiting::new(10);
        waiting.push(queued(Reason::Fired, "x", &[("a", true)]), true);
        assert!(waiting.push(queued(Reason::Resolved, "x", &[("b", false)]), true));
        assert_eq!(told(&mut waiting), [one(Reason::Fired, &[("b", false), ("a", true)])]);
    }

    #[test]
    fn without_a_group_only_the_same_alerts_are_joined() {
        let mut waiting = Waiting::new(10);
        waiting.push(queued(Reason::Fired, "", &[("a", true)]), true);
        assert!(!waiting.push(queued(Reason::Fired, "", &[("b", true)]), true));
        assert!(waiting.push(queued(Reason::Resolved, "", &[("a", false)]), true));
        assert_eq!(told(&mut waiting).len(), 2);
    }

    #[test]
    fn tests_and_what_is_not_to_be_joined_stand_alone() {
        let mut waiting = Waiting::new(10);
        for _ in 0..2 {
            assert!(!waiting.push(queued(Reason::Test, "x", &[("a", true)]), true));
        }
        let mut waiting = Waiting::new(10);
        for _ in 0..2 {
            assert!(!waiting.push(queued(Reason::Fired, "x", &[("a", true)]), false));
        }
        assert!(!waiting.is_full());
        assert_eq!(told(&mut waiting).len(), 2);
    }

    #[test]
    fn a_group_that_grows_and_grows_is_told_in_parts() {
        let mut waiting = Waiting::new(10_000);
        for i in 0..2 * MAX_JOINED {
            waiting.push(queued(Reason::Fired, "x", &[(&i.to_string(), true)]), true);
        }
        let told = told(&mut waiting);
        assert_eq!(told.iter().map(|(_, alerts)| alerts.len()).sum::<usize>(), 2 * MAX_JOINED);
        assert!(told.iter().all(|(_, alerts)| alerts.len() <= MAX_JOINED));
    }
}
