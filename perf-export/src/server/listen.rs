//! The loop that takes connections.

use super::connection::converse;
use super::error::ServerError;
use super::seats::{Seat, Seats};
use super::served::Served;
use axum::Router;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep, timeout_at};

/// After the system has given no connection: it may have no more files.
const PAUSE: Duration = Duration::from_millis(20);

/// Connections that the system keeps until they are taken: beyond these, it lets clients try again a second later.
const QUEUE: u32 = 1_024;

/// How connections are served.
pub(super) struct Listening {
    pub(super) header_timeout: Duration,
    pub(super) max_connections: usize,
    pub(super) served: Arc<Served>,
    #[cfg(feature = "server-tls")]
    pub(super) tls: Option<tokio_rustls::TlsAcceptor>,
}

/// A socket that listens at the first of these addresses that can be listened at; made within a runtime.
pub(super) fn listen(addresses: &[SocketAddr]) -> Result<TcpListener, ServerError> {
    let mut failure = ServerError::Address(io::ErrorKind::AddrNotAvailable.into());
    for address in addresses {
        match listen_at(*address) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                failure = ServerError::InUse(*address);
            }
            Err(error) => failure = ServerError::Listen(*address, error),
        }
    }
    Err(failure)
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that starts again finds its port free, though old connections linger. Elsewhere it would let
    // two listen at one port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

impl Listening {
    /// Serves until it is told by when to end, and then at most until then.
    pub(super) async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        router: Router,
        mut stop: oneshot::Receiver<Instant>,
    ) {
        let seats = Seats::new(self.max_connections);
        let (stopping, told) = watch::channel(());
        let mut connections = JoinSet::new();
        let deadline = loop {
            tokio::select! {
                deadline = &mut stop => break deadline.unwrap_or_else(|_| Instant::now()),
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        let (seat, evicted) = seats.take().await;
                        self.served.evicted.add(evicted.into());
                        let (this, router) = (Arc::clone(&self), router.clone());
                        connections.spawn(this.attend(stream, router, seat, told.clone()));
                        // However many come, those who are there are answered meanwhile.
                        yield_now().await;
                    }
                    Err(_) => sleep(PAUSE).await,
                },
            }
        };
        drop(listener);
        let _ = stopping.send(());
        let all_end = async { while connections.join_next().await.is_some() {} };
        // Those that are left end with the set.
        let _ = timeout_at(deadline, all_end).await;
    }

    async fn attend(
        self: Arc<Self>,
        stream: TcpStream,
        router: Router,
        seat: Seat,
        stopping: watch::Receiver<()>,
    ) {
        // It is faster, and works without.
        let _ = stream.set_nodelay(true);
        let conversation = self.converse(stream, router, &seat, stopping);
        tokio::select! {
            () = conversation => {}
            () = seat.lost() => {}
        }
    }

    async fn converse(
        &self,
        stream: TcpStream,
        router: Router,
        seat: &Seat,
        stopping: watch::Receiver<()>,
    ) {
        #[cfg(feature = "server-tls")]
        if let Some(tls) = &self.tls {
            let accepted = tokio::time::timeout(self.header_timeout, tls.accept(stream)).await;
            if let Ok(Ok(stream)) = accepted {
                converse(stream, router, seat, self.header_timeout, stopping).await;
            }
            return;
        }
        converse(stream, router, seat, self.header_timeout, stopping).await;
    }
}
