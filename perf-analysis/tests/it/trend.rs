//! Trends: what rises, what only wobbles, and what cannot be told.

use crate::random::Random;
use perf_analysis::{Confidence, Direction, Floor, InvalidValues, trend};

/// Points at uneven times: `slope` a unit of time and noise of 5 around 100.
fn points(random: &mut Random, count: usize, slope: f64) -> Vec<(f64, f64)> {
    let mut time = 0.0;
    let point = |_| {
        time += 0.2 + random.uniform();
        (time, 100.0 + slope * time + 5.0 * random.normal())
    };
    (0..count).map(point).collect()
}

fn direction(points: &[(f64, f64)], relative: f64) -> Direction {
    let floor = Floor { relative, absolute: 0.0 };
    trend(points, floor, Confidence::P95).unwrap().direction
}

#[test]
fn noise_is_seldom_called_a_trend() {
    // 30 points are judged exactly, 60 by the approximation.
    for count in [30, 60] {
        let mut random = Random::new(5);
        let is_wrong = |_: &i32| {
            let seen = direction(&points(&mut random, count, 0.0), 0.0);
            matches!(seen, Direction::Increasing | Direction::Decreasing)
        };
        let wrong = (0..400).filter(is_wrong).count();
        println!("{count} points without a trend: {wrong} of 400");
        // 5 % of 400, and two standard deviations.
        assert!(wrong <= 29, "{wrong} of 400");
    }
}

#[test]
fn the_interval_holds_the_true_slope_as_often_as_it_says() {
    for count in [20, 60] {
        let mut random = Random::new(9);
        let holds = |_: &i32| {
            let seen = trend(&points(&mut random, count, 0.5), Floor::default(), Confidence::P95);
            let slope = seen.unwrap().slope;
            (slope.low.unwrap()..=slope.high.unwrap()).contains(&0.5)
        };
        let held = (0..400).filter(holds).count();
        println!("{count} points: the interval held the slope in {held} of 400");
        assert!(held >= 371, "{held} of 400");
    }
}

#[test]
fn rising_falling_steady_and_too_noisy_are_told_apart() {
    let mut random = Random::new(1);
    assert_eq!(direction(&points(&mut random, 60, 1.0), 0.1), Direction::Increasing);
    assert_eq!(direction(&points(&mut random, 60, -0.6), 0.1), Direction::Decreasing);
    assert_eq!(direction(&points(&mut random, 60, 0.0), 0.1), Direction::Stable);
    assert_eq!(direction(&points(&mut random, 8, 0.0), 0.01), Direction::NotEnoughEvidence);
    // The slope could be 0.4 a unit: within 2 % of the value, but not so over the whole time.
    let unsure = points(&mut random, 20, 0.0);
    let seen = trend(&unsure, Floor { relative: 0.02, absolute: 0.0 }, Confidence::P95).unwrap();
    assert!(seen.slope.is_within(2.0) && seen.direction == Direction::NotEnoughEvidence);
    // Sure, and too small to matter.
    let slight: Vec<_> = (0..30).map(|i| (f64::from(i), 100.0 + 0.1 * f64::from(i))).collect();
    assert_eq!(direction(&slight, 0.1), Direction::Stable);
    assert_eq!(direction(&slight, 0.0), Direction::Increasing);
    // Four points cannot be sure, whatever they are.
    assert_eq!(direction(&slight[..4], 0.0), Direction::NotEnoughEvidence);
}

#[test]
fn what_is_no_series_is_an_error() {
    let of = |points: &[(f64, f64)]| trend(points, Floor::default(), Confidence::P95);
    assert_eq!(of(&[]), Err(InvalidValues::TooFew { needed: 2 }));
    assert_eq!(of(&[(0.0, 1.0)]), Err(InvalidValues::TooFew { needed: 2 }));
    assert_eq!(of(&[(0.0, 1.0), (0.0, 2.0)]), Err(InvalidValues::NotLater { index: 1 }));
    assert_eq!(of(&[(0.0, 1.0), (f64::NAN, 2.0)]), Err(InvalidValues::NotFinite { index: 1 }));
    assert_eq!(of(&[(0.0, f64::INFINITY), (1.0, 2.0)]), Err(InvalidValues::NotFinite { index: 0 }));
    let many: Vec<_> = (0..2_001).map(|i| (f64::from(i), 1.0)).collect();
    assert_eq!(of(&many), Err(InvalidValues::TooMany { most: 2_000 }));
    assert_eq!(of(&many[..2_000]).unwrap().direction, Direction::Stable);
    let floor = Floor { relative: f64::NAN, absolute: 0.0 };
    assert_eq!(trend(&many[..9], floor, Confidence::P95), Err(InvalidValues::InvalidFloor));
    // Finite, and their difference is not: no panic.
    assert!(of(&[(f64::MIN, f64::MAX), (f64::MAX, f64::MIN), (f64::INFINITY, 0.0)]).is_err());
    assert!(of(&[(f64::MIN, f64::MAX), (f64::MAX, f64::MIN)]).is_ok());
}
