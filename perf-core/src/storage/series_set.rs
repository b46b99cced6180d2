//! Counters or gauges by name and labels, capped, with a place for what is beyond the cap.

use super::{Published, Registry};
use crate::metric::{OVERFLOW, Series};
use std::sync::Arc;

/// Bytes of a name with its labels; more are refused as if the cap were reached.
const MAX_KEY: usize = 4_096;

/// Up to `capacity` series; then one overflow series for each metric that has been seen, so that
/// its total stays exact; and when there are too many metrics, one for all the rest.
pub(crate) struct SeriesSet<T> {
    series: Registry<T>,
    overflows: Registry<T>,
    last: Published<Arc<T>>,
}

impl<T: Send + Sync> SeriesSet<T> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        SeriesSet {
            series: Registry::with_capacity(capacity),
            overflows: Registry::with_capacity(capacity),
            last: Published::empty(),
        }
    }

    /// The series with this name and these labels, made if there is room for it.
    pub(crate) fn get(&self, series: &Series, make: &impl Fn(Series) -> T) -> Option<Arc<T>> {
        if *series == Series::overflow(series.name()) {
            return Some(self.overflow(series.name(), make));
        }
        let key = series.key();
        (key.len() <= MAX_KEY)
            .then(|| self.series.get_or_insert(&key, || Arc::new(make(series.clone()))))
            .flatten()
    }

    /// The series that takes what is beyond the cap of the metric called `name`.
    pub(crate) fn overflow(&self, name: &str, make: &impl Fn(Series) -> T) -> Arc<T> {
        let of_metric = || Arc::new(make(Series::overflow(name)));
        let has_own = name != OVERFLOW && name.len() <= MAX_KEY;
        let own = has_own.then(|| self.overflows.get_or_insert(name, of_metric)).flatten();
        own.unwrap_or_else(|| {
            let of_the_rest = || Box::new(Arc::new(make(Series::overflow(OVERFLOW))));
            Arc::clone(self.last.get_or_publish(of_the_rest))
        })
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.series.len() + self.overflows.len() + usize::from(self.last.get().is_some())
    }

    /// Every series, in no order.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        let mut all = self.series.entries();
        all.extend(self.overflows.entries());
        all.extend(self.last.get().cloned());
        all
    }
}
