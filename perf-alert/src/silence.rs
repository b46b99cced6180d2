//! Silences that are made while it runs.

use crate::alert::Labels;
use crate::clock::{from_unix_nanos, unix_nanos};
use perf_sla::Matcher;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Silences there can be at once; beyond, the one that ends first goes.
const MOST: usize = 1_000;

/// Nobody is told of alerts that all its matchers match, until it is over. That an alert is over is told all
/// the same to those who were told that it fires.
///
/// ```
/// use perf_alert::Silence;
/// use std::time::{Duration, SystemTime};
///
/// let now = SystemTime::now();
/// let silence = Silence::until(now + Duration::from_secs(3_600), [r#"operation="search""#.parse()?])
///     .because("the index is rebuilt");
/// # let _ = silence;
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Silence {
    /// What it matches: labels of alerts, and their `severity`. An alert is meant that all match.
    pub matchers: Vec<Matcher>,
    /// When it is over.
    pub until: SystemTime,
    /// Why.
    pub reason: String,
}

/// Which silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SilenceId(u64);

impl Silence {
    /// A silence of all alerts that every one of `matchers` matches. Without a matcher it means none.
    pub fn until(until: SystemTime, matchers: impl IntoIterator<Item = Matcher>) -> Self {
        Silence { matchers: matchers.into_iter().collect(), until, reason: String::new() }
    }

    /// Says why.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Silence { reason: reason.into(), ..self }
    }
}

/// Those that are not over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Silences {
    next: u64,
    all: BTreeMap<SilenceId, Silence>,
    /// How often one came or went.
    pub(crate) changes: u64,
}

/// As it is saved.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedSilence {
    id: SilenceId,
    matchers: Vec<String>,
    until: u64,
    reason: String,
}

impl Silences {
    pub(crate) fn add(&mut self, silence: Silence) -> SilenceId {
        let first = self.all.iter().min_by_key(|(_, silence)| silence.until).map(|(id, _)| *id);
        if let (Some(first), true) = (first, self.all.len() >= MOST) {
            self.all.remove(&first);
        }
        let id = SilenceId(self.next);
        self.next = self.next.saturating_add(1);
        self.changes += 1;
        self.all.insert(id, silence);
        id
    }

    pub(crate) fn end(&mut self, id: SilenceId) -> bool {
        let ended = self.all.remove(&id).is_some();
        self.changes += u64::from(ended);
        ended
    }

    /// Leaves out what is over.
    pub(crate) fn forget(&mut self, now: SystemTime) {
        let before = self.all.len();
        self.all.retain(|_, silence| silence.until > now);
        self.changes += (before - self.all.len()) as u64;
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (SilenceId, &Silence)> {
        self.all.iter().map(|(id, silence)| (*id, silence))
    }

    pub(crate) fn save(&self) -> Vec<SavedSilence> {
        let saved = |(id, silence): (SilenceId, &Silence)| SavedSilence {
            id,
            matchers: silence.matchers.iter().map(Matcher::to_string).collect(),
            until: unix_nanos(silence.until),
            reason: silence.reason.clone(),
        };
        self.all().map(saved).collect()
    }

    /// One whose matchers cannot be read is left out: it would silence something else.
    pub(crate) fn restore(saved: Vec<SavedSilence>) -> Self {
        let mut silences = Silences::default();
        for saved in saved.into_iter().take(MOST) {
            let matchers: Result<Vec<Matcher>, _> =
                saved.matchers.iter().map(|text| text.parse()).collect();
            let Ok(matchers) = matchers else { continue };
            let until = from_unix_nanos(saved.until);
            silences.next = silences.next.max(saved.id.0.saturating_add(1));
            silences.all.insert(saved.id, Silence { matchers, until, reason: saved.reason });
        }
        silences
    }
}

/// Whether all of `matchers` match an alert, of which there is at least one.
pub(crate) fn all_match(matchers: &[Matcher], labels: &Labels, severity: &str) -> bool {
    let matches = |matcher: &Matcher| match matcher.label() {
        "severity" => matcher.matches_value(severity),
        _ => matcher.matches(labels),
    };
    !matchers.is_empty() && matchers.iter().all(matches)
}
