//! Requests that arrive at a rate of their own, however long the last one took.

use super::work::Library;
use perfkit::Profiler;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// At most so many at a time; what arrives meanwhile waits, and its waiting counts.
const SERVERS: u32 = 2;

/// The threads that answer; they end when this is dropped.
pub(super) struct Traffic {
    levers: Arc<Levers>,
    threads: Vec<JoinHandle<()>>,
}

struct Levers {
    effort: AtomicUsize,
    is_paused: AtomicBool,
    has_ended: AtomicBool,
}

impl Traffic {
    pub(super) fn spawn(profiler: &Profiler, library: Library, rate: f64) -> Self {
        let levers = Arc::new(Levers {
            effort: AtomicUsize::new(1),
            is_paused: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
        });
        let library = Arc::new(library);
        let interval = Duration::from_secs_f64(f64::from(SERVERS) / rate);
        let threads = (0..SERVERS).map(|number| {
            let (profiler, levers, library) =
                (profiler.clone(), Arc::clone(&levers), Arc::clone(&library));
            let first = Instant::now() + interval * number / SERVERS;
            thread::spawn(move || answer_all(&profiler, &levers, &library, first, interval))
        });
        Traffic { levers: Arc::clone(&levers), threads: threads.collect() }
    }

    /// Requests are so many times as much work from now on.
    pub(super) fn set_effort(&self, times: usize) {
        self.levers.effort.store(times, Relaxed);
    }

    pub(super) fn pause(&self, wanted: bool) {
        self.levers.is_paused.store(wanted, Relaxed);
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.levers.has_ended.store(true, Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn answer_all(
    profiler: &Profiler,
    levers: &Levers,
    library: &Library,
    first: Instant,
    interval: Duration,
) {
    let answers = profiler.operation("answer");
    let (mut planned, mut number) = (first, 0);
    while !levers.has_ended.load(Relaxed) {
        thread::sleep(planned.saturating_duration_since(Instant::now()));
        if levers.is_paused.load(Relaxed) {
            planned = Instant::now() + interval;
            continue;
        }
        let effort = levers.effort.load(Relaxed);
        let retrieval = Instant::now();
        let found = library.search(number, effort);
        profiler.record("retrieval", retrieval.elapsed());
        let ranking = Instant::now();
        let best = library.rank(&found);
        profiler.record("ranking", ranking.elapsed());
        // From when it was to begin: who waited in line waited too.
        let took = planned.elapsed();
        match best {
            Some(_) => answers.record(took),
            None => answers.record_failure_with(took, "nothing found"),
        }
        (planned, number) = (planned + interval, number + 1);
    }
}
