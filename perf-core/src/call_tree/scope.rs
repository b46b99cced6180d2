//! The guard that also knows what it is called within.

use crate::metadata::MetadataValue;
use crate::operation::OperationCore;
use crate::storage::Place;
use crate::timer::Measurement;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::time::Duration;

/// Measures until it is dropped, as a [`Timer`](crate::Timer) does, and counts in the
/// [`CallTree`](crate::CallTree) under the scopes of the same profiler that enclose it on its thread.
///
/// Its operation gets the very record that a timer would make. The tree is kept only if it was asked
/// for ([`ProfilerBuilder::call_tree`](crate::ProfilerBuilder::call_tree)); otherwise a scope costs
/// what a timer costs. With it a scope costs 3 to 5 ns
/// more ([`CallTree`](crate::CallTree#cost)), and allocates when its thread takes a path for the first time.
///
/// It cannot leave its thread, nor be held across `.await` in a task that may: the other tasks of the
/// thread would seem to be called by it.
///
/// ```compile_fail,E0277
/// # let profiler = perf_core::Profiler::new();
/// let scope = profiler.scope("work");
/// std::thread::scope(|threads| threads.spawn(move || drop(scope)).join());
/// ```
///
/// Scopes end in the reverse order of their beginning, as guards in blocks do. One that outlives the
/// scope it began in has no place in the tree any more, and nor has one that is forgotten
/// ([`std::mem::forget`]): its time is self time of what it began in, and it is counted in
/// [`Losses::unplaced_scopes`](crate::Losses::unplaced_scopes) when that ends. Until then it encloses
/// what begins after it; one that is forgotten outside of all others, until its thread ends.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::builder().call_tree(1_000).build();
/// {
///     let _answer = profiler.scope("answer");
///     let mut parse = profiler.scope("parse");
///     if "12x".parse::<u32>().is_err() {
///         parse.mark_failure_with("not_a_number");
///     }
/// }
/// let tree = profiler.call_tree();
/// assert_eq!(tree.node(&["answer", "parse"]).unwrap().failures(), 1);
/// ```
#[must_use = "a scope that is not kept measures nothing: `let _scope = …`"]
pub struct Scope<'a> {
    operation: &'a OperationCore,
    measurement: Measurement,
    /// `None` without a tree, or without a place in it.
    place: Option<Place>,
    _stays: PhantomData<*mut ()>,
}

impl<'a> Scope<'a> {
    #[inline(always)]
    pub(crate) fn start(operation: &'a OperationCore) -> Self {
        // Before the clock is read: what the tree costs is self time of the enclosing scope.
        let place = operation.call_paths.as_ref().and_then(|paths| paths.enter(&operation.name));
        Scope { operation, place, measurement: Measurement::start(operation), _stays: PhantomData }
    }

    /// As [`Timer::mark_failure`](crate::Timer::mark_failure).
    pub fn mark_failure(&mut self) {
        self.measurement.mark_failure();
    }

    /// As [`Timer::mark_failure_with`](crate::Timer::mark_failure_with).
    pub fn mark_failure_with(&mut self, kind: impl Into<Cow<'static, str>>) {
        self.measurement.mark_failure_with(kind.into());
    }

    /// As [`Timer::metadata`](crate::Timer::metadata).
    pub fn metadata(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<MetadataValue>) {
        self.measurement.details().insert(key.into(), value.into());
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.measurement.elapsed(self.operation))
    }

    /// Ends now, records, and says what was recorded.
    #[inline]
    pub fn stop(self) -> Duration {
        // Not dropped: `end` is what the drop would do.
        Duration::from_nanos(ManuallyDrop::new(self).end())
    }

    #[inline(always)]
    fn end(&mut self) -> u64 {
        let elapsed = self.measurement.end(self.operation);
        if let Some(place) = self.place
            && let Some(paths) = &self.operation.call_paths
        {
            paths.leave(place, elapsed, self.measurement.is_failure());
        }
        elapsed
    }
}

impl Drop for Scope<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.operation.name;
        f.debug_struct("Scope").field("operation", name).field("elapsed", &self.elapsed()).finish()
    }
}
