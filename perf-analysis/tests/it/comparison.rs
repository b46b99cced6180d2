//! Comparing runs: what is called a change, and what is not.

use crate::random::Random;
use perf_analysis::{
    Better, Comparison, Confidence, Floor, InvalidValues, Metric, Outcome, compare,
};

const METRICS: usize = 10;

fn metric<'a>(baseline: &'a [f64], candidate: &'a [f64]) -> Metric<'a> {
    let floor = Floor { relative: 0.10, absolute: 0.0 };
    Metric { name: "m", baseline, candidate, better: Better::Lower, floor }
}

fn one(metric: Metric<'_>) -> Comparison {
    compare(&[metric], Confidence::P95).unwrap().remove(0)
}

/// Runs of a median near 100 with noise of 8 %, of which the share `disturbed` was slowed down by up to
/// twice.
fn runs(random: &mut Random, count: usize, factor: f64, disturbed: f64) -> Vec<f64> {
    let run = |random: &mut Random| {
        let slow = if random.uniform() < disturbed { 1.0 + random.uniform() } else { 1.0 };
        100.0 * factor * (0.08 * random.normal()).exp() * slow
    };
    (0..count).map(|_| run(random)).collect()
}

/// How to simulate suites of ten metrics; `factor` applies to the candidate of the first.
struct Suites {
    count: usize,
    runs: usize,
    factor: f64,
    disturbed: f64,
    floor: Floor,
}

impl Suites {
    fn compare(&self) -> Vec<Vec<Comparison>> {
        let mut random = Random::new(7);
        (0..self.count).map(|_| self.suite(&mut random)).collect()
    }

    fn suite(&self, random: &mut Random) -> Vec<Comparison> {
        let mut runs = |factor| runs(random, self.runs, factor, self.disturbed);
        let factors = (0..METRICS).map(|metric| if metric == 0 { self.factor } else { 1.0 });
        let pairs: Vec<_> = factors.map(|factor| (runs(1.0), runs(factor))).collect();
        let metrics: Vec<_> = pairs
            .iter()
            .map(|(old, new)| Metric { floor: self.floor, ..metric(old, new) })
            .collect();
        compare(&metrics, Confidence::P95).unwrap()
    }
}

fn is_change(comparison: &Comparison) -> bool {
    matches!(comparison.outcome, Outcome::Regressed | Outcome::Improved)
}

#[test]
fn identical_programs_are_seldom_called_different() {
    // Without a floor, so that it is the test alone that holds the line.
    let floor = Floor { relative: 0.0, absolute: 0.0 };
    let suites = Suites { count: 600, runs: 8, factor: 1.0, disturbed: 0.1, floor }.compare();
    let wrong = suites.iter().filter(|suite| suite.iter().any(is_change)).count();
    println!("A/A: {wrong} of 600 suites of ten metrics, 8 runs a side");
    // 5 % of 600, and two standard deviations.
    assert!(wrong <= 41, "{wrong} of 600");
}

#[test]
fn a_slowdown_of_thirty_percent_is_mostly_found_and_the_rest_left_alone() {
    let floor = Floor::default();
    // Disturbed runs hide it from eight a side; it takes twelve.
    for (runs, disturbed, fewest) in [(8, 0.0, 180), (8, 0.1, 100), (12, 0.1, 170)] {
        let suites = Suites { count: 200, runs, factor: 1.3, disturbed, floor }.compare();
        let found = suites.iter().filter(|suite| suite[0].outcome == Outcome::Regressed).count();
        let wrong = suites.iter().filter(|suite| suite[1..].iter().any(is_change)).count();
        println!("+30 %, {runs} runs, {disturbed} disturbed: found {found}, wrong {wrong} of 200");
        assert!(found >= fewest && wrong <= 10, "{found}, {wrong}");
    }
}

#[test]
fn unchanged_means_that_the_interval_lies_within_the_floor() {
    let old = [100.0, 101.0, 99.0, 100.5, 99.5, 100.2];
    let same = one(metric(&old, &old));
    assert_eq!(same.outcome, Outcome::Unchanged);
    assert!(same.shift.is_within(10.0));

    // The same medians, and an interval that reaches beyond 10 %.
    let noisy = [60.0, 140.0, 99.0, 100.5, 75.0, 130.0];
    let seen = one(metric(&old, &noisy));
    let Outcome::NotEnoughEvidence { runs_needed: Some(more) } = seen.outcome else {
        panic!("{seen:?}")
    };
    assert!((10..200).contains(&more), "{more}");
}

#[test]
fn a_change_beyond_the_floor_is_seldom_called_none() {
    for factor in [0.88, 1.12] {
        let floor = Floor::default();
        let suites = Suites { count: 150, runs: 8, factor, disturbed: 0.0, floor }.compare();
        let is_wrong = |suite: &&Vec<Comparison>| suite[0].outcome == Outcome::Unchanged;
        let wrong = suites.iter().filter(is_wrong).count();
        println!("a change by {factor} was called none in {wrong} of 150");
        assert!(wrong <= 7, "{wrong} of 150");
    }
}

#[test]
fn a_sure_change_within_either_floor_is_none() {
    let old = [15.0, 15.1, 15.2, 14.9, 15.05, 15.15];
    let new = old.map(|ns| ns + 3.0);
    let with =
        |relative, absolute| Metric { floor: Floor { relative, absolute }, ..metric(&old, &new) };
    assert_eq!(one(with(0.10, 2.0)).outcome, Outcome::Regressed);
    assert_eq!(one(with(0.10, 5.0)).outcome, Outcome::Unchanged);
    assert_eq!(one(with(0.30, 2.0)).outcome, Outcome::Unchanged);
    let higher = Metric { better: Better::Higher, ..with(0.10, 2.0) };
    assert_eq!(one(higher).outcome, Outcome::Improved);
}

#[test]
fn too_few_runs_are_told_how_many_are_missing() {
    let (old, new) = ([100.0, 101.0, 102.0], [200.0, 201.0, 202.0]);
    // 2 / (6 choose 3) is 10 %; four a side reach 2.9 %, six a side 0.2 %, which is below 5 % of ten.
    let needs = |more| Outcome::NotEnoughEvidence { runs_needed: Some(more) };
    assert_eq!(one(metric(&old, &new)).outcome, needs(1));
    let ten = compare(&[metric(&old, &new); 10], Confidence::P95).unwrap();
    assert!(ten.iter().all(|comparison| comparison.outcome == needs(3)));
    // Four a side have an interval, and cannot be sure of one in ten.
    let (old, new) = ([100.0, 101.0, 102.0, 103.0], [200.0, 201.0, 202.0, 203.0]);
    let ten = compare(&[metric(&old, &new); 10], Confidence::P95).unwrap();
    assert!(ten.iter().all(|comparison| comparison.outcome == needs(2)));
    assert_eq!(needs(1).to_string(), "not enough evidence, 1 more run each");
}

#[test]
fn one_metric_of_many_needs_more_runs_than_one_alone() {
    let old = [100.0, 80.0, 120.0, 95.0, 105.0, 70.0, 130.0, 101.0];
    let new = [115.0, 95.0, 136.0, 109.0, 121.0, 84.0, 146.0, 117.0];
    let needed = |count| {
        let metrics = vec![metric(&old, &new); count];
        match compare(&metrics, Confidence::P95).unwrap()[0].outcome {
            Outcome::NotEnoughEvidence { runs_needed: Some(more) } => more,
            outcome => panic!("{outcome}"),
        }
    };
    assert!(needed(10) > needed(1) + 5, "{}, {}", needed(10), needed(1));
}

#[test]
fn the_runs_asked_for_are_mostly_enough() {
    let mut random = Random::new(3);
    let (mut asked, mut decided) = (0, 0);
    for _ in 0..300 {
        let (old, new) = (runs(&mut random, 6, 1.0, 0.1), runs(&mut random, 6, 1.0, 0.1));
        let needed = match one(metric(&old, &new)).outcome {
            Outcome::NotEnoughEvidence { runs_needed: Some(more) } if more < 200 => more,
            _ => continue,
        };
        asked += 1;
        let (old, new) =
            (runs(&mut random, 6 + needed, 1.0, 0.1), runs(&mut random, 6 + needed, 1.0, 0.1));
        let again = one(metric(&old, &new)).outcome;
        decided += usize::from(!matches!(again, Outcome::NotEnoughEvidence { .. }));
    }
    println!("the runs asked for decided {decided} of {asked}");
    assert!(asked > 50 && decided * 2 > asked, "{decided} of {asked}");
}

#[test]
fn counts_that_never_vary_are_compared_too() {
    let seen = one(metric(&[1_000.0; 8], &[1_300.0; 8]));
    assert_eq!((seen.outcome, seen.relative_shift), (Outcome::Regressed, Some(0.3)));
    assert_eq!(one(metric(&[1_000.0; 8], &[1_000.0; 8])).outcome, Outcome::Unchanged);
    // Of nothing there is no share; the absolute floor is what is left.
    let from_zero = one(metric(&[0.0; 8], &[5.0; 8]));
    assert_eq!((from_zero.outcome, from_zero.relative_shift), (Outcome::Regressed, None));
}

#[test]
fn what_cannot_be_compared_is_an_error_with_the_metrics_name() {
    let fine = [1.0; 8];
    let problem = |metric: Metric<'_>| {
        let error = compare(&[self::metric(&fine, &fine), metric], Confidence::P95).unwrap_err();
        assert_eq!(error.name, "m");
        error.problem
    };
    assert_eq!(problem(metric(&[], &fine)), InvalidValues::TooFew { needed: 1 });
    assert_eq!(problem(metric(&fine, &[])), InvalidValues::TooFew { needed: 1 });
    assert_eq!(problem(metric(&fine, &[1.0; 1_001])), InvalidValues::TooMany { most: 1_000 });
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let not_finite = InvalidValues::NotFinite { index: 1 };
        assert_eq!(problem(metric(&fine, &[1.0, wrong])), not_finite);
        let floor = Floor { relative: wrong, absolute: 0.0 };
        assert_eq!(problem(Metric { floor, ..metric(&fine, &fine) }), InvalidValues::InvalidFloor);
    }
    let floor = Floor { relative: 0.1, absolute: -1.0 };
    assert_eq!(problem(Metric { floor, ..metric(&fine, &fine) }), InvalidValues::InvalidFloor);
    // Finite, and their difference is not: no panic.
    assert!(compare(&[metric(&[f64::MAX; 8], &[f64::MIN; 8])], Confidence::P95).is_ok());
    assert_eq!(compare(&[], Confidence::P95), Ok(vec![]));
}
