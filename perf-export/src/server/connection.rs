//! One connection, from its first byte to its last.

use super::seats::Seat;
use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

/// For the head of a request.
const BUFFER_BYTES: usize = 16 * 1_024;

/// Answers requests until the client goes, is too slow, or the server stops: then the answer that is under way
/// is still given.
pub(super) async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    router: Router,
    seat: &Seat,
    header_timeout: Duration,
    mut stopping: watch::Receiver<()>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| {
        seat.ask();
        router.call(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_buf_size(BUFFER_BYTES)
            // `printf … | nc` closes its side when it has asked.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        // What was wrong with the client is the client's business.
        _ = connection.as_mut() => return,
        // Whoever sent the signal is gone with the server.
        _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
