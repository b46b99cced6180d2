//! The demo behind a server.

use crate::terminal::say;
use perfkit::analysis::RequestWatch;
use perfkit::export::server::{MetricsServerThread, ServerError};
use perfkit::sla::SlaConfig;
use perfkit::{Profiler, Server};
use std::error::Error;

/// Finds out whether `address` can be served at, before anything else is done.
pub(super) fn check(address: &str) -> Result<(), Box<dyn Error>> {
    Server::new(&Profiler::new()).spawn(address).map_err(|error| refused(address, &error))?.stop();
    Ok(())
}

/// Serves what is measured, and says where.
pub(super) fn spawn(
    address: &str,
    profiler: &Profiler,
    requests: &RequestWatch,
    sla: &SlaConfig,
) -> Result<MetricsServerThread, Box<dyn Error>> {
    let server = Server::new(profiler)
        .sla(sla.clone())
        .with_timeline()
        .with_requests(requests)
        .titled("perfkit demo")
        .spawn(address)
        .map_err(|error| refused(address, &error))?;
    let url = format!("http://{}", server.local_addr());
    say(&format!(
        "serving {url}\n  /metrics        for Prometheus\n  /report         for people; its numbers: \
         /api/v1/report\n  /api/v1/sla     the SLA status; /healthz/sla is 503 while it is violated\n"
    ))?;
    Ok(server)
}

fn refused(address: &str, error: &ServerError) -> String {
    match error {
        ServerError::Address(why) => {
            let example = "127.0.0.1:9464";
            format!("--serve: {address:?} is no address to listen at, such as {example}: {why}")
        }
        _ => format!("--serve: {error}"),
    }
}
