//! Snapshots as requests of remote write 1.0: `prometheus.WriteRequest`, compressed with snappy.

use super::series::Series;
use crate::prometheus::{Exposition, wire};
use perf_core::Snapshot;

/// A request ends when it is so long before compression, however few samples it has.
const FULL: usize = 1 << 20;
/// The value that says that a series has ended.
const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);
/// A gauge that is not a number, whichever of them it is, has not ended.
const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// What one request has.
#[derive(Debug)]
pub(super) struct WriteRequest {
    pub(super) body: Vec<u8>,
    pub(super) samples: u64,
}

/// Makes requests of snapshots.
pub(super) struct Encoder {
    exposition: Exposition,
    /// Those of every series.
    labels: Vec<(String, String)>,
    max_samples: u64,
}

impl Encoder {
    pub(super) fn new(
        exposition: Exposition,
        labels: Vec<(String, String)>,
        max_samples: usize,
    ) -> Self {
        Encoder { exposition, labels, max_samples: max_samples as u64 }
    }

    /// Requests with no samples yet; those that come have this time, in ms since 1970.
    pub(super) fn begin(&self, millis: i64) -> Requests {
        let max_samples = self.max_samples;
        Requests {
            max_samples,
            millis,
            done: Vec::new(),
            raw: Vec::new(),
            sample: Vec::new(),
            samples: 0,
        }
    }

    /// Adds all samples of a snapshot, and tells `each` of the encoded labels of every series.
    pub(super) fn add(
        &self,
        requests: &mut Requests,
        snapshot: &Snapshot,
        mut each: impl FnMut(&[u8]),
    ) {
        let mut series = Series::new(&self.labels, |labels, value| {
            each(labels);
            requests.push(labels, if value.is_nan() { NAN } else { value });
        });
        self.exposition.gather(snapshot, false, &mut series);
    }
}

/// Requests that are being written.
pub(super) struct Requests {
    max_samples: u64,
    millis: i64,
    done: Vec<WriteRequest>,
    raw: Vec<u8>,
    /// The one that is being added.
    sample: Vec<u8>,
    samples: u64,
}

impl Requests {
    /// Adds the end of a series.
    pub(super) fn push_end(&mut self, labels: &[u8]) {
        self.push(labels, STALE);
    }

    /// Adds a `TimeSeries` with one sample.
    fn push(&mut self, labels: &[u8], value: f64) {
        let millis = self.millis as u64;
        self.sample.clear();
        wire::message(&mut self.sample, 2, |out| {
            wire::double(out, 1, value);
            wire::integer(out, 2, millis);
        });
        wire::begin(&mut self.raw, 1, labels.len() + self.sample.len());
        self.raw.extend_from_slice(labels);
        self.raw.extend_from_slice(&self.sample);
        self.samples += 1;
        if self.samples >= self.max_samples || self.raw.len() >= FULL {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.samples == 0 {
            return;
        }
        // It fails for what is larger than 4 GiB, which is one series with labels that no server takes.
        if let Ok(body) = snap::raw::Encoder::new().compress_vec(&self.raw) {
            self.done.push(WriteRequest { body, samples: self.samples });
        }
        self.raw.clear();
        self.samples = 0;
    }

    pub(super) fn finish(mut self) -> Vec<WriteRequest> {
        self.cut();
        self.done
    }
}
