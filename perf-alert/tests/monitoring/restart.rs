//! What outlives the process.

use crate::{AGES, PATIENCE, record_slow, rules, told, until, until_told};
use perf_alert::{
    Alert, Handler, HandlerError, HandlerOptions, Labels, Loaded, Monitoring, MonitoringError,
    Notification, Reason, Severity, Silence,
};
use perf_core::Profiler;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant, SystemTime};

#[test]
fn what_fires_and_is_silenced_goes_on_in_the_next_process_and_is_not_told_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.state");
    let hour = SystemTime::now() + Duration::from_secs(3_600);
    let started = {
        let profiler = Profiler::new();
        let monitoring = Monitoring::new(&profiler, rules()).interval(AGES).state_file(&path);
        let monitoring = monitoring.spawn_monitoring().unwrap();
        assert_eq!(monitoring.totals().state.unwrap().loaded, Loaded::Nothing);
        record_slow(&profiler);
        assert_eq!(until_told(&monitoring), Reason::Fired);
        monitoring.silence(Silence::until(hour, [r#"operation="x""#.parse().unwrap()]));
        monitoring.alert_summary().active[0].started
    };

    let profiler = Profiler::new();
    let (monitoring, told) = told(Monitoring::new(&profiler, rules()).interval(AGES));
    let monitoring = monitoring.state_file(&path).spawn_monitoring().unwrap();
    assert_eq!(monitoring.totals().state.unwrap().loaded, Loaded::State);
    let summary = monitoring.alert_summary();
    assert_eq!((summary.total, summary.active[0].started), (1, started));
    assert_eq!(monitoring.silences().len(), 1);
    record_slow(&profiler);
    assert_eq!(monitoring.evaluate_now(), []);

    (0..100_000).for_each(|_| profiler.record("search", Duration::from_millis(1)));
    assert_eq!(until_told(&monitoring), Reason::Resolved);
    let over = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(over.alerts[0].started, started);
}

/// Remembers what it goes on with.
struct Resumes(Sender<Vec<(Labels, Severity)>>);

impl Handler for Resumes {
    fn handle(&mut self, _: &Notification, _: Instant) -> Result<(), HandlerError> {
        Ok(())
    }

    fn resume(&mut self, firing: &[Alert]) {
        let told = firing.iter().map(|alert| (alert.labels.clone(), alert.severity));
        let _ = self.0.send(told.collect());
    }
}

#[test]
fn a_handler_goes_on_with_what_fires_and_was_told_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.state");
    let start = |profiler: &Profiler| {
        let (sender, resumed) = channel();
        let monitoring = Monitoring::new(profiler, rules()).interval(AGES).state_file(&path);
        let monitoring = monitoring.label("instance", "search-1");
        let monitoring = monitoring.handler("am", Resumes(sender), HandlerOptions::new());
        (monitoring.spawn_monitoring().unwrap(), resumed)
    };
    let profiler = Profiler::new();
    let (monitoring, resumed) = start(&profiler);
    record_slow(&profiler);
    assert_eq!(until_told(&monitoring), Reason::Fired);
    let mut labels = monitoring.alert_summary().active[0].labels.clone();
    labels.insert("instance".to_owned(), "search-1".to_owned());
    drop(monitoring);
    assert!(resumed.try_recv().is_err(), "there was nothing to go on with");

    let (_monitoring, resumed) = start(&Profiler::new());
    assert_eq!(resumed.recv_timeout(PATIENCE).unwrap(), [(labels, Severity::Warning)]);
}

#[test]
fn what_has_changed_is_in_the_file_before_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.state");
    let profiler = Profiler::new();
    let monitoring = Monitoring::new(&profiler, rules()).interval(AGES).state_file(&path);
    let monitoring = monitoring.spawn_monitoring().unwrap();
    monitoring.evaluate_now();
    assert_eq!(monitoring.totals().state.unwrap().saved, 0, "nothing has changed");
    record_slow(&profiler);
    until_told(&monitoring);
    until("the state", || std::fs::read_to_string(&path).unwrap().contains("Firing").then_some(()));
    // A process that is killed now leaves this file.
    until("the count", || (monitoring.totals().state.unwrap().saved > 0).then_some(()));
}

#[test]
fn a_file_that_is_no_state_is_set_aside_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.state");
    std::fs::write(&path, "half a st").unwrap();
    let monitoring = Monitoring::new(&Profiler::new(), rules()).state_file(&path);
    let totals = monitoring.spawn_monitoring().unwrap().stop();
    let Loaded::SetAside { renamed, why } = totals.state.unwrap().loaded else { panic!() };
    assert_eq!(std::fs::read_to_string(&renamed).unwrap(), "half a st");
    assert!(!why.is_empty());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("{\"perfkit_alerts\""));
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_of_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no folder").join("alerts.state");
    let monitoring = Monitoring::new(&Profiler::new(), rules()).state_file(&path);
    let error = monitoring.spawn_monitoring().unwrap_err();
    assert!(matches!(error, MonitoringError::StateFile { .. }), "{error:?}");
    assert!(error.to_string().contains("no folder"), "{error}");
}

#[test]
fn a_state_that_cannot_be_written_is_counted_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let path = inside.join("alerts.state");
    let monitoring = Monitoring::new(&Profiler::new(), rules()).interval(AGES).state_file(&path);
    let monitoring = monitoring.spawn_monitoring().unwrap();
    std::fs::remove_dir_all(&inside).unwrap();
    let hour = SystemTime::now() + Duration::from_secs(3_600);
    monitoring.silence(Silence::until(hour, [r#"operation="x""#.parse().unwrap()]));
    let state = || monitoring.totals().state.unwrap();
    until("a failure", || (state().failed == 1).then_some(()));
    assert!(state().last_error.is_some());
    std::fs::create_dir(&inside).unwrap();
    monitoring.evaluate_now();
    until("the state", || (state().saved == 1).then_some(()));
    assert!(std::fs::read_to_string(&path).unwrap().contains("operation"));
}

#[test]
#[cfg(unix)]
fn a_disk_that_hangs_holds_up_neither_rounds_nor_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.state");
    let profiler = Profiler::new();
    let (monitoring, told) = told(Monitoring::new(&profiler, rules()).interval(AGES));
    let monitoring = monitoring.drain(Duration::from_millis(50)).state_file(&path);
    let monitoring = monitoring.spawn_monitoring().unwrap();
    // Nobody ever reads it, so that whoever opens it to write hangs.
    let pipe = folder.path().join("alerts.state.new");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    for minute in 1..100 {
        let then = SystemTime::now() + Duration::from_secs(60 * minute);
        monitoring.silence(Silence::until(then, [r#"operation="x""#.parse().unwrap()]));
    }
    record_slow(&profiler);
    assert_eq!(until_told(&monitoring), Reason::Fired);
    assert!(told.recv_timeout(PATIENCE).is_ok());
    let state = monitoring.stop().state.unwrap();
    assert_eq!((state.saved, state.failed), (0, 0), "it hangs all the while");
}
