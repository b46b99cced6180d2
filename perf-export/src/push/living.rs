//! Which series there are, so that it can be said of them that they have ended.

use super::encoder::{Encoder, WriteRequest};
use perf_core::Snapshot;
use std::collections::HashMap;

/// Makes requests of one snapshot after the other.
pub(super) struct Living {
    encoder: Encoder,
    /// The series that have not ended, as their encoded labels, and the snapshot that each was last in.
    known: HashMap<Vec<u8>, u64>,
    snapshots: u64,
}

impl Living {
    pub(super) fn new(encoder: Encoder) -> Self {
        Living { encoder, known: HashMap::new(), snapshots: 0 }
    }

    /// All samples of a snapshot at this time, in ms since 1970, and the end of each series that was in the one
    /// before and is in this no more.
    pub(super) fn samples(&mut self, snapshot: &Snapshot, millis: i64) -> Vec<WriteRequest> {
        self.snapshots += 1;
        let (now, known) = (self.snapshots, &mut self.known);
        let mut requests = self.encoder.begin(millis);
        self.encoder.add(&mut requests, snapshot, |labels| match known.get_mut(labels) {
            Some(seen) => *seen = now,
            None => drop(known.insert(labels.to_owned(), now)),
        });
        known.retain(|labels, seen| {
            if *seen < now {
                requests.push_end(labels);
            }
            *seen == now
        });
        requests.finish()
    }

    /// The end of all series.
    pub(super) fn end(&mut self, millis: i64) -> Vec<WriteRequest> {
        let mut requests = self.encoder.begin(millis);
        self.known.drain().for_each(|(labels, _)| requests.push_end(&labels));
        requests.finish()
    }
}
