//! Leaks: what is told from what, how often, and what is said of it.

use crate::leak_shapes::shapes;
use crate::random::Random;
use perf_analysis::{
    Amount, InvalidValues, LeakGrade, LeakVerdict, gauge_points, leak, mann_kendall,
};
use perf_core::{Clock, Profiler};
use std::time::Duration;

const MIB: f64 = 1_048_576.0;

/// The table of the documentation is of 1,000 series each; these are the first of them.
const SERIES: usize = if cfg!(debug_assertions) { 60 } else { 1_000 };

#[test]
fn each_shape_has_each_grade_as_often_as_is_documented() {
    println!("| series | none | growing | sustained | leak |");
    let mut wrong = Vec::new();
    for shape in shapes() {
        let mut seen = [0; 4];
        let mut random = Random::new(2_027);
        for _ in 0..SERIES {
            seen[verdict(&shape.series(&mut random)).grade as usize] += 1;
        }
        let shares = seen.map(|count| f64::from(count) / SERIES as f64);
        let written = shares.map(|share| format!("{:.1}", 100.0 * share));
        println!("| {} | {} |", shape.name, written.join(" | "));
        for (share, percent) in shares.iter().zip(shape.percent) {
            let claimed = percent / 100.0;
            // Three standard deviations of so many series, and what the table is rounded by.
            let off = 3.0 * (claimed * (1.0 - claimed) / SERIES as f64).sqrt() + 0.006;
            if (share - claimed).abs() > off {
                wrong.push(format!("{}: {written:?}, not {:?}", shape.name, shape.percent));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_trend_test_alone_would_call_warm_ups_caches_and_steps_leaks() {
    for shape in shapes() {
        let mut random = Random::new(3);
        let rises = |_: &i32| {
            let values: Vec<f64> =
                shape.series(&mut random).iter().step_by(3).map(|point| point.1).collect();
            let test = mann_kendall(&values).unwrap();
            test.s > 0 && test.p <= 0.05
        };
        let rising = (0..20).filter(rises).count();
        println!("{}: {rising} of 20", shape.name);
        if ["cache", "warm-up, τ 5", "steps of 20"].iter().any(|part| shape.name.contains(part)) {
            assert_eq!(rising, 20, "{}", shape.name);
        }
    }
}

#[test]
fn the_interval_holds_the_true_rate_as_often_as_it_says() {
    let mut random = Random::new(11);
    let holds = |_: &usize| {
        let rate = verdict(&hour(|seconds| 60.0 * seconds / 3_600.0, &mut random)).rate_per_hour;
        (rate.low.unwrap()..=rate.high.unwrap()).contains(&(60.0 * MIB))
    };
    let held = (0..SERIES).filter(holds).count();
    println!("the interval held the rate in {held} of {SERIES}");
    // The part that is judged is chosen by the same points, which costs a little.
    assert!(held as f64 >= 0.9 * SERIES as f64, "{held} of {SERIES}");
}

#[test]
fn a_leak_is_told_with_its_rate_and_its_reasons() {
    let seen = verdict(&hour(|seconds| 120.0 * seconds / 3_600.0, &mut Random::new(1)));
    assert_eq!((seen.grade, seen.since), (LeakGrade::SuspectedLeak, Some(0.0)));
    assert_eq!((seen.points, seen.span.as_secs(), seen.judged.as_secs()), (361, 3_600, 2_400));
    let text = seen.to_string();
    assert!(text.starts_with("suspected leak: it grew by 7"), "{text}");
    for part in ["MiB in the last 40min: 1", "the first 20min are left out", "does not level off"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_leak_that_began_later_says_since_when() {
    let late = |seconds: f64| 240.0 * (seconds - 1_800.0).max(0.0) / 3_600.0;
    let seen = verdict(&hour(late, &mut Random::new(1)));
    let since = seen.since.unwrap();
    assert_eq!(seen.grade, LeakGrade::SuspectedLeak);
    assert!((1_600.0..=1_900.0).contains(&since), "{since}");
    assert!(seen.reasons[1].contains("min it rose more slowly"), "{seen}");
}

#[test]
fn warm_up_steps_caches_and_what_is_given_back_are_named() {
    let mut random = Random::new(1);
    let warm_up = |seconds: f64| 100.0 * (1.0 - (-seconds / 200.0).exp());
    let seen = verdict(&hour(warm_up, &mut random));
    assert_eq!((seen.grade, seen.since), (LeakGrade::NotGrowing, None));
    assert!(seen.to_string().contains("left out as warm-up, it grew by 9"), "{seen}");

    let step = |seconds: f64| if seconds < 2_400.0 { 0.0 } else { 64.0 };
    let seen = verdict(&hour(step, &mut random));
    assert_eq!(seen.grade, LeakGrade::Growing);
    assert!(
        seen.to_string().contains("MiB came at once, about 20min before the end: a step"),
        "{seen}"
    );

    let cache = |seconds: f64| 100.0 * (1.0 - (-seconds / 1_800.0).exp());
    let seen = verdict(&hour(cache, &mut random));
    assert_eq!(seen.grade, LeakGrade::SustainedGrowth);
    assert!(seen.to_string().contains("it may level off, as a cache does"), "{seen}");

    let restart = |seconds: f64| 60.0 * (seconds % 3_000.0) / 3_600.0;
    let seen = verdict(&hour(restart, &mut random));
    assert!(seen.grade <= LeakGrade::Growing);
    assert!(seen.to_string().contains("MiB higher, and that was given back"), "{seen}");
}

#[test]
fn ten_minutes_are_never_called_a_leak() {
    let rising: Vec<_> =
        (0..600).map(|second| (f64::from(second), 1e9 + 1e6 * f64::from(second))).collect();
    let seen = verdict(&rising);
    assert_eq!(seen.grade, LeakGrade::SustainedGrowth);
    assert!(seen.to_string().contains("not called a leak: programs warm up"), "{seen}");
}

#[test]
fn the_time_to_a_limit_is_what_is_left_at_the_rate() {
    // One a second for an hour.
    let points = (0..=360).map(|i| (10.0 * f64::from(i), 1e4 + 10.0 * f64::from(i)));
    let seen = leak(&points.collect::<Vec<_>>(), Amount::Count).unwrap();
    assert_eq!((seen.grade, seen.peak), (LeakGrade::SuspectedLeak, 13_600.0));
    let left = seen.time_to(20_800.0).unwrap();
    assert!((left.expected.as_secs_f64() - 7_200.0).abs() < 36.0, "{left:?}");
    assert!(left.earliest <= left.expected && left.expected <= left.latest.unwrap());
    assert_eq!(left.to_string(), "2h, between 2h and 2h");
    assert_eq!(seen.time_to(5_000.0).unwrap().expected, Duration::ZERO);
    assert_eq!(seen.time_to(f64::INFINITY).unwrap().expected, Duration::MAX);
    assert_eq!(seen.time_to(f64::NAN), None);
    // What is not sustained does not go on.
    let flat = verdict(&hour(|_| 0.0, &mut Random::new(1)));
    assert_eq!((flat.grade, flat.time_to(1e12)), (LeakGrade::NotGrowing, None));
}

#[test]
fn the_intervals_of_a_long_window_say_what_its_points_do() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let memory = profiler.gauge("process_resident_memory_bytes");
    let timeline = profiler.timeline();
    // More than an hour, so that all but a few minutes of it are known by the minute only.
    for tick in 0..800 {
        let tooth = f64::from(tick % 25) * MIB;
        memory.set(200.0 * MIB + tooth + 0.1 * MIB * f64::from(tick));
        hand.advance(Duration::from_secs(5));
        timeline.tick();
    }
    let window = timeline.window(Duration::from_secs(3_600));
    let points = gauge_points(&window, "process_resident_memory_bytes", &[], |range| range.min);
    assert!(points.len() < 150, "{}", points.len());
    let seen = verdict(&points);
    assert_eq!(seen.grade, LeakGrade::SuspectedLeak, "{seen}");
    // 0.1 MiB in 5 s.
    assert!((seen.rate_per_hour.value / MIB - 72.0).abs() < 4.0, "{seen}");
}

#[test]
fn what_is_no_series_is_an_error() {
    let of = |points: &[(f64, f64)]| leak(points, Amount::Bytes).map(|seen| seen.grade);
    let flat: Vec<_> = (0..30).map(|i| (f64::from(i), 1.0)).collect();
    assert_eq!(of(&flat), Ok(LeakGrade::NotGrowing));
    assert_eq!(of(&flat[1..]), Err(InvalidValues::TooFew { needed: 30 }));
    let with = |index: usize, point| {
        let mut points = flat.clone();
        points[index] = point;
        of(&points)
    };
    assert_eq!(with(3, (3.0, f64::NAN)), Err(InvalidValues::NotFinite { index: 3 }));
    assert_eq!(with(4, (f64::INFINITY, 1.0)), Err(InvalidValues::NotFinite { index: 4 }));
    assert_eq!(with(5, (4.0, 1.0)), Err(InvalidValues::NotLater { index: 5 }));
    assert_eq!(with(29, (1e4, 1.0)), Err(InvalidValues::TooUneven));
    // Finite, and their differences are not: no panic.
    let extreme = |i: i32| if i % 2 == 0 { f64::MAX } else { f64::MIN };
    let wild: Vec<_> = (0..60).map(|i| (f64::from(i), extreme(i))).collect();
    assert!(of(&wild).is_ok());
    let far: Vec<_> =
        (0..60).map(|i| (f64::MAX / 60.0 * f64::from(i - 30), f64::from(i))).collect();
    assert!(of(&far).is_ok());
}

fn verdict(points: &[(f64, f64)]) -> LeakVerdict {
    leak(points, Amount::Bytes).unwrap()
}

/// An hour by ten seconds: so many MiB above 200 by the second, and noise of 1 MiB.
fn hour(value: impl Fn(f64) -> f64, random: &mut Random) -> Vec<(f64, f64)> {
    let point = |index| {
        let seconds = 10.0 * f64::from(index);
        (seconds, MIB * (200.0 + value(seconds) + random.normal()))
    };
    (0..=360).map(point).collect()
}
