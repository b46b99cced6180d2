//! The thread that serves.

use super::error::ServerError;
use super::listen::{Listening, listen};
use super::rendering;
use axum::Router;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// For answers that are under way when it stops.
const DRAIN: Duration = Duration::from_secs(1);

/// The thread that [`MetricsServer::spawn`](super::MetricsServer::spawn) started. Dropped, it
/// [stops](Self::stop).
#[must_use = "the server stops when this is dropped"]
#[derive(Debug)]
pub struct MetricsServerThread {
    local_addr: SocketAddr,
    stop: Option<oneshot::Sender<Instant>>,
    thread: Option<JoinHandle<()>>,
}

impl MetricsServerThread {
    pub(super) fn spawn(
        addresses: Vec<SocketAddr>,
        router: Router,
        listening: Listening,
    ) -> Result<Self, ServerError> {
        let (stop, stopped) = oneshot::channel();
        let (ready, told) = mpsc::channel();
        // The runtime is made where it is dropped: within another one it must not be.
        let run = move || match begin(&addresses) {
            Ok((runtime, listener, local_addr)) => {
                let _ = ready.send(Ok(local_addr));
                runtime.block_on(Arc::new(listening).serve(listener, router, stopped));
                // A page that is still being rendered is nobody's any more.
                runtime.shutdown_background();
            }
            Err(error) => drop(ready.send(Err(error))),
        };
        let builder = thread::Builder::new().name("perfkit-server".into());
        let thread = builder.spawn(run).map_err(ServerError::Thread)?;
        let gone = |_| Err(ServerError::Thread(io::Error::other("it ended at once")));
        let local_addr = told.recv().unwrap_or_else(gone)?;
        Ok(MetricsServerThread { local_addr, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, with the port that the system has chosen if none was asked for.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Takes no more connections, gives the answers that are under way, for at most a second, and ends.
    pub fn stop(self) {
        self.stop_within(DRAIN);
    }

    /// The same, with another deadline: 0 ends it at once.
    pub fn stop_within(mut self, deadline: Duration) {
        self.end(deadline);
    }

    fn end(&mut self, within: Duration) {
        let Some(stop) = self.stop.take() else { return };
        let now = Instant::now();
        // So far away that it cannot be said is never reached.
        let _ = stop.send(now.checked_add(within).unwrap_or(now + DRAIN));
        if let Some(thread) = self.thread.take() {
            // It has no panic of its own, and a panic here would end the process while it unwinds.
            let _ = thread.join();
        }
    }
}

impl Drop for MetricsServerThread {
    fn drop(&mut self) {
        self.end(DRAIN);
    }
}

/// A runtime, and what listens in it, and where.
fn begin(addresses: &[SocketAddr]) -> Result<(Runtime, TcpListener, SocketAddr), ServerError> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(rendering::THREADS)
        .thread_name("perfkit-render")
        .build()
        .map_err(ServerError::Thread)?;
    let entered = runtime.enter();
    let listener = listen(addresses)?;
    let local_addr = listener.local_addr().map_err(ServerError::Thread)?;
    drop(entered);
    Ok((runtime, listener, local_addr))
}
