//! Stability: the score, its words, and what it leaves to the outliers.

use crate::random::Random;
use perf_analysis::{InvalidValues, Rating, stability};

#[test]
fn the_score_of_normal_noise_is_one_less_its_relative_deviation() {
    let mut random = Random::new(2);
    let ratings = [(0.02, Rating::VeryStable), (0.07, Rating::Stable), (0.17, Rating::Variable)];
    for (deviation, rating) in ratings.into_iter().chain([(0.4, Rating::Unstable)]) {
        let values: Vec<f64> =
            (0..2_000).map(|_| 50.0 * (1.0 + deviation * random.normal())).collect();
        let seen = stability(&values).unwrap();
        assert!((seen.score - (1.0 - deviation)).abs() < 0.1 * deviation, "{seen:?}");
        assert_eq!(seen.rating, rating);
        assert!(seen.outliers <= 2, "{seen:?}");
    }
}

#[test]
fn a_few_wild_values_are_counted_and_change_no_score() {
    let mut values: Vec<f64> = (0..60).map(|i| 100.0 + f64::from(i % 5)).collect();
    let steady = stability(&values).unwrap();
    values[7] = 10_000.0;
    values[30] = 5_000.0;
    let seen = stability(&values).unwrap();
    assert_eq!((seen.rating, seen.outliers, seen.values), (Rating::VeryStable, 2, 60));
    assert!((seen.score - steady.score).abs() < 0.01);
}

#[test]
fn an_outlier_is_further_off_than_five_times_the_spread() {
    // Half of the values are 1 or more from 100, so the deviation is 1.4826.
    let around = |last: f64| [99.0, 101.0, 99.0, 101.0, 100.0, 100.0, 98.5, 101.5, last];
    assert_eq!(stability(&around(107.0)).unwrap().outliers, 0);
    assert_eq!(stability(&around(108.0)).unwrap().outliers, 1);
}

#[test]
fn zero_is_steady_when_it_is_usual_and_unsteady_around_it() {
    let none_failed = stability(&[0.0; 8]).unwrap();
    assert_eq!((none_failed.score, none_failed.outliers), (1.0, 0));
    let one_bad = stability(&[0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]).unwrap();
    assert_eq!((one_bad.rating, one_bad.outliers), (Rating::VeryStable, 1));
    let around = stability(&[-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!((around.score, around.spread), (0.0, f64::INFINITY));
    assert_eq!(around.rating.to_string(), "unstable");
}

#[test]
fn what_has_no_score_is_an_error() {
    assert_eq!(stability(&[]), Err(InvalidValues::TooFew { needed: 8 }));
    assert_eq!(stability(&[1.0; 7]), Err(InvalidValues::TooFew { needed: 8 }));
    let mut values = [1.0; 9];
    values[8] = f64::NAN;
    assert_eq!(stability(&values), Err(InvalidValues::NotFinite { index: 8 }));
    assert!(stability(&[f64::MAX, f64::MIN].repeat(8)).is_ok());
}
