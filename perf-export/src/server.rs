//! A server for scrapers and for people: what was measured, and what an SLA file says of it, over HTTP.
//!
//! [`MetricsServer`] says what is served and to whom. [`spawn`](MetricsServer::spawn) starts a thread for it, in a
//! program with or without an async runtime; [`router`](MetricsServer::router) gives its routes to an application
//! of axum that is there already.
//!
//! ```
//! use perf_core::Profiler;
//! use perf_export::server::MetricsServer;
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//!
//! let profiler = Profiler::new();
//! let server = MetricsServer::new(&profiler).spawn("127.0.0.1:0")?; // 0: a port that is free
//! profiler.record("search", std::time::Duration::from_millis(20));
//!
//! let mut client = TcpStream::connect(server.local_addr())?;
//! client.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer)?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
//! assert!(answer.contains("\nperf_operation_requests_total{operation=\"search\",status=\"success\"} 1\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | path | answer |
//! |---|---|
//! | `/metrics` | the [exposition](crate::prometheus), in the format that `Accept` asks for |
//! | `/api/v1/sla` | operations, verdict and violations as JSON |
//! | `/healthz/sla` | 503 and the violations while a target is violated, else 200 |
//! | `/healthz` | 200, to everybody |
//! | [your own](MetricsServer::route) | |
//!
//! Other paths are answered with 404 and a list of these, other methods than GET and HEAD with 405. No body of a
//! request is ever read. Answers of a kilobyte and more are compressed with gzip for clients that accept it.
//!
//! # What it withstands
//!
//! Any address that it listens at may be found by others, so it is careful with what it is sent. The head of a
//! request has five seconds ([`header_timeout`](MetricsServer::header_timeout)) and 16 KiB; a connection without a
//! request is closed after as long. At most 128 connections are open
//! ([`max_connections`](MetricsServer::max_connections)): the next one closes the one that has asked nothing for
//! longest, so that clients who only hold connections never lock out those who ask. Each has 10 ms to ask before it
//! is closed so, and then a second to take the answer; with that it may be closed at once. In any case an answer has
//! to be taken within a minute.
//!
//! `/metrics` is rendered where connections are served, as it takes less than a millisecond; everything else on two
//! threads beside, and whoever asks for it cannot delay a scrape. Sixteen requests may wait for them: whoever closes
//! the connection before is not rendered, and the next is answered with 503 and `Retry-After`. `/healthz/sla` has a
//! thread of its own, so that a probe is answered however many ask for reports. A panic while rendering is an answer
//! with status 500.
//!
//! Three counters of the profiler tell of it: `export_server_scrapes_total`, `export_server_unauthorized_total` and
//! `export_server_evicted_connections_total`.

mod access;
mod answering;
mod connection;
mod error;
mod listen;
mod page;
mod rendering;
mod response;
mod routes;
mod seats;
mod served;
mod sla_status;
mod thread;
#[cfg(feature = "server-tls")]
mod tls;

pub use error::ServerError;
pub use thread::MetricsServerThread;

use crate::prometheus::Exposition;
use access::Access;
use axum::Router;
use listen::Listening;
use page::Page;
use perf_core::Profiler;
use perf_sla::SlaConfig;
use served::Served;
use std::error::Error;
use std::fmt;
use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::time::Duration;

/// Half of what Prometheus gives a whole scrape.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);

/// A process may open 1,024 files where nobody has raised that, and they are the service's: an eighth.
const MOST_CONNECTIONS: usize = 128;

/// What is served of a profiler, and to whom.
///
/// Nothing is served until it is [spawned](Self::spawn) or its [routes](Self::router) are mounted. The
/// [module](crate::server) says what each path answers.
#[must_use = "it serves nothing until it is spawned or mounted"]
pub struct MetricsServer {
    profiler: Profiler,
    exposition: Exposition,
    sla: Option<SlaConfig>,
    has_timeline: bool,
    pages: Vec<Page>,
    access: Access,
    header_timeout: Duration,
    max_connections: usize,
    #[cfg(feature = "server-tls")]
    tls: Option<tls::Certificate>,
}

impl MetricsServer {
    /// Serves what `profiler` measures: to everybody who reaches the address, without an SLA file.
    pub fn new(profiler: &Profiler) -> Self {
        MetricsServer {
            profiler: profiler.clone(),
            exposition: Exposition::new(),
            sla: None,
            has_timeline: false,
            pages: Vec::new(),
            access: Access::default(),
            header_timeout: HEADER_TIMEOUT,
            max_connections: MOST_CONNECTIONS,
            #[cfg(feature = "server-tls")]
            tls: None,
        }
    }

    /// What `/metrics` exposes, and under which names.
    pub fn exposition(mut self, exposition: Exposition) -> Self {
        self.exposition = exposition;
        self
    }

    /// Judges by this file at `/api/v1/sla` and `/healthz/sla`: everything since the start, or since the last reset
    /// of the profiler. For verdicts that rest on exact counts, have the file watch the profiler
    /// ([`SlaConfig::watch`]), once, before anything is measured. What it promises is counted in `/metrics`
    /// ([`Exposition::with_sla`]).
    pub fn sla(mut self, sla: SlaConfig) -> Self {
        self.sla = Some(sla);
        self
    }

    /// Judges the last hour by the profiler's timeline, and objectives on their period
    /// ([`SlaConfig::evaluate_timeline`]), up to the last full second; the operations at `/api/v1/sla` are those of
    /// that hour. Somebody has to tick the timeline: [`Profiler::spawn_timeline`].
    pub fn with_timeline(mut self) -> Self {
        self.has_timeline = true;
        self
    }

    /// Adds a page, such as `("/report", "text/html; charset=utf-8", …)`, that is rendered anew for each request, on
    /// a thread where it may take its time. What `render` fails with is the text of an answer with status 500.
    ///
    /// ```
    /// # use perf_core::Profiler;
    /// # use perf_export::server::MetricsServer;
    /// let profiler = Profiler::new();
    /// let measured = profiler.clone();
    /// let server = MetricsServer::new(&profiler).route("/operations.csv", "text/csv", move || {
    ///     let mut csv = Vec::new();
    ///     perf_export::write_operations_csv(&measured.snapshot(), &mut csv)?;
    ///     Ok(csv)
    /// });
    /// # server.router()?;
    /// # Ok::<(), perf_export::server::ServerError>(())
    /// ```
    ///
    /// A path is of letters, digits, `-`, `.`, `_`, `~` and `/`, which it begins with; that it is so, and free, is
    /// checked when the server is spawned or mounted.
    pub fn route<B: Into<Vec<u8>>>(
        mut self,
        path: &str,
        content_type: &str,
        render: impl Fn() -> Result<B, Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
    ) -> Self {
        self.pages.push(Page::new(path, content_type, move || Ok(render()?.into())));
        self
    }

    /// Answers only those who know this token (`Authorization: Bearer …`), or another one, or a password, that was
    /// given before or after: all are asked for but `/healthz`. Over plain HTTP whoever can listen reads it; TLS
    /// (feature `server-tls`) hides it.
    pub fn bearer_token(mut self, token: &str) -> Self {
        self.access.add_bearer(token);
        self
    }

    /// Answers only those who know this user and password, or another or a token, as
    /// [`bearer_token`](Self::bearer_token) says.
    pub fn basic_auth(mut self, user: &str, password: &str) -> Self {
        self.access.add_basic(user, password);
        self
    }

    /// Serves over TLS 1.2 and 1.3: a chain of certificates, the server's own first, and its private key, as texts
    /// in PEM. Only [`spawn`](Self::spawn) uses it; who mounts the routes has a listener of their own.
    #[cfg(feature = "server-tls")]
    pub fn tls(mut self, certificates: &str, private_key: &str) -> Self {
        self.tls = Some(tls::Certificate::new(certificates, private_key));
        self
    }

    /// How long the head of a request may take, and how long a connection may wait for the next; 5 s if not set.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// How many connections are open at once, at least one; 128 if not set.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// The routes, to be nested in an application of axum 0.8, whose listener, timeouts and TLS are then what
    /// counts.
    ///
    /// ```
    /// # use perf_core::Profiler;
    /// # use perf_export::server::MetricsServer;
    /// use axum::{Router, routing::get};
    ///
    /// let profiler = Profiler::new();
    /// let application: Router = Router::new()
    ///     .route("/", get(|| async { "the service" }))
    ///     .nest("/perf", MetricsServer::new(&profiler).router()?); // /perf/metrics and so on
    /// # drop(application);
    /// # Ok::<(), perf_export::server::ServerError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a route of your own has a path that is none or is taken, or a credential is one that nobody can give.
    pub fn router(self) -> Result<Router, ServerError> {
        let served = Arc::new(Served::new(&self.profiler));
        routes::router(self, served)
    }

    /// Listens at `address` and serves on a thread of its own, until what it returns is stopped or dropped. It
    /// needs no async runtime and disturbs none that is there.
    ///
    /// `127.0.0.1:9464` is reached from this machine alone, `0.0.0.0:9464` from everywhere: then ask for a
    /// [token](Self::bearer_token).
    ///
    /// # Errors
    ///
    /// [`ServerError::InUse`] when another program listens there, other kinds when the address cannot be listened
    /// at for another reason, the certificate is none or does not fit the key, or the system gives no more threads;
    /// and those of [`router`](Self::router).
    pub fn spawn(self, address: impl ToSocketAddrs) -> Result<MetricsServerThread, ServerError> {
        let served = Arc::new(Served::new(&self.profiler));
        let listening = Listening {
            header_timeout: self.header_timeout,
            max_connections: self.max_connections,
            served: Arc::clone(&served),
            #[cfg(feature = "server-tls")]
            tls: self.tls.as_ref().map(tls::Certificate::acceptor).transpose()?,
        };
        let router = routes::router(self, served)?;
        let addresses = address.to_socket_addrs().map_err(ServerError::Address)?;
        MetricsServerThread::spawn(addresses.collect(), router, listening)
    }
}

impl fmt::Debug for MetricsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsServer")
            .field("exposition", &self.exposition)
            .field("pages", &self.pages)
            .field("access", &self.access)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}
