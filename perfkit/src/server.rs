//! One server for everything: scrapes, the SLA status and the report.

#[cfg(feature = "report")]
use perf_analysis::RequestWatch;
use perf_core::Profiler;
use perf_export::prometheus::Exposition;
use perf_export::server::{MetricsServer, MetricsServerThread, ServerError};
#[cfg(feature = "report")]
use perf_report::Report;
use perf_sla::SlaConfig;
use std::fmt;
use std::net::ToSocketAddrs;

/// A server of what a profiler measures: for Prometheus at `/metrics`, for programs at `/api/v1/sla`, and with the
/// feature `report` for people at `/report`, whose numbers are at `/api/v1/report` as JSON.
///
/// ```
/// use perfkit::sla::SlaConfig;
/// use perfkit::{Profiler, Server};
///
/// let profiler = Profiler::new();
/// let sla = SlaConfig::from_toml("[operations.search]\nmax_p95 = \"100ms\"")?;
/// sla.watch(&profiler)?; // once, so that verdicts rest on exact counts
/// let ticking = profiler.spawn_timeline()?;
///
/// let server = Server::new(&profiler).sla(sla).with_timeline().spawn("127.0.0.1:0")?;
/// println!("http://{}/metrics", server.local_addr());
/// // … the program does its work, until both are dropped …
/// # drop((server, ticking));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Access, TLS, limits and pages of your own are options of the [`MetricsServer`] that this
/// [becomes](Self::into_metrics_server). The paths and what it withstands are in
/// [`export::server`](crate::export::server).
#[must_use = "it serves nothing until it is spawned or mounted"]
pub struct Server {
    profiler: Profiler,
    exposition: Exposition,
    sla: Option<SlaConfig>,
    has_timeline: bool,
    #[cfg(feature = "report")]
    requests: Option<RequestWatch>,
    #[cfg(feature = "report")]
    title: Option<String>,
}

impl Server {
    /// Serves what `profiler` measures.
    pub fn new(profiler: &Profiler) -> Self {
        Server {
            profiler: profiler.clone(),
            exposition: Exposition::new(),
            sla: None,
            has_timeline: false,
            #[cfg(feature = "report")]
            requests: None,
            #[cfg(feature = "report")]
            title: None,
        }
    }

    /// What `/metrics` exposes, and under which names.
    pub fn exposition(mut self, exposition: Exposition) -> Self {
        self.exposition = exposition;
        self
    }

    /// Judges by this file, which best watches the profiler already ([`SlaConfig::watch`]).
    pub fn sla(mut self, sla: SlaConfig) -> Self {
        self.sla = Some(sla);
        self
    }

    /// Has the SLA status be that of the last hour ([`MetricsServer::with_timeline`]), and the report show its time
    /// as charts. Somebody has to tick the timeline: [`Profiler::spawn_timeline`].
    pub fn with_timeline(mut self) -> Self {
        self.has_timeline = true;
        self
    }

    /// Has the report show what requests spend their time on, and the slowest.
    #[cfg(feature = "report")]
    pub fn with_requests(mut self, requests: &RequestWatch) -> Self {
        self.requests = Some(requests.clone());
        self
    }

    /// What stands above the report.
    #[cfg(feature = "report")]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The server with all these routes, to be given further options, or mounted in an application of axum.
    ///
    /// ```
    /// use perfkit::{Profiler, Server};
    ///
    /// let profiler = Profiler::new();
    /// let token = "from the environment";
    /// # let token = "s3cret";
    /// let server =
    ///     Server::new(&profiler).into_metrics_server().bearer_token(token).spawn("127.0.0.1:0")?;
    /// # drop(server);
    /// # Ok::<(), perfkit::export::server::ServerError>(())
    /// ```
    pub fn into_metrics_server(self) -> MetricsServer {
        let mut server = MetricsServer::new(&self.profiler).exposition(self.exposition.clone());
        if let Some(sla) = &self.sla {
            server = server.sla(sla.clone());
        }
        if self.has_timeline {
            server = server.with_timeline();
        }
        #[cfg(feature = "report")]
        {
            let this = std::sync::Arc::new(self);
            let same = std::sync::Arc::clone(&this);
            server = server
                .route("/report", "text/html; charset=utf-8", move || {
                    Ok(this.report().to_html()?)
                })
                .route("/api/v1/report", "application/json", move || {
                    Ok(same.report().to_json()?)
                });
        }
        server
    }

    /// Listens at `address` and serves on a thread of its own, until what it returns is stopped or dropped; from
    /// `127.0.0.1:9464` to this machine alone, from `0.0.0.0:9464` to everybody.
    ///
    /// # Errors
    ///
    /// As [`MetricsServer::spawn`].
    pub fn spawn(self, address: impl ToSocketAddrs) -> Result<MetricsServerThread, ServerError> {
        self.into_metrics_server().spawn(address)
    }

    /// Everything since the start, or since the last reset of the profiler.
    #[cfg(feature = "report")]
    fn report(&self) -> Report {
        let timeline = self.profiler.timeline();
        if self.has_timeline {
            timeline.tick();
        }
        let snapshot = self.profiler.snapshot();
        let mut report = Report::new(&snapshot);
        if let Some(title) = &self.title {
            report = report.titled(title);
        }
        if let Some(requests) = &self.requests {
            report = report.with_requests(&requests.read());
        }
        if self.has_timeline {
            report = report.with_timeline(&timeline);
        }
        match &self.sla {
            Some(sla) if self.has_timeline => {
                report.with_sla(&sla.evaluate_run(&snapshot, &timeline))
            }
            Some(sla) => report.with_sla(&sla.evaluate(&snapshot)),
            None => report,
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("exposition", &self.exposition)
            .field("has_timeline", &self.has_timeline)
            .finish_non_exhaustive()
    }
}
