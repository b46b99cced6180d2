//! What a profiler does about definitions.

use crate::metric::{
    CounterFamily, Definition, DefinitionError, Family, Find, GaugeFamily, HistogramFamily,
    MetricDefinition, MetricKind,
};
use crate::profiler::Profiler;
use crate::sync::lock;

impl Profiler {
    /// Defines a counter. The same definition again gives the same counter again, on any thread; a
    /// counter that was used before it was defined keeps its counts.
    ///
    /// Takes a lock that recording never takes. Later snapshots tell the definition
    /// ([`Snapshot::definition`](crate::Snapshot::definition)).
    ///
    /// ```
    /// # use perf_core::{Definition, DefinitionError, DefinitionField, Profiler};
    /// let profiler = Profiler::new();
    /// let retries = profiler.define_counter(Definition::new("retries"))?;
    /// retries.with(&[])?.increment();
    ///
    /// let in_seconds = profiler.define_counter(Definition::new("retries").unit("s")).unwrap_err();
    /// let fields = vec![DefinitionField::Unit];
    /// assert_eq!(in_seconds, DefinitionError::Disagrees { name: "retries".into(), fields });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DefinitionError`] when it breaks a rule of [`Definition`], when the name is defined already
    /// as something else, and beyond
    /// [`ProfilerBuilder::max_series`](crate::ProfilerBuilder::max_series) definitions of all kinds
    /// together.
    pub fn define_counter(&self, definition: Definition) -> Result<CounterFamily, DefinitionError> {
        self.define(MetricKind::Counter, definition, Profiler::counter_with)
    }

    /// Defines a gauge; otherwise as [`define_counter`](Self::define_counter).
    ///
    /// # Errors
    ///
    /// As [`define_counter`](Self::define_counter).
    pub fn define_gauge(&self, definition: Definition) -> Result<GaugeFamily, DefinitionError> {
        self.define(MetricKind::Gauge, definition, Profiler::gauge_with)
    }

    /// Defines a histogram; otherwise as [`define_counter`](Self::define_counter).
    ///
    /// # Errors
    ///
    /// As [`define_counter`](Self::define_counter).
    pub fn define_histogram(
        &self,
        definition: Definition,
    ) -> Result<HistogramFamily, DefinitionError> {
        self.define(MetricKind::Histogram, definition, Profiler::histogram_with)
    }

    fn define<H>(
        &self,
        kind: MetricKind,
        definition: Definition,
        find: Find<H>,
    ) -> Result<Family<H>, DefinitionError> {
        definition.check(kind)?;
        let new = MetricDefinition::new(kind, definition);
        let agreed = lock(&self.0.definitions).define(new, self.0.settings.max_series)?;
        Ok(Family::new(self.clone(), agreed, find))
    }
}
