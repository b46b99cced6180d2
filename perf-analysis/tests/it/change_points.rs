//! Change points: what jumps, what only wobbles, and what rises slowly.

use crate::random::Random;
use perf_analysis::{ChangePoint, Confidence, Floor, InvalidValues, change_points};

const NO_FLOOR: Floor = Floor { relative: 0.0, absolute: 0.0 };

/// Twice the deviation of noise around 100.
const BEYOND_NOISE: Floor = Floor { relative: 0.02, absolute: 0.0 };

/// Normal noise of deviation 1 around each of these levels, so many values each.
fn series(random: &mut Random, levels: &[(f64, usize)]) -> Vec<f64> {
    let level = |(level, count): &(f64, usize)| vec![*level; *count];
    levels.iter().flat_map(level).map(|level| level + random.normal()).collect()
}

fn found(values: &[f64], floor: Floor) -> Vec<ChangePoint> {
    change_points(values, floor, Confidence::P95).unwrap()
}

/// In how many of `count` series of these levels there are more than `expected` changes.
fn with_more_than(expected: usize, levels: &[(f64, usize)], count: usize, seed: u64) -> usize {
    let mut random = Random::new(seed);
    (0..count).filter(|_| found(&series(&mut random, levels), NO_FLOOR).len() > expected).count()
}

#[test]
fn noise_seldom_has_a_change() {
    for count in [8, 30, 100] {
        let wrong = with_more_than(0, &[(100.0, count)], 400, 5);
        println!("{count} values without a change: {wrong} of 400");
        // 5 % of 400, and two standard deviations.
        assert!(wrong <= 29, "{wrong} of 400");
    }
}

#[test]
fn beside_a_change_there_is_seldom_another() {
    for levels in [&[(100.0, 15), (103.0, 15)][..], &[(100.0, 10), (103.0, 10), (106.0, 10)]] {
        let wrong = with_more_than(levels.len() - 1, levels, 400, 7);
        println!("more than there are in {wrong} of 400");
        assert!(wrong <= 29, "{wrong} of 400");
    }
}

#[test]
fn a_jump_of_three_deviations_is_found_where_it_is() {
    let mut random = Random::new(11);
    let (mut seen, mut near) = (0, 0);
    for _ in 0..400 {
        let changes = found(&series(&mut random, &[(100.0, 10), (103.0, 10)]), NO_FLOOR);
        seen += usize::from(!changes.is_empty());
        near += usize::from(changes.iter().any(|change| change.at.abs_diff(10) <= 1));
    }
    println!("found in {seen} of 400, beside its place in {near}");
    assert!(seen >= 396 && near >= 376, "{seen} and {near} of 400");
}

#[test]
fn each_of_several_levels_is_told_by_its_median() {
    let levels = [(100.0, 20), (120.0, 30), (90.0, 25), (94.0, 25)];
    let values = series(&mut Random::new(2), &levels);
    let changes = found(&values, BEYOND_NOISE);
    assert_eq!(changes.iter().map(|change| change.at).collect::<Vec<_>>(), [20, 50, 75]);
    for (change, pair) in changes.iter().zip(levels.windows(2)) {
        assert!((change.before - pair[0].0).abs() < 1.0 && (change.after - pair[1].0).abs() < 1.0);
        assert!(change.p_value > 0.0 && change.p_value <= 0.05, "{change:?}");
    }
    // Up and back again, for a while.
    let values = series(&mut Random::new(3), &[(100.0, 20), (104.0, 20), (100.0, 20)]);
    let places: Vec<_> = found(&values, BEYOND_NOISE).iter().map(|change| change.at).collect();
    assert_eq!(places, [20, 40]);
}

#[test]
fn a_change_has_three_values_on_either_side_and_a_wild_value_is_none() {
    let wild = |at: usize, count: usize| {
        let noise = series(&mut Random::new(4), &[(100.0, 40)]);
        let level = |(i, value)| if (at..at + count).contains(&i) { 900.0 } else { value };
        noise.into_iter().enumerate().map(level).collect::<Vec<f64>>()
    };
    for count in [1, 2] {
        assert_eq!(found(&wild(20, count), BEYOND_NOISE), []);
    }
    assert_eq!(found(&wild(39, 1), BEYOND_NOISE), []);
    let end = found(&wild(37, 3), BEYOND_NOISE);
    assert_eq!((end.len(), end[0].at, end[0].after), (1, 37, 900.0));
    let mut random = Random::new(6);
    for _ in 0..50 {
        let changes =
            found(&series(&mut random, &[(1.0, 9), (9.0, 4), (1.0, 5), (5.0, 9)]), BEYOND_NOISE);
        let places: Vec<_> =
            [0].into_iter().chain(changes.iter().map(|c| c.at)).chain([27]).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 3), "{places:?}");
    }
}

#[test]
fn values_that_are_all_one_and_too_few_have_no_change() {
    assert_eq!(found(&[3.0; 50], NO_FLOOR), []);
    assert_eq!(found(&[], NO_FLOOR), []);
    assert_eq!(found(&[1.0, 1.0, 1.0, 9.0, 9.0], NO_FLOOR), []);
    assert_eq!(found(&[1.0, 1.1, 1.2, 9.0, 9.1, 9.2, 9.3], NO_FLOOR), []);
    let eight = found(&[1.0, 1.1, 1.2, 1.3, 9.0, 9.1, 9.2, 9.3], NO_FLOOR);
    assert_eq!((eight.len(), eight[0].at), (1, 4));
    // It could be chance in one of 35.
    assert!((eight[0].p_value - 2.0 / 70.0).abs() < 0.015, "{eight:?}");
    let sure = Confidence::new(0.99).unwrap();
    assert_eq!(
        change_points(&[1.0, 1.1, 1.2, 1.3, 9.0, 9.1, 9.2, 9.3], NO_FLOOR, sure),
        Ok(vec![])
    );
    // Two values, of which one is the more frequent at first and the other later.
    let two = |i: i32| f64::from(1 + u8::from((i >= 40) != (i % 3 == 0)));
    let two = found(&(0..80).map(two).collect::<Vec<_>>(), NO_FLOOR);
    assert_eq!((two.len(), two[0].before, two[0].after), (1, 1.0, 2.0));
    assert!(two[0].at.abs_diff(40) <= 2, "{two:?}");
}

#[test]
fn a_steady_rise_is_reported_as_steps_that_all_go_up() {
    let mut random = Random::new(2);
    let rise: Vec<f64> =
        (0..60).map(|day| 100.0 + 0.5 * f64::from(day) + random.normal()).collect();
    let steps = found(&rise, NO_FLOOR);
    assert!(steps.len() > 3 && steps.iter().all(|step| step.after > step.before), "{steps:?}");
    let large = found(&rise, Floor::default());
    assert!(!large.is_empty() && large.len() < steps.len(), "{large:?}");
}

#[test]
fn a_change_that_does_not_matter_is_not_reported_and_hides_none_that_does() {
    let values = series(&mut Random::new(8), &[(100.0, 20), (104.0, 20), (150.0, 20)]);
    assert_eq!(found(&values, NO_FLOOR).len(), 2);
    let large = found(&values, Floor::default());
    assert_eq!((large.len(), large[0].at), (1, 40));
    // What is before it is all forty.
    assert!((101.0..103.0).contains(&large[0].before), "{large:?}");
    assert_eq!(found(&values, Floor { relative: 0.0, absolute: 60.0 }), []);
    // Two steps that are both too small, and large enough together.
    let stairs = series(&mut Random::new(9), &[(100.0, 20), (108.0, 20), (116.0, 20)]);
    assert_eq!(found(&stairs, NO_FLOOR).len(), 2);
    assert_eq!(found(&stairs, Floor::default()).len(), 1);
}

#[test]
fn what_cannot_be_divided_is_an_error() {
    let of = |values: &[f64]| change_points(values, Floor::default(), Confidence::P95);
    assert_eq!(of(&[1.0, f64::NAN]), Err(InvalidValues::NotFinite { index: 1 }));
    assert_eq!(of(&[f64::INFINITY]), Err(InvalidValues::NotFinite { index: 0 }));
    assert_eq!(of(&[1.0; 1_001]), Err(InvalidValues::TooMany { most: 1_000 }));
    assert_eq!(of(&[1.0; 1_000]), Ok(vec![]));
    let floor = Floor { relative: -0.1, absolute: 0.0 };
    assert_eq!(change_points(&[1.0; 9], floor, Confidence::P95), Err(InvalidValues::InvalidFloor));
    // Finite, and their difference is not.
    let far: Vec<f64> = (0..20).map(|i| if i < 10 { f64::MIN } else { f64::MAX }).collect();
    assert_eq!(of(&far).unwrap()[0].at, 10);
}

#[test]
fn a_clear_jump_is_found_at_its_place_once_it_has_lasted_for_four_values() {
    for count in [10, 20, 60, 200] {
        let mut random = Random::new(5);
        for _ in 0..20 {
            let values = series(&mut random, &[(100.0, count - 4), (200.0, 4)]);
            let changes = found(&values, Floor::default());
            assert_eq!((changes.len(), changes[0].at), (1, count - 4), "{values:?}");
        }
    }
}
