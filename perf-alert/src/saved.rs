//! What outlives the process: pending, firing, told, silenced.

use crate::alert::Labels;
use crate::clock::EngineClock;
use crate::engine::{Engine, Orphan};
use crate::facts::Facts;
use crate::silence::{SavedSilence, Silences};
use crate::state::State;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;

/// The version of the text; another one is refused.
const VERSION: u32 = 1;

/// Alerts that are read: more than an engine has are no state of one.
const MOST: usize = 20_000;

#[derive(Serialize, Deserialize)]
struct Saved<'a> {
    perfkit_alerts: u32,
    clock: EngineClock,
    alerts: Vec<SavedAlert<'a>>,
    silences: Vec<SavedSilence>,
    by_rule: Cow<'a, BTreeMap<String, u64>>,
    by_severity: [u64; 3],
}

#[derive(Serialize, Deserialize)]
struct SavedAlert<'a> {
    rule: Cow<'a, str>,
    labels: Cow<'a, Labels>,
    state: Cow<'a, State>,
    facts: Cow<'a, Facts>,
}

/// Why a text is no state of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError(String);

impl Engine {
    /// What has to outlive the process, as JSON: what is pending and fires, who was told when, and silences. At
    /// most 10,000 alerts, 1,000 silences.
    pub fn save_state(&self) -> String {
        let alerts = self.alerts.by_rule.iter().zip(&self.rules.rules);
        let alerts = alerts.flat_map(|(alerts, rule)| {
            alerts.iter().map(move |(labels, entry)| SavedAlert {
                rule: Cow::Borrowed(rule.alert.name.as_str()),
                labels: Cow::Borrowed(&**labels),
                state: Cow::Borrowed(&entry.state),
                facts: entry.facts(rule),
            })
        });
        let orphans = self.alerts.orphans.iter().map(|orphan| SavedAlert {
            rule: Cow::Borrowed(orphan.rule.as_str()),
            labels: Cow::Borrowed(&orphan.labels),
            state: Cow::Borrowed(&orphan.state),
            facts: Cow::Borrowed(&orphan.facts),
        });
        let saved = Saved {
            perfkit_alerts: VERSION,
            clock: self.clock,
            alerts: alerts.chain(orphans).collect(),
            silences: self.silences.save(),
            by_rule: Cow::Borrowed(&self.history.by_rule),
            by_severity: self.history.by_severity,
        };
        // Texts and whole numbers: nothing that JSON could not hold.
        serde_json::to_string(&saved).unwrap_or_default()
    }

    /// Goes on where another engine was [saved](Self::save_state): what fired goes on with the same start, what
    /// was pending has been so since, and nobody is told anew. The time in between counts. What fires and is not
    /// looked at any more, as its rule, target or operation is gone, is told to be over in the next round.
    ///
    /// # Errors
    ///
    /// [`StateError`] for a text that is no such state, or that of another version; nothing is changed then.
    pub fn restore_state(&mut self, text: &str) -> Result<(), StateError> {
        let saved: Saved<'_> =
            serde_json::from_str(text).map_err(|error| StateError(error.to_string()))?;
        if saved.perfkit_alerts != VERSION {
            let told = format!("is of version {}, and not {VERSION}", saved.perfkit_alerts);
            return Err(StateError(told));
        }
        if saved.alerts.len() > MOST {
            return Err(StateError(format!("has {} alerts", saved.alerts.len())));
        }
        let mut engine = Engine::new(self.rules.clone());
        let places: HashMap<&str, usize> =
            self.rules.names().enumerate().map(|(place, name)| (name, place)).collect();
        for alert in saved.alerts {
            let (labels, state, facts) =
                (alert.labels.into_owned(), alert.state.into_owned(), alert.facts.into_owned());
            let place = places.get(&*alert.rule).copied();
            let rule = place.map(|place| &self.rules.rules[place]);
            match place.filter(|_| rule.is_some_and(|rule| rule.finds(&labels, &self.rules.sla))) {
                Some(place) => engine.alerts.put(place, labels, state, facts),
                None if state.told().is_some() => {
                    let handlers = rule.map(|rule| rule.alert.handlers.clone()).unwrap_or_default();
                    let rule = alert.rule.into_owned();
                    engine.alerts.orphans.push(Orphan { rule, labels, state, facts, handlers });
                }
                None => {}
            }
        }
        engine.clock = saved.clock;
        engine.silences = Silences::restore(saved.silences);
        engine.history.by_rule = saved.by_rule.into_owned();
        engine.history.by_rule.retain(|rule, _| places.contains_key(rule.as_str()));
        engine.history.by_severity = saved.by_severity;
        *self = engine;
        Ok(())
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no state of an alert engine: {}", self.0)
    }
}

impl Error for StateError {}

/// Severities by the names that the SLA file has for them.
pub(crate) mod severity {
    use perf_sla::Severity;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    pub(crate) fn serialize<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(severity.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Severity, D::Error> {
        let name = Cow::<'de, str>::deserialize(from)?;
        let known = crate::message::SEVERITIES.into_iter().find(|known| known.as_str() == name);
        known.ok_or_else(|| D::Error::custom(format!("{name:?} is no severity")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;
    use crate::rules::Rules;
    use crate::silence::Silence;
    use crate::source::Source;
    use perf_core::{Clock, Profiler};
    use serde_json::Value;
    use std::time::{Duration, SystemTime};

    /// What outlives the process, but for the time and the words.
    fn kept(engine: &Engine) -> Value {
        let mut state: Value = serde_json::from_str(&engine.save_state()).unwrap();
        state["clock"].take();
        let alerts = state["alerts"].as_array_mut().unwrap();
        alerts.iter_mut().for_each(|alert| drop(alert["facts"].take()));
        state
    }

    #[test]
    fn what_outlives_the_process_has_changed_when_changes_are_counted_and_only_then() {
        let (clock, hand) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).build();
        let slow = Rule::new("slow", "p95 > 100ms".parse().unwrap()).operation("search");
        let slow = slow
            .critical("500ms")
            .window(Duration::from_secs(1))
            .on_no_data(perf_sla::WithoutData::Resolve);
        let slow = slow.pending(Duration::from_secs(2)).cooldown(Duration::from_secs(9));
        let rules = Rules::new([slow.repeat(Duration::from_secs(30))]).unwrap();
        let source = Source::new(&profiler, &rules);
        let mut engine = Engine::new(rules);
        let (mut seed, mut still) = (7_u64, 0);
        for second in 1..2_000 {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            // A stretch of 40 s is of one kind, so that there are times in which nothing changes.
            if second % 40 == 0 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            }
            let of_kind = [0, 10, 150, 600][(seed >> 61) as usize % 4];
            if of_kind > 0 {
                (0..100).for_each(|_| profiler.record("search", Duration::from_millis(of_kind)));
            }
            hand.advance(Duration::from_secs(1));
            profiler.timeline().tick();
            let (before, changes) = (kept(&engine), engine.changes());
            if second % 300 == 0 {
                let until = now + Duration::from_secs(50);
                engine.silence(Silence::until(until, ["operation=\"x\"".parse().unwrap()]));
            }
            engine.evaluate(&source, now);
            let has_changed = kept(&engine) != before;
            assert_eq!(engine.changes() != changes, has_changed, "in second {second}");
            still += u32::from(!has_changed);
        }
        assert!((500..1_900).contains(&still), "{still} rounds changed nothing");
    }
}
