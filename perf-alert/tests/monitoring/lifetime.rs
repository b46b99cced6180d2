//! How it ends.

use crate::{AGES, PATIENCE, record_slow, rules, told, until_told};
use perf_alert::{HandlerOptions, Monitoring, Notification};
use perf_core::Profiler;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

#[test]
fn dropped_it_ends_at_once_whatever_its_interval_is() {
    let profiler = Profiler::new();
    let monitoring = Monitoring::new(&profiler, rules()).interval(AGES);
    let (monitoring, told) = told(monitoring);
    let monitoring = monitoring.spawn_monitoring().unwrap();
    record_slow(&profiler);
    until_told(&monitoring);
    let begun = Instant::now();
    drop(monitoring);
    assert!(begun.elapsed() < PATIENCE);
    assert!(told.recv_timeout(PATIENCE).is_ok(), "what was told before is said");
    assert!(told.recv_timeout(PATIENCE).is_err(), "the handler is gone, and its thread with it");
}

#[test]
fn what_a_hung_handler_leaves_is_counted_at_the_stop() {
    let (_release, hold) = channel::<()>();
    let profiler = Profiler::new();
    let hang = move |_: &Notification| {
        let _ = hold.recv();
    };
    let monitoring = Monitoring::new(&profiler, rules())
        .interval(AGES)
        .drain(Duration::from_millis(50))
        .handler("hung", hang, HandlerOptions::new())
        .spawn_monitoring()
        .unwrap();
    record_slow(&profiler);
    until_told(&monitoring);
    let totals = monitoring.stop();
    let hung = &totals.delivery.handlers[0];
    assert_eq!((hung.sent, hung.dropped.left, hung.waiting), (0, 1, 0), "{hung:?}");
    assert_eq!(monitoring.stop().delivery.handlers[0].dropped.left, 1, "once");
}

#[test]
fn after_the_stop_it_can_be_asked_and_tells_nobody() {
    let profiler = Profiler::new();
    let (monitoring, told) = told(Monitoring::new(&profiler, rules()).interval(AGES));
    let monitoring = monitoring.spawn_monitoring().unwrap();
    monitoring.stop();
    record_slow(&profiler);
    until_told(&monitoring);
    assert!(told.recv().is_err());
    assert_eq!(monitoring.alert_summary().active.len(), 1);
    assert_eq!(monitoring.totals().delivery.handlers[0].dropped.left, 1);
}
