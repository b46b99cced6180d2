//! What two sets of runs say, and whether the runs can be believed.

use super::runs::Runs;
use perf_analysis::{
    Better, Comparison, Confidence, Floor, InvalidMetric, Metric, Outcome, compare,
};

/// What matters, in ns.
const FLOOR: Floor = Floor {
    // A program compared with itself, eight runs a side on two busy virtual cores: in a calmer spell 14 of
    // 15 benchmarks of recording shifted by 1.5 % at most; in a worse one two by more than 5 %, not surely.
    relative: 0.05,
    // About a cycle, of which where the linker puts things can cost one. In the calmer spell nothing of 2
    // to 3 ns shifted by more than 0.04 ns; with 0.5 a fence in recording, 0.35 ns of 2.06, was no change.
    absolute: 0.2,
};

/// What is said of each benchmark that both sides have.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Worst first.
    pub(crate) comparisons: Vec<Comparison>,
    /// The same-binary control: what it calls changed, by shares of a side's median. Anything means that
    /// something besides the code differs from run to run.
    pub(crate) control: Vec<Comparison>,
}

impl Verdict {
    pub(crate) fn of(old: &Runs, new: &Runs) -> Result<Verdict, InvalidMetric> {
        let metrics: Vec<Metric<'_>> = old
            .iter()
            .filter_map(|(name, baseline)| {
                let candidate = new.get(name)?;
                Some(Metric { name, baseline, candidate, better: Better::Lower, floor: FLOOR })
            })
            .collect();
        let mut comparisons = compare(&metrics, Confidence::P95)?;
        comparisons.sort_by(|a, b| {
            let size = |seen: &Comparison| seen.relative_shift.unwrap_or(0.0).abs();
            rank(a.outcome).cmp(&rank(b.outcome)).then(size(b).total_cmp(&size(a)))
        });
        Ok(Verdict { comparisons, control: control(&metrics)? })
    }

    /// How many benchmarks have an outcome like this one.
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.comparisons.iter().filter(|seen| rank(seen.outcome) == rank(outcome)).count()
    }

    /// The geometric mean of new by old median; 1 without benchmarks.
    pub(crate) fn mean_ratio(&self) -> f64 {
        let ratios = self.comparisons.iter().map(|seen| seen.new_median / seen.old_median);
        let logarithms: Vec<f64> = ratios.filter(|ratio| ratio.is_normal()).map(f64::ln).collect();
        (logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64).exp()
    }
}

/// Compares runs with runs of the same side, dealt out in turns as the sides are, under the same rules.
///
/// Runs of both sides are taken together, each as a share of its side's median, so that the control sees
/// as many runs as the comparison and would find as small a difference.
fn control(metrics: &[Metric<'_>]) -> Result<Vec<Comparison>, InvalidMetric> {
    let dealt: Vec<(Vec<f64>, Vec<f64>)> = metrics
        .iter()
        .map(|metric| {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            for side in [metric.baseline, metric.candidate] {
                let median = median(side);
                for (run, value) in side.iter().enumerate() {
                    let is_first = run % 4 == 0 || run % 4 == 3;
                    let group = if is_first { &mut first } else { &mut second };
                    group.push(value / median);
                }
            }
            (first, second)
        })
        .collect();
    let mut controls = Vec::new();
    for (metric, (first, second)) in metrics.iter().zip(&dealt) {
        if !first.is_empty() && !second.is_empty() {
            let absolute = FLOOR.absolute / median(metric.baseline);
            let floor = Floor { absolute, ..FLOOR };
            controls.push(Metric { baseline: first, candidate: second, floor, ..*metric });
        }
    }
    let mut seen = compare(&controls, Confidence::P95)?;
    seen.retain(|seen| matches!(seen.outcome, Outcome::Regressed | Outcome::Improved));
    Ok(seen)
}

fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Regressed => 0,
        Outcome::Improved => 1,
        Outcome::NotEnoughEvidence { .. } => 2,
        Outcome::Unchanged => 3,
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let upper = sorted.len() / 2;
    let lower = sorted.len().saturating_sub(1) / 2;
    (sorted[lower] + sorted[upper]) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(benchmarks: &[(&str, [f64; 8])]) -> Runs {
        benchmarks.iter().map(|(name, runs)| ((*name).to_owned(), runs.to_vec())).collect()
    }

    const STEADY: [f64; 8] = [10.0, 10.1, 9.9, 10.05, 10.0, 9.95, 10.1, 9.9];

    #[test]
    fn each_benchmark_of_both_is_judged_worst_first() {
        let old = runs(&[("a", STEADY), ("b", STEADY), ("c", STEADY), ("gone", STEADY)]);
        let new = runs(&[
            ("a", STEADY),
            ("b", STEADY.map(|nanos| nanos * 1.2)),
            ("c", STEADY.map(|nanos| nanos * 0.8)),
            ("new", STEADY),
        ]);
        let verdict = Verdict::of(&old, &new).expect("valid");
        let seen: Vec<_> =
            verdict.comparisons.iter().map(|seen| (&*seen.name, seen.outcome)).collect();
        let expected =
            [("b", Outcome::Regressed), ("c", Outcome::Improved), ("a", Outcome::Unchanged)];
        assert_eq!(seen, expected);
        assert_eq!(verdict.count(Outcome::Regressed), 1);
        assert_eq!(verdict.count(Outcome::NotEnoughEvidence { runs_needed: None }), 0);
        assert!((verdict.mean_ratio() - (1.2_f64 * 0.8).cbrt()).abs() < 1e-12);
        assert!(verdict.control.is_empty(), "{:?}", verdict.control);
    }

    #[test]
    fn a_shift_below_the_floor_is_none() {
        let old = runs(&[("relative", STEADY), ("absolute", STEADY.map(|nanos| nanos * 0.1))]);
        let new = runs(&[
            ("relative", STEADY.map(|nanos| nanos * 1.03)),
            ("absolute", STEADY.map(|nanos| nanos * 0.1 + 0.15)),
        ]);
        let verdict = Verdict::of(&old, &new).expect("valid");
        assert_eq!(verdict.count(Outcome::Unchanged), 2, "{verdict:?}");
        // Sure, and yet too small to matter.
        assert!(verdict.comparisons.iter().all(|seen| seen.corrected_p < 0.01), "{verdict:?}");
    }

    #[test]
    fn three_runs_are_no_evidence() {
        let of = |values: &[f64]| Runs::from([("a".to_owned(), values.to_vec())]);
        let verdict = Verdict::of(&of(&[1.0, 1.1, 1.2]), &of(&[9.0, 9.1, 9.2])).expect("valid");
        assert_eq!(verdict.count(Outcome::NotEnoughEvidence { runs_needed: None }), 1);
    }

    #[test]
    fn the_control_fires_when_runs_of_one_side_differ() {
        // Dear in the second and third run of four, on both sides: no chance does that.
        let waves: Vec<f64> =
            (0..8).map(|run| if run % 4 == 0 || run % 4 == 3 { 10.0 } else { 13.0 }).collect();
        let waves = Runs::from([("a".to_owned(), waves)]);
        let verdict = Verdict::of(&waves, &waves).expect("valid");
        assert_eq!(verdict.control.len(), 1);
        assert_eq!(verdict.count(Outcome::Regressed), 0);
    }

    #[test]
    fn one_run_a_side_has_no_control() {
        let one = Runs::from([("a".to_owned(), vec![1.0])]);
        let verdict = Verdict::of(&one, &one).expect("valid");
        assert!(verdict.control.is_empty());
        assert_eq!(Verdict::of(&one, &Runs::new()).expect("valid").mean_ratio(), 1.0);
    }
}
