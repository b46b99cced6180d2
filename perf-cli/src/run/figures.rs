//! What is told of runs.

use super::measured_run::MeasuredRun;
use Unit::{Bytes, Cores, Count, Nanos};
use perfkit::Quantile;
use perfkit::report::wording;

/// One figure, which a run has, or has not where it is not known.
pub(super) struct Figure {
    pub(super) title: &'static str,
    /// With its unit.
    pub(super) key: &'static str,
    pub(super) unit: Unit,
    pub(super) of: fn(&MeasuredRun) -> Option<f64>,
}

#[derive(Clone, Copy)]
pub(super) enum Unit {
    Nanos,
    Cores,
    Bytes,
    Count,
}

/// In the order that they are told in.
pub(super) const FIGURES: [Figure; 14] = [
    figure("wall time", "wall_ns", Nanos, |run| Some(run.wall.as_nanos() as f64)),
    figure("CPU time", "cpu_ns", Nanos, |run| Some(run.cpu_time()?.as_nanos() as f64)),
    figure("  user", "user_ns", Nanos, |run| Some(run.usage?.user.as_nanos() as f64)),
    figure("  system", "system_ns", Nanos, |run| Some(run.usage?.system.as_nanos() as f64)),
    figure("CPU use", "cpu_cores", Cores, MeasuredRun::cpu_cores),
    figure("peak memory", "peak_resident_bytes", Bytes, |run| Some(run.peak_bytes()? as f64)),
    figure("read from storage", "storage_read_bytes", Bytes, |run| {
        Some(run.usage?.read_bytes? as f64)
    }),
    figure("written to storage", "storage_written_bytes", Bytes, |run| {
        Some(run.usage?.written_bytes? as f64)
    }),
    figure("major faults", "major_page_faults", Count, |run| Some(run.usage?.major_faults as f64)),
    figure("processes", "max_processes", Count, |run| Some(run.watched?.processes? as f64)),
    figure("threads", "max_threads", Count, |run| Some(run.watched?.threads? as f64)),
    figure("open files", "max_open_files", Count, |run| Some(run.watched?.open_files? as f64)),
    figure("switches, waited", "voluntary_context_switches", Count, |run| {
        Some(run.usage?.voluntary_switches as f64)
    }),
    figure("switches, preempted", "involuntary_context_switches", Count, |run| {
        Some(run.usage?.involuntary_switches as f64)
    }),
];

const fn figure(
    title: &'static str,
    key: &'static str,
    unit: Unit,
    of: fn(&MeasuredRun) -> Option<f64>,
) -> Figure {
    Figure { title, key, unit, of }
}

/// Of the runs that have the figure: each is one that was measured, by nearest rank.
pub(super) struct Spread {
    pub(super) min: f64,
    pub(super) median: f64,
    pub(super) p95: f64,
    pub(super) max: f64,
}

impl Figure {
    /// `None` when no run has it.
    pub(super) fn spread(&self, runs: &[MeasuredRun]) -> Option<Spread> {
        Spread::new(runs.iter().filter_map(self.of).collect())
    }

    pub(super) fn worded(&self, value: f64) -> String {
        match self.unit {
            Nanos => wording::duration(value as u64),
            // As the tools of the field have it: of one core.
            Cores => wording::percent(value),
            Bytes => wording::bytes(value as u64),
            Count => wording::count(value as u64),
        }
    }
}

impl Spread {
    fn new(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let at = |quantile: Quantile| {
            let rank = usize::try_from(quantile.rank(values.len() as u64)).ok()?;
            values.get(rank - 1).copied()
        };
        Some(Spread {
            min: *values.first()?,
            median: at(Quantile::P50)?,
            p95: at(Quantile::P95)?,
            max: *values.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_of_a_spread_is_one_that_was_measured() {
        let spread = |values: &[f64]| {
            let spread = Spread::new(values.to_vec())?;
            Some([spread.min, spread.median, spread.p95, spread.max])
        };
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[7.0]), Some([7.0; 4]));
        assert_eq!(spread(&[4.0, 1.0, 3.0, 2.0]), Some([1.0, 2.0, 4.0, 4.0]));
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(spread(&hundred), Some([1.0, 50.0, 95.0, 100.0]));
    }
}
