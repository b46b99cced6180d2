//! Queues, attempts, deadlines, counts.

use crate::{PATIENCE, alert, fired, resolved, until};
use perf_alert::{
    DispatchError, Dispatcher, Handler, HandlerError, HandlerOptions, Matcher, Notification,
    Reason, Retry, Severity,
};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// Answers what it was given to answer, call by call, then `Ok`; remembers when it was called.
struct Played {
    answers: Vec<Result<(), HandlerError>>,
    calls: Arc<Mutex<Vec<Instant>>>,
}

impl Handler for Played {
    fn handle(&mut self, _: &Notification, _: Instant) -> Result<(), HandlerError> {
        self.calls.lock().unwrap().push(Instant::now());
        if self.answers.is_empty() { Ok(()) } else { self.answers.remove(0) }
    }
}

fn played(answers: Vec<Result<(), HandlerError>>) -> (Played, Arc<Mutex<Vec<Instant>>>) {
    let calls = Arc::default();
    (Played { answers, calls: Arc::clone(&calls) }, calls)
}

fn failure(retry: Retry) -> Result<(), HandlerError> {
    Err(HandlerError::new("refused", retry))
}

fn slow() -> Notification {
    fired(vec![alert("slow", Severity::Warning)])
}

/// A handler that hangs until the sender is dropped.
fn hung() -> (mpsc::Sender<()>, impl FnMut(&Notification) + Send) {
    let (release, hold) = mpsc::channel::<()>();
    (release, move |_: &Notification| {
        let _ = hold.recv();
    })
}

/// Panics without a word on standard error.
fn panics<T>() -> T {
    std::panic::resume_unwind(Box::new("on purpose"))
}

#[test]
fn what_fails_is_tried_again_until_it_is_said() {
    let (handler, calls) = played(vec![failure(Retry::Later), failure(Retry::Later)]);
    let dispatcher =
        Dispatcher::builder().handler("x", handler, HandlerOptions::new()).spawn().unwrap();
    dispatcher.send(slow());
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let x = &totals.handlers[0];
    assert_eq!((x.sent, x.failed, x.retried, x.dropped.total()), (1, 2, 2, 0));
    assert_eq!(x.latency.count(), 1);
    assert_eq!(x.last_error.as_ref().unwrap().to_string(), "refused");
    let calls = calls.lock().unwrap();
    // Jitter leaves out at most half of 500 ms and of 1 s.
    assert!(calls[1] - calls[0] >= Duration::from_millis(250), "{calls:?}");
    assert!(calls[2] - calls[1] >= Duration::from_millis(500), "{calls:?}");
    assert!(x.last_latency.unwrap() >= Duration::from_millis(750));
}

#[test]
fn what_is_refused_for_good_is_not_tried_again() {
    let (handler, calls) = played(vec![failure(Retry::Never)]);
    let dispatcher =
        Dispatcher::builder().handler("x", handler, HandlerOptions::new()).spawn().unwrap();
    dispatcher.send(slow());
    dispatcher.send(slow());
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let x = &totals.handlers[0];
    assert_eq!((x.sent, x.failed, x.retried, x.dropped.given_up), (1, 1, 0, 1));
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[test]
fn whoever_says_when_is_not_asked_before_not_even_for_another() {
    let wait = Duration::from_millis(1_500);
    let (handler, calls) = played(vec![failure(Retry::After(wait))]);
    let options = HandlerOptions::new().attempts(1);
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    dispatcher.send(slow());
    dispatcher.send(slow());
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let x = &totals.handlers[0];
    assert_eq!((x.sent, x.dropped.given_up), (1, 1));
    let calls = calls.lock().unwrap();
    assert!(calls[1] - calls[0] >= wait, "{calls:?}");
}

#[test]
fn what_comes_while_a_handler_waits_to_try_again_is_said_once() {
    let wait = Duration::from_secs(2);
    let (handler, _) = played(vec![failure(Retry::After(wait))]);
    let dispatcher =
        Dispatcher::builder().handler("x", handler, HandlerOptions::new()).spawn().unwrap();
    dispatcher.send(slow());
    until(&dispatcher, |totals| totals.handlers[0].failed == 1);
    (0..100).for_each(|_| dispatcher.send(slow()));
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let x = &totals.handlers[0];
    assert_eq!((x.sent + x.joined, x.dropped.total()), (101, 0), "{x:?}");
    // The one that was refused, those that came meanwhile, and any that a slow machine sent too late for that.
    assert!(x.joined > 50, "{x:?}");
}

#[test]
fn what_would_come_after_its_deadline_is_dropped_at_once() {
    let (handler, _) = played(vec![failure(Retry::After(Duration::from_secs(100)))]);
    let options = HandlerOptions::new().deadline(Duration::from_secs(50));
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    let begun = Instant::now();
    dispatcher.send(slow());
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    assert_eq!(totals.handlers[0].dropped.deadline, 1);
    assert!(begun.elapsed() < Duration::from_secs(40));
}

#[test]
fn a_burst_into_a_hung_and_a_panicking_handler_costs_a_healthy_one_nothing() {
    const BURST: u64 = 100_000;
    let (release, hangs) = hung();
    let served = Arc::new(AtomicU64::new(0));
    let counts = Arc::clone(&served);
    let dispatcher = Dispatcher::builder()
        .handler("hung", hangs, HandlerOptions::new().queue(100))
        .handler("panics", |_: &Notification| panics(), HandlerOptions::new())
        .handler(
            "healthy",
            move |_: &Notification| {
                counts.fetch_add(1, SeqCst);
            },
            HandlerOptions::new().queue(BURST as usize),
        )
        .spawn()
        .unwrap();
    let notification = Arc::new(slow());
    let begun = Instant::now();
    for _ in 0..BURST {
        dispatcher.send(Arc::clone(&notification));
    }
    let took = begun.elapsed();
    println!("{BURST} sends to three handlers: {took:?}");
    assert!(took < PATIENCE);
    let totals = until(&dispatcher, |totals| {
        totals.handlers[1].waiting == 0 && totals.handlers[2].waiting == 0
    });
    let [hung, panics, healthy] = &totals.handlers[..] else { panic!("{totals:?}") };
    assert_eq!((healthy.sent, healthy.dropped.total()), (BURST, 0));
    assert_eq!(served.load(SeqCst), BURST);
    // One that it holds, those it took in, those in the channel.
    assert!(hung.waiting <= 1 + 2 * 100, "{hung:?}");
    assert_eq!(hung.waiting + hung.dropped.queue_full, BURST);
    assert_eq!(panics.panics, panics.dropped.given_up);
    assert_eq!(panics.dropped.total(), BURST);
    assert!(panics.last_error.as_ref().unwrap().to_string().contains("on purpose"));

    // The stop does not hang either, and what is left is counted once, also when the handler comes back.
    let begun = Instant::now();
    let totals = dispatcher.stop_within(Duration::from_millis(100));
    assert!(begun.elapsed() < PATIENCE);
    let hung = &totals.handlers[0];
    assert_eq!((hung.sent, hung.waiting), (0, 0));
    assert_eq!(hung.dropped.left + hung.dropped.queue_full, BURST);
    drop(release);
    assert_eq!(dispatcher.stop().handlers[0].dropped, hung.dropped);
}

#[test]
fn where_there_is_no_room_the_newest_is_kept() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&told);
    let (release, hold) = mpsc::channel::<()>();
    let handler = move |notification: &Notification| {
        let _ = hold.recv();
        tells.lock().unwrap().push(notification.reason);
    };
    let options = HandlerOptions::new().queue(2);
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    (0..100).for_each(|_| dispatcher.send(slow()));
    dispatcher.send(resolved(vec![alert("slow", Severity::Warning)]));
    drop(release);
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let x = &totals.handlers[0];
    assert_eq!((x.sent + x.dropped.queue_full, x.dropped.total()), (101, x.dropped.queue_full));
    assert!(x.sent <= 5, "{x:?}");
    assert_eq!(told.lock().unwrap().last(), Some(&Reason::Resolved));
}

#[test]
fn at_the_stop_what_waits_is_still_said() {
    let (handler, _) = played(Vec::new());
    let dispatcher =
        Dispatcher::builder().handler("x", handler, HandlerOptions::new()).spawn().unwrap();
    (0..500).for_each(|_| dispatcher.send(slow()));
    let totals = dispatcher.stop_within(PATIENCE);
    assert_eq!((totals.handlers[0].sent, totals.handlers[0].waiting), (500, 0));
    dispatcher.send(slow());
    assert_eq!(dispatcher.totals().handlers[0].dropped.left, 1);
}

#[test]
fn a_stop_does_not_wait_for_an_attempt_that_comes_later() {
    let (handler, _) = played(vec![failure(Retry::After(Duration::from_secs(3_000)))]);
    let options = HandlerOptions::new().deadline(Duration::from_secs(7_200));
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    dispatcher.send(slow());
    until(&dispatcher, |totals| totals.handlers[0].failed == 1);
    let begun = Instant::now();
    let totals = dispatcher.stop_within(PATIENCE);
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert_eq!(totals.handlers[0].dropped.left, 1);
}

#[test]
fn what_waits_for_its_turn_is_joined_with_what_is_newer() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&told);
    let (begin, begun) = mpsc::channel::<()>();
    let handler = move |notification: &Notification| {
        let _ = begun.recv_timeout(PATIENCE);
        tells.lock().unwrap().push((notification.reason, notification.alerts.len()));
    };
    let options = HandlerOptions::new().rate(2.0);
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    let grouped = |rules: &[&str]| {
        let alerts = rules.iter().map(|rule| alert(rule, Severity::Warning)).collect();
        let mut notification = fired(alerts);
        notification.group.insert("service".to_owned(), "shop".to_owned());
        notification
    };
    for i in 0..100 {
        dispatcher.send(grouped(&["a", ["b", "c"][i % 2]]));
    }
    drop(begin);
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let x = &totals.handlers[0];
    assert_eq!(x.sent + x.joined, 100, "{x:?}");
    assert!(x.sent < 10, "{x:?}");
    assert_eq!(told.lock().unwrap().last(), Some(&(Reason::Fired, 3)));
}

#[test]
fn a_handler_is_told_what_is_for_it() {
    let sent = |options: HandlerOptions, notifications: Vec<Notification>| {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tells = Arc::clone(&told);
        let handler = move |notification: &Notification| {
            let rules = notification.alerts.iter().map(|alert| alert.rule.clone());
            tells.lock().unwrap().push(rules.collect::<Vec<_>>().join(" "));
        };
        let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
        notifications.into_iter().for_each(|notification| dispatcher.send(notification));
        let totals = dispatcher.stop_within(PATIENCE);
        let told = told.lock().unwrap().join(", ");
        (told, totals.for_nobody, totals.unknown_names)
    };
    let both = || vec![alert("bad", Severity::Critical), alert("odd", Severity::Warning)];
    let critical = HandlerOptions::new().min_severity(Severity::Critical);
    assert_eq!(sent(critical.clone(), vec![fired(both())]), ("bad".to_owned(), 0, 0));
    let matcher: Matcher = "alertname!=\"bad\"".parse().unwrap();
    let matching = HandlerOptions::new().matching([matcher]);
    assert_eq!(sent(matching, vec![fired(both())]), ("odd".to_owned(), 0, 0));
    assert_eq!(sent(critical.clone(), vec![fired(vec![alert("odd", Severity::Info)])]).1, 1);
    let named = |names: &[&str]| {
        let mut notification = fired(both());
        notification.handlers = names.iter().map(|name| (*name).to_owned()).collect();
        notification
    };
    let all = HandlerOptions::new();
    assert_eq!(sent(all.clone(), vec![named(&["x", "y"])]), ("bad odd".to_owned(), 0, 1));
    assert_eq!(sent(all, vec![named(&["y"])]), (String::new(), 1, 1));
    // Who was woken hears that it is less bad, and that it is over; who was not, does not.
    let less = fired(vec![alert("bad", Severity::Warning)]);
    let end = resolved(vec![alert("bad", Severity::Warning), alert("odd", Severity::Warning)]);
    let again = resolved(vec![alert("bad", Severity::Warning)]);
    let (told, for_nobody, _) = sent(critical, vec![fired(both()), less, end, again]);
    assert_eq!((told.as_str(), for_nobody), ("bad, bad, bad", 1));
    // Also when it was another process that woke them: the alert says so.
    let over = |told| {
        let mut over = alert("bad", Severity::Warning);
        over.told = told;
        resolved(vec![over])
    };
    let critical = HandlerOptions::new().min_severity(Severity::Critical);
    let ends = [None, Some(Severity::Warning), Some(Severity::Critical)].map(over).to_vec();
    assert_eq!(sent(critical, ends), ("bad".to_owned(), 2, 0));
}

/// The rules that a handler with this matcher is told of.
fn told_by_severity(matcher: &str, notifications: Vec<Notification>) -> String {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&told);
    let handler = move |notification: &Notification| {
        let alerts = notification.alerts.iter();
        tells.lock().unwrap().extend(alerts.map(|alert| alert.rule.clone()));
    };
    let options = HandlerOptions::new().matching([matcher.parse::<Matcher>().unwrap()]);
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    notifications.into_iter().for_each(|notification| dispatcher.send(notification));
    dispatcher.stop_within(PATIENCE);
    let told = told.lock().unwrap();
    told.join(" ")
}

#[test]
fn matchers_know_the_severity_and_who_was_told_hears_the_end() {
    let bad = |severity| alert("bad", severity);
    let life = || {
        vec![
            fired(vec![bad(Severity::Critical), alert("odd", Severity::Warning)]),
            fired(vec![bad(Severity::Warning)]),
            resolved(vec![bad(Severity::Warning), alert("odd", Severity::Warning)]),
            resolved(vec![bad(Severity::Warning)]),
        ]
    };
    assert_eq!(told_by_severity("severity=\"critical\"", life()), "bad bad bad");
    assert_eq!(told_by_severity("severity!=\"critical\"", life()), "odd bad bad odd bad");
    assert_eq!(told_by_severity("severity=\"info\"", life()), "");
}

#[test]
fn every_alert_says_where_it_is_from_and_nothing_else_of_it_changes() {
    let labels = |builder: perf_alert::DispatcherBuilder, mut own: perf_alert::Alert| {
        let (tell, told) = mpsc::channel();
        let handler = move |told: &Notification| tell.send(told.alerts[0].labels.clone()).unwrap();
        let dispatcher = builder.handler("x", handler, HandlerOptions::new()).spawn().unwrap();
        own.labels.insert("team".to_owned(), "data".to_owned());
        dispatcher.send(fired(vec![own]));
        assert!(dispatcher.test_fire(PATIENCE)[0].result.is_ok());
        let (mut sent, test) = (told.recv().unwrap(), told.recv().unwrap());
        assert_eq!(sent.get("instance"), test.get("instance"));
        assert_eq!(sent.remove("alertname").as_deref(), Some("slow"));
        sent.remove("operation");
        sent.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let slow = || alert("slow", Severity::Warning);
    let given = Dispatcher::builder().label("service", "search").label("instance", "search-1");
    let own = given.label("team", "search").label("alertname", "x").label("empty", "");
    assert_eq!(labels(own, slow()), ["instance=search-1", "service=search", "team=data"]);
    assert_eq!(labels(Dispatcher::builder().label("instance", ""), slow()), ["team=data"]);
    for (own, sent) in [("search-1", 1), ("search-2", 0)] {
        let one = HandlerOptions::new().matching(["instance=\"search-1\"".parse().unwrap()]);
        let builder = Dispatcher::builder().label("instance", own);
        let dispatcher = builder.handler("x", |_: &Notification| {}, one).spawn().unwrap();
        dispatcher.send(fired(vec![slow()]));
        assert_eq!(dispatcher.stop_within(PATIENCE).handlers[0].sent, sent, "{own}");
    }
    #[cfg(target_os = "linux")]
    {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        let host = format!("instance={}", host.trim());
        assert_eq!(labels(Dispatcher::builder(), slow()), [host, "team=data".to_owned()]);
    }
}

#[test]
fn members_of_one_name_are_told_each_by_itself() {
    let (up, _) = played(Vec::new());
    let (down, _) = played(vec![failure(Retry::Never)]);
    let dispatcher = Dispatcher::builder()
        .members("am", [up, down], &HandlerOptions::new())
        .expect(["am"])
        .spawn()
        .unwrap();
    let mut notification = slow();
    notification.handlers = vec!["am".to_owned()];
    dispatcher.send(notification);
    let totals = dispatcher.stop_within(PATIENCE);
    let told: Vec<_> = totals.handlers.iter().map(|x| (x.name.as_str(), x.sent)).collect();
    assert_eq!(told, [("am#1", 1), ("am#2", 0)]);
}

#[test]
fn what_is_given_up_stands_in_the_dead_letter_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lost.jsonl");
    let (handler, _) = played(vec![failure(Retry::Never)]);
    let options = HandlerOptions::new().dead_letter(&path);
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    dispatcher.send(slow());
    dispatcher.send(slow());
    dispatcher.stop_within(PATIENCE);
    let text = std::fs::read_to_string(&path).unwrap();
    let letter: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(letter["handler"], "x");
    assert_eq!(letter["given_up"], "given up");
    assert_eq!((&letter["error"], &letter["attempts"]), (&"refused".into(), &1.into()));
    let alert = &letter["notification"]["alerts"][0];
    assert_eq!(alert["summary"], "slow: retrieval p95 is 125.6 ms, limit 100 ms");
    assert_eq!(alert["started"], "2017-07-14T12:00:00Z");
}

#[test]
fn what_is_wrong_from_the_start_is_told_at_the_start() {
    let quiet = || |_: &Notification| {};
    let twice = Dispatcher::builder().handler("x", quiet(), HandlerOptions::new()).handler(
        "x",
        quiet(),
        HandlerOptions::new(),
    );
    assert!(matches!(twice.spawn(), Err(DispatchError::SameName(name)) if name == "x"));
    let lost = Dispatcher::builder().handler("x", quiet(), HandlerOptions::new()).expect(["y"]);
    assert!(matches!(lost.spawn(), Err(DispatchError::NoSuchHandler(name)) if name == "y"));
    let options = HandlerOptions::new().dead_letter("/nowhere/at/all/lost.jsonl");
    let unwritten = Dispatcher::builder().handler("x", quiet(), options).spawn();
    assert!(matches!(unwritten, Err(DispatchError::DeadLetter { .. })), "{unwritten:?}");
}

#[test]
fn a_test_reaches_every_handler_and_comes_back_with_what_went_wrong() {
    let (handler, _) = played(vec![failure(Retry::Never)]);
    let (release, hangs) = hung();
    let tested = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&tested);
    let critical = HandlerOptions::new().min_severity(Severity::Critical);
    let dispatcher = Dispatcher::builder()
        .handler("well", move |n: &Notification| tells.lock().unwrap().push(n.reason), critical)
        .handler("refused", handler, HandlerOptions::new())
        .handler("hung", hangs, HandlerOptions::new())
        .spawn()
        .unwrap();
    let fired = dispatcher.test_fire(Duration::from_secs(5));
    let told: Vec<_> = fired.iter().map(|fired| fired.handler.as_str()).collect();
    assert_eq!(told, ["well", "refused", "hung"]);
    assert!(fired[0].result.is_ok(), "{fired:?}");
    assert_eq!(fired[1].result.as_ref().unwrap_err().to_string(), "refused");
    assert_eq!(fired[2].result.as_ref().unwrap_err().to_string(), "no answer within 5s");
    assert_eq!(*tested.lock().unwrap(), [Reason::Test]);
    drop(release);
}

#[test]
fn a_handler_that_wants_to_look_after_things_all_the_time_does_not_keep_a_core_busy() {
    struct Eager(Arc<AtomicU64>);
    impl Handler for Eager {
        fn handle(&mut self, _: &Notification, _: Instant) -> Result<(), HandlerError> {
            failure(Retry::After(Duration::from_secs(1)))
        }
        fn look_after_at(&self) -> Option<Instant> {
            self.0.fetch_add(1, SeqCst);
            Some(Instant::now() - Duration::from_millis(1))
        }
    }
    let asked = Arc::new(AtomicU64::new(0));
    let options = HandlerOptions::new().attempts(1);
    let handler = Eager(Arc::clone(&asked));
    let dispatcher = Dispatcher::builder().handler("x", handler, options).spawn().unwrap();
    let begun = Instant::now();
    dispatcher.send(slow());
    // Refused, it waits a second with everything.
    until(&dispatcher, |_| begun.elapsed() > Duration::from_millis(300));
    let (asked, millis) = (asked.load(SeqCst), begun.elapsed().as_millis() as u64);
    assert!(asked <= 20 + millis, "{asked} times in {millis} ms");
}

#[test]
fn what_has_to_be_said_again_is_said_while_nothing_is_sent() {
    struct Again(Arc<AtomicU64>, Instant);
    impl Handler for Again {
        fn handle(&mut self, _: &Notification, _: Instant) -> Result<(), HandlerError> {
            Ok(())
        }
        fn look_after_at(&self) -> Option<Instant> {
            Some(self.1)
        }
        fn look_after(&mut self, _: Instant) -> Result<(), HandlerError> {
            self.1 = Instant::now() + Duration::from_millis(5);
            match self.0.fetch_add(1, SeqCst) {
                1 => panics(),
                _ => failure(Retry::Later),
            }
        }
    }
    let handler = Again(Arc::default(), Instant::now());
    let dispatcher =
        Dispatcher::builder().handler("x", handler, HandlerOptions::new()).spawn().unwrap();
    let totals = until(&dispatcher, |totals| totals.handlers[0].failed >= 5);
    assert_eq!((totals.handlers[0].panics, totals.handlers[0].dropped.total()), (1, 0));
}
