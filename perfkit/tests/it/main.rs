//! The crates together, through the front door. A test's name is the claim.

mod examples;
mod record_to_report;
mod regular_reports;
#[cfg(target_os = "linux")]
mod resources;
mod seeds;
#[cfg(feature = "server")]
mod server;
mod sla_page;
