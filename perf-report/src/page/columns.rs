//! An operation by time, in as many columns as a chart has room for.

use crate::chart::Time;
use crate::model::{Model, OperationSeriesModel, SeriesModel};
use perf_core::Distribution;

/// Columns that follow each other.
pub(super) struct Columns {
    /// In seconds since 1970.
    pub(super) time: Time,
    pub(super) columns: Vec<Column>,
}

/// A stretch of time: one or several intervals, their distributions added up.
#[derive(Clone, Default)]
pub(super) struct Column {
    pub(super) from_s: f64,
    pub(super) to_s: f64,
    pub(super) count: u64,
    pub(super) failures: u64,
    pub(super) latency: Distribution,
}

impl Columns {
    /// Those of the whole: of the operation that stands for it, or of all together.
    pub(super) fn of_whole(model: &Model) -> Option<Columns> {
        if let Some(name) = &model.overall_operation {
            return Columns::of(model, name);
        }
        let series = model.series.as_ref()?;
        Columns::new(model, series, &series.operations.values().collect::<Vec<_>>())
    }

    pub(super) fn of(model: &Model, operation: &str) -> Option<Columns> {
        let series = model.series.as_ref()?;
        Columns::new(model, series, &[series.operations.get(operation)?])
    }

    fn new(
        model: &Model,
        series: &SeriesModel,
        operations: &[&OperationSeriesModel],
    ) -> Option<Columns> {
        let start = model.run.start_s();
        let second = |ns: u64| start + ns as f64 / 1e9;
        let starts = [series.from_ns].into_iter().chain(series.ends_ns.iter().copied());
        let column = |(i, (from, to)): (usize, (u64, u64))| {
            let at = |list: &[u64]| list.get(i).copied().unwrap_or(0);
            let mut column = Column { from_s: second(from), to_s: second(to), ..Column::default() };
            for operation in operations {
                column.count = column.count.saturating_add(at(&operation.counts));
                column.failures = column.failures.saturating_add(at(&operation.failures));
                if let Some(latency) = operation.latencies.get(i).and_then(Option::as_ref)
                    && let Ok(latency) = latency.restore()
                {
                    column.latency = match column.latency.is_empty() {
                        true => latency,
                        false => column.latency.merge(&latency),
                    };
                }
            }
            column
        };
        let columns: Vec<Column> =
            starts.zip(series.ends_ns.iter().copied()).enumerate().map(column).collect();
        let (first, last) = (columns.first()?, columns.last()?);
        let time = Time { from_s: first.from_s, to_s: last.to_s };
        (time.to_s > time.from_s).then_some(Columns { time, columns })
    }

    /// At most so many, each of whole intervals: one lies in the slot in which its middle does.
    pub(super) fn at_most(&self, most: usize) -> Vec<Column> {
        if self.columns.len() <= most {
            return self.columns.clone();
        }
        let slot = (self.time.to_s - self.time.from_s) / most as f64;
        let place = |c: &Column| (((c.from_s + c.to_s) / 2.0 - self.time.from_s) / slot) as usize;
        self.columns.chunk_by(|a, b| place(a) == place(b)).map(together).collect()
    }
}

impl Column {
    pub(super) fn middle(&self) -> f64 {
        (self.from_s + self.to_s) / 2.0
    }

    /// Calls a second.
    pub(super) fn rate(&self) -> f64 {
        self.per_second(self.count)
    }

    pub(super) fn per_second(&self, count: u64) -> f64 {
        let seconds = self.to_s - self.from_s;
        if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
    }
}

fn together(columns: &[Column]) -> Column {
    let mut sum = columns[0].clone();
    for column in &columns[1..] {
        sum.to_s = column.to_s;
        sum.count = sum.count.saturating_add(column.count);
        sum.failures = sum.failures.saturating_add(column.failures);
        sum.latency = sum.latency.merge(&column.latency);
    }
    sum
}
