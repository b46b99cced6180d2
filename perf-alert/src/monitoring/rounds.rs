//! Round by round: what the thread does, and whoever asks for one by hand.

use super::state_writer::StateWriter;
use super::totals::{MonitoringTotals, StateTotals};
use crate::delivery::Dispatcher;
use crate::engine::Engine;
use crate::notification::Notification;
use crate::source::Source;
use crate::state_file::Loaded;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// What the thread and its handle share.
pub(super) struct Rounds {
    pub(super) source: Source,
    pub(super) dispatcher: Dispatcher,
    state: Mutex<State>,
}

/// What a round changes.
struct State {
    engine: Engine,
    missed: u64,
    panicked: u64,
    last: Option<Duration>,
    longest: Option<Duration>,
    file: Option<File>,
}

/// Where the state is kept.
struct File {
    writer: StateWriter,
    loaded: Loaded,
    /// The engine's when the state was written last.
    changes: u64,
}

impl Rounds {
    pub(super) fn new(
        engine: Engine,
        source: Source,
        dispatcher: Dispatcher,
        loaded: Option<Loaded>,
        writer: Option<StateWriter>,
    ) -> Self {
        let changes = engine.changes();
        let file = loaded.zip(writer).map(|(loaded, writer)| File { writer, loaded, changes });
        let state = State { engine, missed: 0, panicked: 0, last: None, longest: None, file };
        Rounds { source, dispatcher, state: Mutex::new(state) }
    }

    /// A round, after a tick if one is due. A panic in it is counted, and nothing is told of what it found.
    pub(super) fn round(&self, now: SystemTime) -> Vec<Arc<Notification>> {
        self.source.timeline.tick();
        // Held until all is sent: what two rounds say arrives in their order.
        let mut state = self.lock();
        let begun = Instant::now();
        let engine = &mut state.engine;
        let told = catch_unwind(AssertUnwindSafe(|| engine.evaluate(&self.source, now)));
        let Ok(told) = told else {
            state.panicked += 1;
            return Vec::new();
        };
        let took = begun.elapsed();
        (state.last, state.longest) = (Some(took), state.longest.max(Some(took)));
        let told: Vec<Arc<Notification>> = told.into_iter().map(Arc::new).collect();
        told.iter().for_each(|told| self.dispatcher.send(Arc::clone(told)));
        state.save_if_changed();
        told
    }

    pub(super) fn add_missed(&self, rounds: u64) {
        self.lock().missed += rounds;
    }

    /// Looks at the engine.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        look(&self.lock().engine)
    }

    /// Changes something by hand, and saves it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        let mut state = self.lock();
        let changed = change(&mut state.engine);
        state.save_if_changed();
        changed
    }

    pub(super) fn totals(&self) -> MonitoringTotals {
        let delivery = self.dispatcher.totals();
        let state = self.lock();
        let of_file = |file: &File| {
            let written = file.writer.written();
            StateTotals {
                loaded: file.loaded.clone(),
                saved: written.saved,
                failed: written.failed,
                last_error: written.last_error,
            }
        };
        MonitoringTotals {
            engine: state.engine.totals(),
            missed_rounds: state.missed,
            panicked_rounds: state.panicked,
            last_round: state.last,
            longest_round: state.longest,
            state: state.file.as_ref().map(of_file),
            delivery,
        }
    }

    /// Hands over the state of the end; after that nothing is saved.
    pub(super) fn save_last(&self) {
        let state = self.lock();
        if let Some(file) = &state.file {
            file.writer.write(state.engine.save_state());
        }
    }

    pub(super) fn stop_saving(&self, deadline: Instant) {
        if let Some(file) = &mut self.lock().file {
            file.writer.stop(deadline);
        }
    }

    /// What a panic has left half done is still the state of most alerts.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn save_if_changed(&mut self) {
        let Some(file) = &mut self.file else { return };
        let changes = self.engine.changes();
        let changed = std::mem::replace(&mut file.changes, changes) != changes;
        if changed || file.writer.is_failing() {
            file.writer.write(self.engine.save_state());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;
    use crate::rules::Rules;
    use perf_core::Profiler;

    #[test]
    fn a_round_that_panics_is_counted_and_the_next_one_is_as_ever() {
        let profiler = Profiler::new();
        let rules = Rules::new([Rule::new("slow", "p95 > 1ms".parse().unwrap())]).unwrap();
        let source = Source::new(&profiler, &rules);
        let dispatcher = Dispatcher::builder().spawn().unwrap();
        let rounds = Rounds::new(Engine::new(rules), source, dispatcher, None, None);
        // No place for the alerts of its rule: what no engine outside of this test is without.
        let places = std::mem::take(&mut rounds.lock().engine.alerts.by_rule);
        rounds.round(SystemTime::now());
        assert_eq!((rounds.totals().panicked_rounds, rounds.totals().last_round), (1, None));
        rounds.lock().engine.alerts.by_rule = places;
        rounds.round(SystemTime::now());
        let totals = rounds.totals();
        assert_eq!((totals.panicked_rounds, totals.engine.rounds), (1, 2));
        assert!(totals.last_round.is_some());
    }
}
