//! The rows of the dashboard, from the promises down to what they rest on.

mod calls;
mod latency;
mod promises;
mod resources;

pub(super) use calls::calls;
pub(super) use latency::{latency, stages};
pub(super) use promises::promises;
pub(super) use resources::resources;
