//! What a server counts of itself.

use perf_core::{Counter, Definition, Profiler};

/// Counters of the profiler that is served, so that a scrape tells of scrapes too.
pub(super) struct Served {
    /// Scrapes that were answered.
    pub(super) scrapes: Counter,
    /// Requests without a credential that is known.
    pub(super) unauthorized: Counter,
    /// Connections that were closed for newer ones.
    pub(super) evicted: Counter,
}

impl Served {
    pub(super) fn new(profiler: &Profiler) -> Self {
        let counter = |name: &str, description: &str| {
            // Who has defined it otherwise has it so.
            let _ = profiler.define_counter(Definition::new(name).description(description));
            profiler.counter(name)
        };
        Served {
            scrapes: counter("export_server_scrapes_total", "Scrapes that were answered."),
            unauthorized: counter(
                "export_server_unauthorized_total",
                "Requests without a token or password that is known.",
            ),
            evicted: counter(
                "export_server_evicted_connections_total",
                "Connections that were closed for newer ones, because too many were open.",
            ),
        }
    }
}
