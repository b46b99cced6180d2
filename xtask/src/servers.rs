//! Real servers that an end-to-end run starts, asks and stops.

mod build;
mod http;
mod server;
mod webhook;

pub(crate) use build::{build_release, build_service};
pub(crate) use http::{Http, Sample};
pub(crate) use server::{Server, free_address};
pub(crate) use webhook::Webhook;

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at what another process does.
const LOOK: Duration = Duration::from_millis(200);

/// Looks until there is something, and says what it waited for when there is nothing in time.
pub(crate) fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Result<T, Box<dyn Error>> {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if start.elapsed() > limit {
            return Err(format!("{what}: not within {} s", limit.as_secs()).into());
        }
        thread::sleep(LOOK);
    }
}
