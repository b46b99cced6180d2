//! What share of one request a stage took.

use perf_core::{Profiler, RequestSummary};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// Requests that are remembered of each stage: those with the largest share of late.
const KEPT: usize = 64;

/// The requests in which stages that somebody asks for took most, as they end.
#[derive(Clone, Debug)]
pub(crate) struct StageWatch(Arc<Mutex<Vec<Watched>>>);

#[derive(Debug)]
struct Watched {
    stage: String,
    /// When a request with this stage ended last.
    last: Option<SystemTime>,
    /// Oldest first, each with a smaller share than the one before: what is older and smaller is never the
    /// worst again.
    worst: VecDeque<StageShare>,
}

/// A request and what share of it a stage took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StageShare {
    pub(crate) ended: SystemTime,
    pub(crate) share: f64,
    pub(crate) request: String,
    pub(crate) total: Duration,
}

impl StageWatch {
    /// Watches the requests of `profiler` for `stages`.
    pub(crate) fn new(profiler: &Profiler, stages: Vec<String>) -> Self {
        let watched = |stage| Watched { stage, last: None, worst: VecDeque::new() };
        let is_idle = stages.is_empty();
        let watch = StageWatch(Arc::new(Mutex::new(stages.into_iter().map(watched).collect())));
        if !is_idle {
            // The profiler has its observers for good.
            let weak = Arc::downgrade(&watch.0);
            profiler.observe_requests(move |request| {
                if let Some(all) = weak.upgrade() {
                    lock(&all).iter_mut().for_each(|watched| watched.add(request));
                }
            });
        }
        watch
    }

    /// The worst request with this stage of those that ended after `since`.
    pub(crate) fn worst(&self, stage: &str, since: SystemTime) -> Option<StageShare> {
        let all = lock(&self.0);
        let watched = all.iter().find(|watched| watched.stage == stage)?;
        watched.last.filter(|last| *last > since)?;
        watched.worst.iter().find(|seen| seen.ended > since).cloned()
    }
}

impl Watched {
    fn add(&mut self, request: &RequestSummary) {
        let Some(share) = request.share(&self.stage) else { return };
        let ended = request.started_at() + request.total();
        let (id, total) = (request.id(), request.total());
        self.last = self.last.max(Some(ended));
        while self.worst.back().is_some_and(|seen| seen.share <= share) {
            self.worst.pop_back();
        }
        if self.worst.len() == KEPT {
            self.worst.pop_front();
        }
        self.worst.push_back(StageShare { ended, share, request: id.to_owned(), total });
    }
}

fn lock(watched: &Mutex<Vec<Watched>>) -> MutexGuard<'_, Vec<Watched>> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}
