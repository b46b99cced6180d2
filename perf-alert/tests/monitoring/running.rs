//! Rounds, by the thread and by hand.

use crate::{AGES, PATIENCE, SECOND, record_slow, rules, told, until, until_told};
use perf_alert::{
    FileHandler, HandlerOptions, Monitoring, MonitoringError, Notification, Reason, Rule, Rules,
    Silence,
};
use perf_core::Profiler;
use perf_sla::SlaConfig;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

#[test]
fn what_is_slow_is_told_to_a_closure_and_a_file_without_anybody_ticking() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let profiler = Profiler::new();
    let (monitoring, told) = told(Monitoring::new(&profiler, rules()).interval(SECOND));
    let file = FileHandler::new(&path).unwrap();
    let monitoring =
        monitoring.handler("file", file, HandlerOptions::new()).spawn_monitoring().unwrap();
    record_slow(&profiler);
    let fired = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!((fired.reason, fired.alerts[0].rule.as_str()), (Reason::Fired, "slow"));
    let totals = monitoring.stop();
    let sent: Vec<u64> = totals.delivery.handlers.iter().map(|handler| handler.sent).collect();
    assert_eq!(sent, [1, 1], "{totals:?}");
    let line = std::fs::read_to_string(&path).unwrap();
    assert!(line.contains("search p95 is 150.0ms, limit 100.0ms"), "{line}");
    let summary = monitoring.alert_summary();
    assert_eq!((summary.total, summary.active.len()), (1, 1));
    assert_eq!(monitoring.history().len(), 1);
}

#[test]
fn an_sla_file_is_all_that_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let sla = format!(
        "[operations.search]\nmax_p95 = \"100ms\"\n\n[[alerts]]\nname = \"broken\"\nwatch = \"all\"\n\
         handlers = [\"file\"]\n\n[handlers.file]\ntype = \"file\"\npath = {path:?}\n"
    );
    let sla = SlaConfig::from_toml(&sla).unwrap();
    let profiler = Profiler::new();
    sla.watch(&profiler).unwrap();
    let monitoring = Monitoring::from_sla(&profiler, &sla).unwrap().interval(AGES);
    let monitoring = monitoring.spawn_monitoring().unwrap();
    record_slow(&profiler);
    assert_eq!(until_told(&monitoring), Reason::Fired);
    monitoring.stop();
    assert!(std::fs::read_to_string(&path).unwrap().contains("\"rule\":\"broken\""));
}

#[test]
fn a_hung_handler_holds_up_neither_rounds_nor_other_handlers() {
    let (release, hold) = channel::<()>();
    let profiler = Profiler::new();
    let (monitoring, told) = told(Monitoring::new(&profiler, rules()).interval(SECOND));
    let hang = move |_: &Notification| {
        let _ = hold.recv();
    };
    let monitoring =
        monitoring.handler("hung", hang, HandlerOptions::new()).spawn_monitoring().unwrap();
    record_slow(&profiler);
    told.recv_timeout(PATIENCE).unwrap();
    let rounds = monitoring.totals().engine.rounds;
    let totals = until("more rounds", || {
        let totals = monitoring.totals();
        (totals.engine.rounds > rounds + 2).then_some(totals)
    });
    assert_eq!(totals.delivery.handlers[1].waiting, 1, "it hangs all the while");
    assert!(totals.longest_round.unwrap() < PATIENCE);
    drop(release);
    assert_eq!(monitoring.stop().delivery.handlers[1].sent, 1);
}

#[test]
fn nobody_is_told_of_what_is_silenced_until_it_is_not() {
    let profiler = Profiler::new();
    let (monitoring, told) = told(Monitoring::new(&profiler, rules()).interval(AGES));
    let monitoring = monitoring.spawn_monitoring().unwrap();
    let hour = SystemTime::now() + Duration::from_secs(3_600);
    let silence = Silence::until(hour, [r#"operation="search""#.parse().unwrap()]);
    let silence = monitoring.silence(silence);
    assert_eq!(monitoring.silences().len(), 1);
    record_slow(&profiler);
    until("an alert that is muted", || {
        assert_eq!(monitoring.evaluate_now(), []);
        (monitoring.alert_summary().muted == 1).then_some(())
    });
    assert!(told.try_recv().is_err());
    assert!(monitoring.unsilence(silence) && !monitoring.unsilence(silence));
    assert_eq!(monitoring.evaluate_now()[0].reason, Reason::Fired);
    told.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_test_goes_to_every_handler_and_is_no_alert() {
    let (monitoring, told) = told(Monitoring::new(&Profiler::new(), rules()));
    let monitoring = monitoring.spawn_monitoring().unwrap();
    let fired = monitoring.test_fire(PATIENCE);
    assert!(fired.len() == 1 && fired[0].result.is_ok(), "{fired:?}");
    assert_eq!(told.recv_timeout(PATIENCE).unwrap().reason, Reason::Test);
    assert_eq!(monitoring.alert_summary().total, 0);
}

#[test]
fn a_rule_for_a_handler_that_is_not_there_is_refused_at_the_start() {
    let rule = Rule::new("slow", "p95 > 100ms".parse().unwrap()).handler("pager");
    let error = Monitoring::new(&Profiler::new(), Rules::new([rule]).unwrap())
        .spawn_monitoring()
        .unwrap_err();
    assert!(matches!(error, MonitoringError::Dispatch(_)), "{error:?}");
    assert_eq!(error.to_string(), "no handler is called \"pager\"");
}
