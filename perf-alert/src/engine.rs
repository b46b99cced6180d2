//! From round to round: who is told what.

mod alerts;
mod notifications;
mod quiet;
mod resumed;

pub(crate) use alerts::{Alerts, Orphan};

use crate::clock::{EngineClock, unix_nanos};
use crate::history::{AlertSummary, History, ToldAlert};
use crate::message::{SEVERITIES, Specifics, View};
use crate::mute::Mutes;
use crate::notification::Notification;
use crate::round::{Round, RoundData};
use crate::rules::Rules;
use crate::silence::{Silence, SilenceId, Silences};
use crate::source::Source;
use crate::state::Moment;
use std::time::{Duration, SystemTime};

/// Decides who is told what, round by round. It is pure: it starts no thread, reads no clock but that of the
/// profiler and says nothing itself; the same rounds give the same notifications.
///
/// # What becomes of an alert
///
/// It is *inactive* until its rule is violated, then *pending* for as long as the rule wants, then it *fires*
/// until it has been met for as long as the rule wants. A reading that is inconclusive neither begins nor ends
/// anything; neither does one without data, unless the rule says so. While it fires, somebody is told
///
/// * when it begins, unless they were told so less than a cooldown ago, of something no less urgent: then when that
///   is over, if it still fires;
/// * when it becomes more urgent, at once: by its critical limit, a faster burn rate, or because it lasts;
/// * when it becomes less urgent, after a cooldown; that it goes on, every 4 hours or as the rule has it;
/// * when it changes all the time, once: its end is then told when it has settled;
/// * when it is over, if they were told that it fires, even if it is silenced by then.
///
/// Nobody is told of alerts that are silenced, inhibited or excluded; what still fires after that is told then.
///
/// ```
/// use perf_alert::{Engine, Reason, Rule, Rules, Source};
/// use perf_core::{Clock, Profiler};
/// use std::time::{Duration, SystemTime};
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let rules = Rules::new([Rule::new("slow", "p95 > 100ms".parse()?).operation("search")])?;
/// let source = Source::new(&profiler, &rules);
/// let mut engine = Engine::new(rules);
///
/// (0..100).for_each(|_| profiler.record("search", Duration::from_millis(150)));
/// hand.advance(Duration::from_secs(1));
/// profiler.timeline().tick();
/// let told = engine.evaluate(&source, SystemTime::UNIX_EPOCH + Duration::from_secs(1));
/// assert_eq!(told[0].reason, Reason::Fired);
/// assert_eq!(told[0].alerts[0].summary, "search p95 is 150.0ms, limit 100.0ms");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    pub(crate) rules: Rules,
    pub(crate) clock: EngineClock,
    pub(crate) alerts: Alerts,
    pub(crate) silences: Silences,
    pub(crate) history: History,
    pub(crate) totals: EngineTotals,
}

/// What an engine could not do, ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineTotals {
    /// Rounds.
    pub rounds: u64,
    /// Readings of label values that would have begun an alert beyond the cap: 100 of a rule, 10,000 of all.
    pub beyond_cap: u64,
    /// Alerts that were over before anybody was told of them: they were silenced, excluded or inhibited.
    pub untold: u64,
    /// Templates that failed while they were rendered; the built-in one was used.
    pub template_failures: u64,
}

impl Engine {
    /// An engine for which nothing has happened yet.
    pub fn new(rules: Rules) -> Self {
        let alerts = Alerts::of(rules.rules.len());
        Engine {
            rules,
            clock: EngineClock::default(),
            alerts,
            silences: Silences::default(),
            history: History::default(),
            totals: EngineTotals::default(),
        }
    }

    /// One round: what is to be told now, the most urgent first and what is over last.
    ///
    /// `now` is the time of day: for words, silences and exclusions, and for objectives, whose periods are those of a
    /// calendar. How long something lasts is counted by the profiler's clock, so that a clock on the wall that is set,
    /// or a machine that slept, neither fires nor ends anything.
    pub fn evaluate(&mut self, source: &Source, now: SystemTime) -> Vec<Notification> {
        let now_at = Moment { at: self.clock.advance(source.now(), now), wall: unix_nanos(now) };
        self.totals.rounds += 1;
        self.silences.forget(now);
        let Engine { rules, alerts, silences, history, totals, .. } = self;
        let data = RoundData::read(rules, source, now);
        let round = Round::new(rules, source, &data);
        let ended = alerts.step(rules, &round, now_at, totals);
        let due = {
            let firing = alerts.firing();
            let mutes = Mutes::new(rules, silences, now, &firing);
            alerts.due(rules, &mutes, now_at.at)
        };
        let told = notifications::make(rules, &round, alerts, due, ended, now_at, totals);
        told.into_iter()
            .map(|(notification, began)| {
                history.add(&notification, &began);
                notification
            })
            .collect()
    }

    /// Silences alerts until it is over or [`unsilence`](Self::unsilence)d. Of more than 1,000 silences the
    /// one that ends first goes.
    pub fn silence(&mut self, silence: Silence) -> SilenceId {
        self.silences.add(silence)
    }

    /// Ends a silence; `false` if it was over.
    pub fn unsilence(&mut self, id: SilenceId) -> bool {
        self.silences.end(id)
    }

    /// The silences that were not over in the last round, or were made since.
    pub fn silences(&self) -> impl Iterator<Item = (SilenceId, &Silence)> {
        self.silences.all()
    }

    /// What was told last, oldest first: at most 1,000 alerts.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &ToldAlert> {
        self.history.told()
    }

    /// How often somebody was told that something began to fire, and what fires now.
    pub fn alert_summary(&self) -> AlertSummary {
        let elapsed = self.clock.elapsed();
        let specifics = Specifics::default();
        let mut active: Vec<_> = self
            .alerts
            .all_firing()
            .filter_map(|(place, labels, entry)| {
                let (rule, firing) = (&self.rules.rules[place], entry.state.firing()?);
                let lasted = Duration::from_nanos(elapsed.saturating_sub(firing.since));
                let facts = entry.facts(rule);
                let view = View::new(rule, labels, &facts, firing, &specifics);
                let said =
                    self.rules.messages.say(Some(place), &view.for_so_long(lasted, &entry.state));
                let told = entry.state.told();
                Some(notifications::alert(rule, labels, &facts, firing, told, None, said))
            })
            .collect();
        active.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.labels.cmp(&b.labels)));
        let by_severity =
            SEVERITIES.map(|severity| (severity, self.history.by_severity[severity as usize]));
        AlertSummary {
            total: self.history.by_severity.iter().sum(),
            by_severity,
            most_frequent: self.history.most_frequent(),
            active,
            muted: self.alerts.muted(),
        }
    }

    /// How often anything changed that outlives the process, beside the time and the words.
    pub(crate) fn changes(&self) -> u64 {
        self.alerts.changes + self.silences.changes
    }

    /// The rules it follows.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What it could not do, ever.
    pub fn totals(&self) -> EngineTotals {
        self.totals
    }
}
