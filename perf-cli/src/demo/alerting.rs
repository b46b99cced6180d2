//! What the alerts of the SLA file say while the demo runs.

use indicatif::ProgressBar;
use perfkit::Profiler;
use perfkit::alert::{
    Handler, HandlerError, HandlerOptions, Monitoring, MonitoringError, MonitoringThread,
    Notification, Rules, StderrHandler,
};
use perfkit::sla::SlaConfig;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Between two looks: a demo is short.
const ROUND: Duration = Duration::from_secs(1);

/// Tells on this screen, above the progress, what alerts there are; `None` if the file has none. Its handlers are not
/// called: nobody is to be woken by a demo.
pub(super) fn spawn(
    profiler: &Profiler,
    sla: &SlaConfig,
    progress: &ProgressBar,
) -> Result<Option<MonitoringThread>, MonitoringError> {
    if sla.alerts().is_empty() {
        return Ok(None);
    }
    let rules = Rules::from_sla(sla).map_err(MonitoringError::Rules)?;
    let mut monitoring = Monitoring::new(profiler, rules).interval(ROUND);
    // What is for several of them stands there once.
    let mut names: BTreeSet<&str> =
        sla.alerts().iter().flat_map(|alert| &alert.handlers).map(String::as_str).collect();
    names.insert("");
    for name in names {
        let screen = Screen { name: name.to_owned(), progress: progress.clone() };
        monitoring = monitoring.handler(name, screen, HandlerOptions::new());
    }
    monitoring.spawn_monitoring().map(Some)
}

/// Stands for a handler of the file, or with an empty name for all.
struct Screen {
    name: String,
    progress: ProgressBar,
}

impl Handler for Screen {
    fn handle(&mut self, told: &Notification, deadline: Instant) -> Result<(), HandlerError> {
        match told.handlers.first().map_or("", String::as_str) == self.name {
            true => self.progress.suspend(|| StderrHandler.handle(told, deadline)),
            false => Ok(()),
        }
    }
}
