//! What was measured, sent to whoever keeps it: remote write and Pushgateway.
//!
//! To be scraped is simpler and says also that a process is down. Push from where no scraper reaches, and
//! what does not live long enough to be scraped.
//!
//! * [`RemoteWrite`], every so often to Prometheus, VictoriaMetrics, Mimir or Thanos; [`RemoteWriteThread`], the
//!   threads that do it.
//! * [`Pushgateway`], once, at the end of a job.
//! * [`Endpoint`], where that is, the credentials for it, and how it is tried again.
//!
//! Both send the samples of an [`Exposition`](crate::prometheus::Exposition), with the names and values that
//! a scrape would have.
//!
//! # What is tried again
//!
//! No connection, no answer in time, an answer that is no HTTP, 5xx and 429: after a time that doubles up to a
//! limit, of which a random part of up to a half is taken away, so that a fleet does not come back at once. A
//! `Retry-After` counts instead, up to five minutes. Any other answer than 2xx is final: the server will not
//! take this request any better the next time. Redirects are not followed, and no proxy is used.

mod answer;
mod client;
mod encoder;
mod endpoint;
mod grouping;
mod living;
mod outbox;
mod pushgateway;
mod remote_write;
mod retry;
mod series;
mod thread;
mod totals;
#[cfg(feature = "push-tls")]
mod trust;

pub use answer::PushError;
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use pushgateway::Pushgateway;
pub use remote_write::RemoteWrite;
pub use thread::RemoteWriteThread;
pub use totals::{Dropped, RemoteWriteTotals};
