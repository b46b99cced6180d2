//! One connection, from its first byte to its last.

use super::answering::Answering;
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
            .serve_connection(TokioIo::new(Answering::new(stream, seat)), service)
    );
    tokio::select! {
        // What was wrong with the client is the client's business.
        _ = connection.as_mut() => return,
        // Whoever sent the signal is gone with the server.
        _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use super::super::seats::Seats;
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    #[test]
    fn a_client_that_is_silent_in_the_middle_or_between_requests_is_closed() {
        for (begun, answers) in [
            ("", 0),
            ("GET /", 0),
            ("GET / HTTP/1.1\r\nHost: here\r\n", 0),
            ("GET / HTTP/1.1\r\nHost: here\r\n\r\n", 1),
            ("GET / HTTP/1.1\r\nHost: here\r\n\r\nGET / HTTP/1.1\r\n", 1),
        ] {
            run(async {
                let (mut client, stream) = tokio::io::duplex(4_096);
                client.write_all(begun.as_bytes()).await.unwrap();
                let router = Router::new().route("/", get(|| async { "here" }));
                let (seat, _) = Seats::new(1).take().await;
                let (_stop, stopping) = watch::channel(());
                let start = Instant::now();
                converse(stream, router, &seat, Duration::from_secs(5), stopping).await;
                assert_eq!(start.elapsed().as_secs(), 5, "{begun:?}");
                let mut told = String::new();
                client.read_to_string(&mut told).await.unwrap();
                assert_eq!(told.matches("HTTP/1.1 200 OK").count(), answers, "{begun:?}: {told}");
            });
        }
    }

    #[test]
    fn an_answer_that_was_taken_leaves_the_seat_to_others_at_once_and_one_that_was_not_does_not() {
        // What the system takes of an answer of 100 bytes and a head of less than 1,000.
        for (taken, waits) in [(4_096, false), (50, true)] {
            run(async {
                let (mut client, stream) = tokio::io::duplex(taken);
                let router = Router::new().route("/", get(|| async { "x".repeat(100) }));
                let seats = Seats::new(1);
                let (seat, _) = seats.take().await;
                let (_stop, stopping) = watch::channel(());
                let conversation =
                    converse(stream, router, &seat, Duration::from_secs(5), stopping);
                let newcomer = async {
                    client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
                    client.read_exact(&mut [0; 10]).await.unwrap();
                    let begun = Instant::now();
                    assert!(seats.take().await.1);
                    assert_eq!(!begun.elapsed().is_zero(), waits);
                };
                tokio::select! {
                    () = conversation => panic!("it was not closed"),
                    () = newcomer => {}
                }
            });
        }
    }

    /// Runs it in a time that passes only when all wait.
    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(test);
    }
}
