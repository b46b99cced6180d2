//! Conditions on one request: the goodput.

use crate::{manual, ms, sla};
use perf_core::{ManualClock, Profiler};
use perf_sla::{Check, Status};

const GOOD: &str =
    "latency <= 2s and retrieval <= 100ms and retrieval.hit and tokens_per_second >= 20";

fn text(good: &str) -> String {
    format!(
        "[[objectives]]\nname = \"good answers\"\ngood = \"{good}\"\ntarget = \"80%\"\nconfidence = \"point\"\n"
    )
}

struct Answer {
    total: u64,
    retrieval: u64,
    hit: bool,
    speed: f64,
}

const FINE: Answer = Answer { total: 2_000, retrieval: 100, hit: true, speed: 20.0 };

fn answer(profiler: &Profiler, hand: &ManualClock, answer: &Answer, failed: bool) {
    let request = profiler.request("answer");
    request.log_stage("retrieval", ms(answer.retrieval), [("hit", answer.hit)]);
    request.metadata("tokens_per_second", answer.speed);
    hand.advance(ms(answer.total));
    if failed {
        request.mark_failure_with("timeout");
    }
    request.end();
}

fn watched(good: &str) -> (Profiler, ManualClock) {
    let (profiler, hand) = manual();
    sla(&text(good)).watch(&profiler).unwrap();
    (profiler, hand)
}

fn judge(good: &str, profiler: &Profiler) -> Check {
    crate::check(&text(good), &profiler.snapshot())
}

#[test]
fn a_request_is_good_only_if_it_meets_every_term() {
    let (profiler, hand) = watched(GOOD);
    let mut good = 0;
    for (one, failed, is_good) in [
        (FINE, false, true),
        (FINE, true, false),
        (Answer { total: 2_001, ..FINE }, false, false),
        (Answer { retrieval: 101, ..FINE }, false, false),
        (Answer { hit: false, ..FINE }, false, false),
        (Answer { speed: 19.9, ..FINE }, false, false),
        (Answer { speed: 100.0, retrieval: 1, total: 1, ..FINE }, false, true),
    ] {
        answer(&profiler, &hand, &one, failed);
        good += u64::from(is_good);
        let check = judge(GOOD, &profiler);
        assert_eq!(check.bad, Some((check.samples - good, check.samples - good)));
    }
    assert_eq!(judge(GOOD, &profiler).samples, 7);
    assert_eq!(judge(GOOD, &profiler).status, Status::Violated);
}

#[test]
fn each_condition_alone_may_be_met_by_nine_of_ten_and_all_by_few() {
    let (profiler, hand) = watched(GOOD);
    for i in 0..10 {
        let one = Answer {
            total: if i == 0 { 3_000 } else { 100 },
            retrieval: if i == 1 { 200 } else { 50 },
            hit: i != 2,
            speed: if i == 3 { 5.0 } else { 50.0 },
        };
        answer(&profiler, &hand, &one, false);
    }
    let check = judge(GOOD, &profiler);
    assert_eq!((check.status, check.bad), (Status::Violated, Some((4, 4))));
}

#[test]
fn stages_of_one_name_count_together_and_what_is_missing_is_bad() {
    let (profiler, _) = watched("search <= 100ms and rank <= 1s");
    let run = |search: &[u64], rank: bool| {
        let request = profiler.request("answer");
        for millis in search {
            request.log_stage("search", ms(*millis), [] as [(&str, bool); 0]);
        }
        if rank {
            request.log_stage("rank", ms(1), [] as [(&str, bool); 0]);
        }
        request.end();
        judge("search <= 100ms and rank <= 1s", &profiler).bad.unwrap().0
    };
    assert_eq!(run(&[60, 40], true), 0);
    assert_eq!(run(&[60, 41], true), 1);
    assert_eq!(run(&[], true), 2);
    assert_eq!(run(&[60], false), 3);
}

#[test]
fn what_is_not_a_number_or_not_true_is_bad() {
    let good = "score >= 0.5 and checked";
    let (profiler, _) = watched(good);
    let run = |request: perf_core::Request| {
        request.end();
        judge(good, &profiler).bad.unwrap().0
    };
    let request = |score: f64, checked: bool| {
        let request = profiler.request("answer");
        request.metadata("score", score);
        request.metadata("checked", checked);
        request
    };
    assert_eq!(run(request(0.5, true)), 0);
    assert_eq!(run(request(f64::NAN, true)), 1);
    assert_eq!(run(request(0.5, false)), 2);
    let text = profiler.request("answer");
    text.metadata("score", "0.9");
    text.metadata("checked", "true");
    assert_eq!(run(text), 3);
}

#[test]
fn unwatched_requests_are_no_data() {
    let (profiler, hand) = manual();
    answer(&profiler, &hand, &FINE, false);
    assert_eq!(judge(GOOD, &profiler).status, Status::Inconclusive);
    assert_eq!(judge(GOOD, &profiler).samples, 0);
}

#[test]
fn a_timeline_knows_when_they_were() {
    let (profiler, hand) = watched(GOOD);
    let timeline = profiler.timeline();
    for second in 0..20 {
        let slow = Answer { total: 900, retrieval: 500, ..FINE };
        let one = if second < 10 { slow } else { Answer { total: 900, ..FINE } };
        answer(&profiler, &hand, &one, false);
        hand.advance(ms(100));
        timeline.tick();
    }
    let sla = sla(&text(GOOD));
    let check = sla.evaluate_timeline(&timeline, None).checks()[0].clone();
    assert_eq!((check.samples, check.bad), (20, Some((10, 10))));
    let events = sla.events_of_timeline(&timeline);
    let bad: Vec<u64> = events.of("good answers").iter().map(|events| events.bad.1).collect();
    assert_eq!(bad.iter().sum::<u64>(), 10);
    assert_eq!(bad[bad.len() - 10..], [0; 10]);
}
