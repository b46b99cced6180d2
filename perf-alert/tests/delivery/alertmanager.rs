//! The contract of Alertmanager's API v2.

use crate::sink::{Play, Sink};
use crate::{PATIENCE, alert, fired, resolved, until};
use perf_alert::{
    Alert, AlertmanagerHandler, Dispatcher, Handler, HandlerError, HandlerOptions, Notification,
    Reason, Severity,
};
use serde_json::{Value, json};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn manager(sink: &Sink) -> AlertmanagerHandler {
    AlertmanagerHandler::new(format!("{}/", sink.origin()).parse().unwrap())
}

fn bodies(sink: &Sink) -> Vec<Value> {
    sink.requests().into_iter().map(|request| request.body).collect()
}

fn seconds_ahead(moment: &Value) -> f64 {
    let moment: jiff::Timestamp = moment.as_str().unwrap().parse().unwrap();
    let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap();
    moment.duration_since(now).as_secs_f64()
}

#[test]
fn what_fires_has_a_constant_start_and_an_end_four_intervals_ahead() {
    let sink = Sink::play(Vec::new());
    let mut manager = manager(&sink).resend(Duration::from_secs(600));
    let mut hostile = alert("slow", Severity::Critical);
    hostile.labels.insert("bad-label".to_owned(), "x".to_owned());
    hostile.labels.insert("empty".to_owned(), String::new());
    manager.handle(&fired(vec![hostile]), soon()).unwrap();
    assert_eq!(sink.requests()[0].path, "/api/v2/alerts");
    let mut body = bodies(&sink).remove(0);
    let ahead = seconds_ahead(&body[0]["endsAt"].take());
    assert!((2_340.0..=2_400.0).contains(&ahead), "{ahead}");
    assert_eq!(
        body,
        json!([{
            "labels": {
                "alertname": "slow", "bad_label": "x", "operation": "retrieval", "severity": "critical"
            },
            "annotations": {
                "summary": "slow: retrieval p95 is 125.6 ms, limit 100 ms",
                "description": "since 2 minutes",
                "observed": "125.6 ms",
                "limit": "<= 100 ms",
                "runbook_url": "https://wiki.example/slow"
            },
            "startsAt": "2017-07-14T12:00:00Z",
            "endsAt": null
        }])
    );
}

#[test]
fn an_end_has_the_same_labels_and_lies_in_the_past() {
    let sink = Sink::play(Vec::new());
    let mut manager = manager(&sink);
    manager.handle(&fired(vec![alert("slow", Severity::Critical)]), soon()).unwrap();
    let mut changed = alert("slow", Severity::Critical);
    changed.observed = Some("99 ms".to_owned());
    manager.handle(&resolved(vec![changed]), soon()).unwrap();
    let bodies = bodies(&sink);
    assert_eq!(bodies[0][0]["labels"], bodies[1][0]["labels"]);
    assert_eq!(bodies[0][0]["startsAt"], bodies[1][0]["startsAt"]);
    assert_eq!(bodies[1][0]["endsAt"], "2017-07-14T12:01:30Z");
}

#[test]
fn a_step_in_severity_resolves_the_old_label_set_and_fires_the_new() {
    let sink = Sink::play(Vec::new());
    let mut manager = manager(&sink);
    let mut worse = alert("slow", Severity::Critical);
    worse.severity = Severity::Warning;
    manager.handle(&fired(vec![worse.clone()]), soon()).unwrap();
    worse.severity = Severity::Critical;
    let mut step = fired(vec![worse]);
    step.reason = Reason::SeverityChanged;
    manager.handle(&step, soon()).unwrap();
    let step = bodies(&sink).remove(1);
    let told: Vec<_> = step
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| {
            (alert["labels"]["severity"].as_str().unwrap(), seconds_ahead(&alert["endsAt"]) > 0.0)
        })
        .collect();
    assert_eq!(told, [("warning", false), ("critical", true)]);
}

#[test]
fn what_fired_before_a_restart_is_sent_again_at_once_and_is_told_to_nobody_else() {
    let sink = Sink::play(Vec::new());
    let others = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&others);
    let other = move |_: &Notification| {
        told.fetch_add(1, Relaxed);
    };
    let named = |handler: &str, rule: &str| {
        let alerts = vec![alert(rule, Severity::Critical)];
        let mut told = Notification::new(Reason::Repeated, alerts, SystemTime::now());
        told.handlers.push(handler.to_owned());
        told
    };
    let manager = manager(&sink).resend(Duration::from_secs(600));
    let dispatcher = Dispatcher::builder()
        .handler("am", manager, HandlerOptions::new())
        .handler("other", other, HandlerOptions::new())
        .resume([named("am", "slow"), named("other", "odd")])
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while sink.requests().is_empty() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    dispatcher.stop();
    let posted = bodies(&sink).remove(0);
    assert_eq!(posted.as_array().unwrap().len(), 1, "{posted}");
    assert_eq!(posted[0]["labels"]["alertname"], "slow");
    assert!(seconds_ahead(&posted[0]["endsAt"]) > 0.0, "it fires");
    assert_eq!(others.load(Relaxed), 0);
}

#[test]
fn what_fires_and_what_has_just_ended_are_sent_again() {
    let sink = Sink::play(Vec::new());
    let manager = manager(&sink).resend(Duration::from_secs(1));
    let dispatcher =
        Dispatcher::builder().handler("am", manager, HandlerOptions::new()).spawn().unwrap();
    dispatcher
        .send(fired(vec![alert("slow", Severity::Critical), alert("lost", Severity::Critical)]));
    dispatcher.send(resolved(vec![alert("slow", Severity::Critical)]));
    let begun = Instant::now();
    while sink.requests().len() < 4 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    let again = bodies(&sink).remove(3);
    let told: Vec<_> = again
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| {
            (alert["labels"]["alertname"].as_str().unwrap(), seconds_ahead(&alert["endsAt"]) > 0.0)
        })
        .collect();
    // One whose end is long past is not told any more.
    assert_eq!(told, [("lost", true)]);
    drop(dispatcher);
}

#[test]
fn an_end_is_sent_again_for_five_minutes() {
    let sink = Sink::play(Vec::new());
    let mut manager = manager(&sink).resend(Duration::from_secs(1));
    let mut alert = alert("slow", Severity::Warning);
    let now = SystemTime::now();
    alert.started = now - Duration::from_secs(600);
    alert.ended = Some(now - Duration::from_secs(100));
    manager.handle(&fired(vec![alert.clone()]), soon()).unwrap();
    manager.look_after(soon()).unwrap();
    assert_eq!(bodies(&sink)[1][0]["labels"]["alertname"], "slow");
    alert.ended = Some(now - Duration::from_secs(301));
    manager.handle(&fired(vec![alert]), soon()).unwrap();
    manager.look_after(soon()).unwrap();
    assert_eq!((sink.requests().len(), manager.look_after_at()), (3, None));
}

#[test]
fn of_a_batch_that_is_refused_each_is_sent_alone() {
    let sink = Sink::play_then(Vec::new(), Play::RefuseIf("poison"));
    let mut manager = manager(&sink);
    let error = manager
        .handle(
            &fired(vec![
                alert("a", Severity::Critical),
                alert("poison", Severity::Critical),
                alert("b", Severity::Critical),
            ]),
            soon(),
        )
        .unwrap_err();
    assert!(error.to_string().contains("400 Bad Request: bad label"), "{error}");
    let told: Vec<_> = bodies(&sink)
        .iter()
        .map(|body| {
            let alerts = body.as_array().unwrap().iter();
            alerts
                .map(|alert| alert["labels"]["alertname"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    let alone: [Vec<String>; 4] = [
        vec!["a".into(), "poison".into(), "b".into()],
        vec!["a".into()],
        vec!["poison".into()],
        vec!["b".into()],
    ];
    assert_eq!(told, alone);
    // What was refused alone is not sent again.
    manager.look_after(soon()).unwrap();
    assert_eq!(bodies(&sink)[4].as_array().unwrap().len(), 2);
}

#[test]
fn one_member_that_is_down_costs_the_others_nothing() {
    let (up, down) = (Sink::play(Vec::new()), Sink::play_then(Vec::new(), Play::Hang));
    let options = HandlerOptions::new().deadline(Duration::from_secs(2));
    let dispatcher = Dispatcher::builder()
        .members("am", [manager(&down), manager(&up)], &options)
        .spawn()
        .unwrap();
    dispatcher.send(fired(vec![alert("slow", Severity::Critical)]));
    let totals = until(&dispatcher, |totals| totals.handlers.iter().all(|am| am.waiting == 0));
    let told: Vec<_> =
        totals.handlers.iter().map(|am| (am.name.as_str(), am.sent, am.dropped.deadline)).collect();
    assert_eq!(told, [("am#1", 0, 1), ("am#2", 1, 0)]);
}

/// Says that it begins, and goes on when it may.
struct Gated(AlertmanagerHandler, mpsc::Sender<()>, mpsc::Receiver<()>);

impl Handler for Gated {
    fn handle(&mut self, told: &Notification, deadline: Instant) -> Result<(), HandlerError> {
        self.1.send(()).unwrap();
        self.2.recv().unwrap();
        self.0.handle(told, deadline)
    }
    fn look_after_at(&self) -> Option<Instant> {
        self.0.look_after_at()
    }
    fn look_after(&mut self, deadline: Instant) -> Result<(), HandlerError> {
        self.0.look_after(deadline)
    }
    fn missed_end(&mut self, alert: &Alert) {
        self.0.missed_end(alert);
    }
}

#[test]
fn an_end_that_a_full_queue_drops_is_told_all_the_same() {
    let sink = Sink::play(Vec::new());
    let ((begin, begins), (open, gate)) = (mpsc::channel(), mpsc::channel());
    let handler = Gated(manager(&sink).resend(Duration::from_secs(1)), begin, gate);
    let options = HandlerOptions::new().queue(1);
    let dispatcher = Dispatcher::builder().handler("am", handler, options).spawn().unwrap();
    let mut slow = alert("slow", Severity::Critical);
    slow.started = SystemTime::now() - Duration::from_secs(60);
    dispatcher.send(fired(vec![slow.clone()]));
    begins.recv().unwrap();
    slow.ended = Some(slow.started + Duration::from_secs(30));
    for waits in [slow, alert("a", Severity::Warning), alert("b", Severity::Warning)] {
        dispatcher.send(fired(vec![waits]));
    }
    (0..2).for_each(|_| open.send(()).unwrap());
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    assert_eq!((totals.handlers[0].sent, totals.handlers[0].dropped.queue_full), (2, 2));
    let is_over = || {
        let bodies = bodies(&sink);
        let alerts = bodies.iter().flat_map(|body| body.as_array().unwrap());
        let slow = alerts.filter(|alert| alert["labels"]["alertname"] == "slow");
        slow.map(|alert| seconds_ahead(&alert["endsAt"]) < -20.0).collect::<Vec<_>>()
    };
    let begun = Instant::now();
    while is_over().len() < 3 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    assert_eq!(is_over()[..3], [false, true, true]);
}

#[test]
fn an_alert_that_fires_anew_is_not_ended_by_the_end_of_the_one_before() {
    let sink = Sink::play(Vec::new());
    let mut manager = manager(&sink);
    let mut slow = alert("slow", Severity::Critical);
    let mut before = slow.clone();
    slow.started = SystemTime::now() - Duration::from_secs(10);
    before.ended = Some(slow.started);
    manager.handle(&fired(vec![slow.clone()]), soon()).unwrap();
    manager.missed_end(&before);
    manager.look_after(soon()).unwrap();
    assert!(seconds_ahead(&bodies(&sink)[1][0]["endsAt"]) > 0.0);
    slow.ended = Some(SystemTime::now());
    manager.missed_end(&slow);
    manager.look_after(soon()).unwrap();
    assert!(seconds_ahead(&bodies(&sink)[2][0]["endsAt"]) <= 0.0);
}
