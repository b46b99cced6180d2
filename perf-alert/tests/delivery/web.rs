//! Handlers that post to a web service, against one that plays along and one that does not.

#[cfg(feature = "tls")]
use crate::certificate::Certificate;
use crate::sink::{Play, Sink};
use crate::{PATIENCE, alert, fired, over, resolved, until};
use perf_alert::{
    AlertmanagerHandler, Dispatcher, Handler, HandlerError, HandlerOptions, InvalidWebService,
    Notification, PagerDutyHandler, Reason, Retry, Severity, SlackHandler, WebService,
    WebhookHandler,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn webhook(sink: &Sink) -> WebhookHandler {
    WebhookHandler::new("hook", sink.url().parse().unwrap())
}

fn slow() -> Notification {
    fired(vec![alert("slow", Severity::Critical)])
}

/// What a webhook says of one answer.
fn refused(play: Play) -> HandlerError {
    let sink = Sink::play(vec![play]);
    webhook(&sink).handle(&slow(), soon()).unwrap_err()
}

fn answer(status: &'static str, headers: &'static str) -> Play {
    Play::Answer(status, headers, String::new())
}

#[test]
fn what_an_answer_means_is_the_same_for_all() {
    for (play, retry) in [
        (answer("429 Too Many Requests", ""), Retry::Later),
        (
            answer("429 Too Many Requests", "retry-after: 7\r\n"),
            Retry::After(Duration::from_secs(7)),
        ),
        (answer("500 Internal Server Error", ""), Retry::Later),
        (
            answer("503 Service Unavailable", "Retry-After: 2\r\n"),
            Retry::After(Duration::from_secs(2)),
        ),
        (answer("400 Bad Request", "retry-after: 7\r\n"), Retry::Never),
        (answer("404 Not Found", ""), Retry::Never),
        (answer("302 Found", "location: /elsewhere\r\n"), Retry::Never),
        (Play::Close, Retry::Later),
        (Play::Garbage, Retry::Later),
    ] {
        let error = refused(play);
        assert_eq!(error.retry(), retry, "{error}");
    }
    let dated = refused(answer("429 Too Many", "retry-after: Fri, 31 Dec 2100 23:59:59 GMT\r\n"));
    assert!(matches!(dated.retry(), Retry::After(wait) if wait > Duration::from_secs(86_400)));
}

#[test]
fn nobody_is_there_is_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = WebhookHandler::new("x", url.parse().unwrap()).handle(&slow(), soon()).unwrap_err();
    assert_eq!(error.retry(), Retry::Later);
    assert!(error.to_string().contains("no connection"), "{error}");
}

#[test]
fn a_redirect_is_not_followed() {
    let sink = Sink::play(vec![answer("307 Temporary Redirect", "location: /elsewhere\r\n")]);
    webhook(&sink).handle(&slow(), soon()).unwrap_err();
    assert_eq!(sink.requests().len(), 1);
}

#[test]
fn an_answer_that_does_not_come_or_does_not_end_is_not_waited_for() {
    let sink = Sink::play(vec![Play::Hang]);
    let begun = Instant::now();
    let deadline = begun + Duration::from_millis(300);
    let error = webhook(&sink).handle(&slow(), deadline).unwrap_err();
    assert_eq!(error.retry(), Retry::Later);
    assert!(error.to_string().contains("in time"), "{error}");
    assert!(begun.elapsed() < PATIENCE / 2);
    let error = refused(Play::Endless);
    assert_eq!(error.retry(), Retry::Never);
    assert!(error.to_string().chars().count() < 300, "{error}");
}

#[test]
fn no_secret_is_told_in_errors_or_when_a_handler_is_printed() {
    let echo = "no team at /services/T0000/topsecret for user:hunter2hunter2 key 0123456789abcdef";
    let plays = || vec![Play::Answer("403 Forbidden", "", echo.to_owned()); 8];
    let sink = Sink::play(plays());
    let url: WebService = sink.url().parse().unwrap();
    let handlers: Vec<(String, HandlerError)> = vec![
        told(webhook(&sink)),
        told(SlackHandler::new(url.clone())),
        told(AlertmanagerHandler::new(url.clone())),
        told(PagerDutyHandler::at(url.clone(), "0123456789abcdef")),
    ];
    for (printed, error) in handlers {
        let error = format!("{error} {error:?}");
        assert!(error.contains("403 Forbidden") && error.contains("***"), "{error}");
        // What PagerDuty is told in confidence, only its handler knows.
        let key = if printed.contains("PagerDuty") { "0123456789abcdef" } else { "hunter2" };
        for secret in ["hunter2", "topsecret", key] {
            assert!(!printed.contains(secret) && !error.contains(secret), "{printed} {error}");
        }
    }
    assert!(!format!("{url} {url:?}").contains("hunter2"));
}

fn told(mut handler: impl Handler + std::fmt::Debug) -> (String, HandlerError) {
    let error = handler.handle(&slow(), soon()).unwrap_err();
    (format!("{handler:?} {handler:#?}"), error)
}

#[test]
fn a_service_that_asks_for_time_gets_it_and_then_the_alert() {
    let sink = Sink::play(vec![
        answer("429 Too Many Requests", "retry-after: 2\r\n"),
        answer("500 Internal Server Error", ""),
        Play::Close,
    ]);
    let dispatcher = Dispatcher::builder()
        .handler("hook", webhook(&sink), HandlerOptions::new())
        .spawn()
        .unwrap();
    dispatcher.send(slow());
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let hook = &totals.handlers[0];
    assert_eq!((hook.sent, hook.failed, hook.retried), (1, 3, 3), "{hook:?}");
    let requests = sink.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(1_900), "{requests:?}");
}

#[test]
fn a_webhook_gets_what_alertmanager_sends() {
    let sink = Sink::play(Vec::new());
    let mut other = alert("lost", Severity::Warning);
    other.labels.insert("tenant".to_owned(), "a\"b".to_owned());
    other.runbook = None;
    let mut notification = fired(vec![alert("slow", Severity::Critical), over(other)]);
    notification.group.insert("operation".to_owned(), "retrieval".to_owned());
    notification.group.insert("service".to_owned(), "a\"b".to_owned());
    webhook(&sink).handle(&notification, soon()).unwrap();
    let request = sink.requests().remove(0);
    assert_eq!(
        (request.path.as_str(), request.content_type.as_str()),
        ("/services/T0000/topsecret", "application/json")
    );
    let mut body = request.body;
    for alert in body["alerts"].as_array_mut().unwrap() {
        let fingerprint = alert["fingerprint"].take();
        let fingerprint = fingerprint.as_str().unwrap();
        assert!(fingerprint.len() == 16 && u64::from_str_radix(fingerprint, 16).is_ok());
    }
    let summary = |rule: &str| format!("{rule}: retrieval p95 is 125.6 ms, limit 100 ms");
    assert_eq!(
        body,
        json!({
            "version": "4",
            "groupKey": "{}:{operation=\"retrieval\", service=\"a\\\"b\"}",
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "hook",
            "groupLabels": {"operation": "retrieval", "service": "a\"b"},
            "commonLabels": {"operation": "retrieval"},
            "commonAnnotations": {
                "description": "since 2 minutes", "limit": "<= 100 ms", "observed": "125.6 ms"
            },
            "externalURL": "",
            "alerts": [
                {
                    "status": "firing",
                    "labels": {"alertname": "slow", "operation": "retrieval", "severity": "critical"},
                    "annotations": {
                        "description": "since 2 minutes", "limit": "<= 100 ms", "observed": "125.6 ms",
                        "runbook_url": "https://wiki.example/slow", "summary": summary("slow")
                    },
                    "startsAt": "2017-07-14T12:00:00Z",
                    "endsAt": "0001-01-01T00:00:00Z",
                    "generatorURL": "",
                    "fingerprint": null
                },
                {
                    "status": "resolved",
                    "labels": {
                        "alertname": "lost", "operation": "retrieval", "severity": "warning", "tenant": "a\"b"
                    },
                    "annotations": {
                        "description": "since 2 minutes", "limit": "<= 100 ms", "observed": "125.6 ms",
                        "summary": summary("lost")
                    },
                    "startsAt": "2017-07-14T12:00:00Z",
                    "endsAt": "2017-07-14T12:01:30Z",
                    "generatorURL": "",
                    "fingerprint": null
                }
            ]
        })
    );
}

/// An alert whose every text is long and full of what others read as more than text.
fn hostile(letter: &str) -> perf_alert::Alert {
    let text = format!("<!channel> & {}\n\"\u{0}", letter.repeat(10_000));
    let mut alert = alert("x", Severity::Critical);
    alert.rule = text.clone();
    for name in ["alertname", "operation", "<&>"] {
        alert.labels.insert(name.to_owned(), text.clone());
    }
    alert.summary = text.clone();
    alert.description = text.clone();
    alert.observed = Some(text.clone());
    alert.limit = Some(text.clone());
    alert.runbook = Some(format!("https://wiki.example/{}", "x".repeat(10_000)));
    alert
}

#[test]
fn slack_messages_keep_the_limits_and_mention_nobody() {
    for letter in ["x", "<", "&", "ä", "🦀"] {
        let sink = Sink::play(Vec::new());
        let mut slack = SlackHandler::new(sink.url().parse().unwrap());
        slack.handle(&fired(vec![hostile(letter); 100]), soon()).unwrap();
        let body = sink.requests().remove(0).body;
        let blocks = body["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), 50);
        assert_eq!(blocks[49]["text"]["text"], "and 52 more");
        for block in blocks {
            assert_eq!(
                (&block["type"], &block["text"]["type"]),
                (&json!("section"), &json!("mrkdwn"))
            );
            let text = block["text"]["text"].as_str().unwrap();
            assert!(!text.is_empty() && text.chars().count() <= 3_000, "{}", text.len());
            assert!(!text.contains("<!"), "{text}");
            let halves = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
            assert!(!halves.contains('&'), "{text}");
        }
        assert!(
            body["text"]
                .as_str()
                .is_some_and(|text| text.starts_with("critical: &lt;!channel&gt;"))
        );
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["blocks", "text"]);
    }
}

#[test]
fn a_slack_message_says_what_is_wrong_and_where_to_read_on() {
    let sink = Sink::play(Vec::new());
    SlackHandler::new(sink.url().parse().unwrap()).handle(&slow(), soon()).unwrap();
    let body = sink.requests().remove(0).body;
    let summary = "slow: retrieval p95 is 125.6 ms, limit 100 ms";
    assert_eq!(body["text"], format!("critical: {summary}"));
    assert_eq!(
        body["blocks"][1]["text"]["text"],
        format!(
            "*critical* {summary}\nobserved 125.6 ms\nlimit &lt;= 100 ms\nsince 2 minutes\n\
             <https://wiki.example/slow|Runbook>"
        )
    );
}

#[test]
fn slack_gets_one_message_a_second() {
    let sink = Sink::play(Vec::new());
    let slack = SlackHandler::new(sink.url().parse().unwrap());
    let dispatcher =
        Dispatcher::builder().handler("chat", slack, HandlerOptions::new()).spawn().unwrap();
    for i in 0..30 {
        dispatcher.send(fired(vec![alert(["a", "b", "c"][i % 3], Severity::Warning)]));
    }
    let totals = until(&dispatcher, |totals| totals.handlers[0].waiting == 0);
    let chat = &totals.handlers[0];
    assert_eq!((chat.sent + chat.joined, chat.dropped.total()), (30, 0), "{chat:?}");
    let requests = sink.requests();
    assert!((3..=5).contains(&requests.len()), "{}", requests.len());
    // Between two that arrive lies what the network and a busy machine add or take.
    let span = requests.last().unwrap().at - requests[0].at;
    assert!(span >= Duration::from_millis(900) * (requests.len() as u32 - 1), "{span:?}");
}

fn pagerduty(sink: &Sink) -> PagerDutyHandler {
    PagerDutyHandler::at(sink.url().parse().unwrap(), "0123456789abcdef0123456789abcdef")
        .source("here")
}

#[test]
fn pagerduty_opens_and_resolves_one_incident_by_one_key() {
    let sink = Sink::play(vec![answer("202 Accepted", ""); 3]);
    let mut pager = pagerduty(&sink);
    pager.handle(&slow(), soon()).unwrap();
    // Less urgent, another value: the same incident.
    let mut changed = alert("slow", Severity::Warning);
    changed.observed = Some("99 ms".to_owned());
    pager.handle(&fired(vec![changed]), soon()).unwrap();
    pager.handle(&resolved(vec![alert("slow", Severity::Warning)]), soon()).unwrap();
    let bodies: Vec<Value> = sink.requests().into_iter().map(|request| request.body).collect();
    let key = bodies[0]["dedup_key"].as_str().unwrap();
    assert!(key.starts_with("slow/"), "{key}");
    assert_eq!(
        bodies[0],
        json!({
            "routing_key": "0123456789abcdef0123456789abcdef",
            "event_action": "trigger",
            "dedup_key": key,
            "client": "perfkit",
            "links": [{"href": "https://wiki.example/slow", "text": "Runbook"}],
            "payload": {
                "summary": "slow: retrieval p95 is 125.6 ms, limit 100 ms",
                "source": "here",
                "severity": "critical",
                "timestamp": "2017-07-14T12:00:00Z",
                "component": "retrieval",
                "class": "slow",
                "custom_details": {
                    "labels": {"alertname": "slow", "operation": "retrieval"},
                    "summary": "slow: retrieval p95 is 125.6 ms, limit 100 ms",
                    "description": "since 2 minutes",
                    "observed": "125.6 ms",
                    "limit": "<= 100 ms",
                    "runbook_url": "https://wiki.example/slow"
                }
            }
        })
    );
    assert_eq!(
        (&bodies[1]["dedup_key"], &bodies[1]["payload"]["severity"]),
        (&json!(key), &json!("warning"))
    );
    assert_eq!(
        bodies[2],
        json!({
            "routing_key": "0123456789abcdef0123456789abcdef", "event_action": "resolve", "dedup_key": key
        })
    );
}

#[test]
fn pagerduty_events_keep_the_limits() {
    let sink = Sink::play(Vec::new());
    let mut enormous = hostile("x");
    enormous.description = "x".repeat(600_000);
    pagerduty(&sink).handle(&fired(vec![hostile("🦀"), enormous]), soon()).unwrap();
    let requests = sink.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        let event = &request.body;
        assert!(event.to_string().len() <= 512_000);
        assert!(event["dedup_key"].as_str().unwrap().chars().count() <= 255);
        let payload = &event["payload"];
        assert!(payload["summary"].as_str().unwrap().chars().count() <= 1_024);
        assert!(payload["class"].as_str().unwrap().chars().count() <= 255);
    }
    assert!(requests[0].body["payload"].get("custom_details").is_some());
    assert!(requests[1].body["payload"].get("custom_details").is_none());
}

/// The rules that the sink was told of, in order.
fn classes(sink: &Sink) -> Vec<String> {
    let class = |request: crate::sink::Request| request.body["payload"]["class"].clone();
    sink.requests().into_iter().map(class).map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn three() -> Notification {
    fired(["a", "b", "c"].map(|rule| alert(rule, Severity::Critical)).to_vec())
}

#[test]
fn of_several_alerts_pagerduty_gets_again_only_those_it_may_yet_take() {
    let sink = Sink::play(vec![
        answer("400 Bad Request", ""),
        answer("503 Service Unavailable", ""),
        answer("202 Accepted", ""),
        answer("202 Accepted", ""),
    ]);
    let mut pager = pagerduty(&sink);
    let error = pager.handle(&three(), soon()).unwrap_err();
    assert_eq!(error.retry(), Retry::Later, "{error}");
    let error = pager.handle(&three(), soon()).unwrap_err();
    assert!(error.retry() == Retry::Never && error.to_string().contains("400"), "{error}");
    assert_eq!(classes(&sink), ["a", "b", "c", "b"]);
    // It was given up: the next is another one.
    pager.handle(&slow(), soon()).unwrap();
}

#[test]
fn pagerduty_gets_nothing_before_the_time_it_has_asked_for() {
    let wait = answer("429 Too Many Requests", "retry-after: 7\r\n");
    let sink = Sink::play(vec![answer("202 Accepted", ""), wait]);
    let mut pager = pagerduty(&sink);
    let error = pager.handle(&three(), soon()).unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    assert_eq!(classes(&sink), ["a", "b"]);
    pager.handle(&three(), soon()).unwrap();
    assert_eq!(classes(&sink), ["a", "b", "b", "c"]);
}

#[test]
fn a_test_of_pagerduty_leaves_no_incident_open() {
    let sink = Sink::play(Vec::new());
    let mut test = slow();
    test.reason = Reason::Test;
    pagerduty(&sink).handle(&test, soon()).unwrap();
    let actions: Vec<_> =
        sink.requests().iter().map(|request| request.body["event_action"].clone()).collect();
    assert_eq!(actions, ["trigger", "resolve"]);
}

#[test]
fn who_asks_is_told_to_the_service_and_to_nobody_else() {
    let sink =
        Sink::play(vec![answer("200 OK", ""), Play::Answer("401 no", "", "s3cret-token".into())]);
    webhook(&sink).handle(&slow(), soon()).unwrap();
    let service: WebService = sink.url().parse().unwrap();
    let service = service.bearer_token("s3cret-token").unwrap();
    let (printed, error) = told(WebhookHandler::new("hook", service));
    assert!(!format!("{printed} {error}").contains("s3cret"), "{printed} {error}");
    let authorizations: Vec<_> = sink.requests().into_iter().map(|it| it.authorization).collect();
    // base64 of user:hunter2hunter2.
    assert_eq!(authorizations, ["Basic dXNlcjpodW50ZXIyaHVudGVyMg==", "Bearer s3cret-token"]);
    // Signs of a URL are percent-encoded in it, and themselves beyond it; base64 of u@s:p/ss word%%4.
    let sink =
        Sink::play(vec![Play::Answer("401 no", "", "p/ss word%%4, p%2fss%20word%%4".into())]);
    let url = sink.origin().replace("//", "//u%40s:p%2fss%20word%%4@") + "/a@b";
    let (_, error) = told(WebhookHandler::new("hook", url.parse().unwrap()));
    assert!(error.to_string().ends_with("***, ***"), "{error}");
    let request = sink.requests().remove(0);
    let known = (request.authorization.as_str(), request.path.as_str());
    assert_eq!(known, ("Basic dUBzOnAvc3Mgd29yZCUlNA==", "/a@b"));
    for wrong in ["", "two words", "line\r\nx: y", "ü"] {
        let service: WebService = sink.origin().parse().unwrap();
        assert_eq!(service.bearer_token(wrong).unwrap_err(), InvalidWebService::NoToken, "{wrong}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn a_service_is_trusted_by_its_authority_and_by_nothing_else() {
    let ours = Certificate::new();
    let sink = Sink::encrypted(&ours);
    let ask = |authority: Option<String>| {
        let service: WebService = sink.url().parse().unwrap();
        let service = match authority {
            Some(pem) => service.trust(pem.as_bytes()).unwrap(),
            None => service,
        };
        WebhookHandler::new("hook", service).handle(&slow(), soon())
    };
    ask(Some(format!("{}\n{}", Certificate::new().pem(), ours.pem()))).unwrap();
    for stranger in [None, Some(Certificate::new().pem())] {
        let error = ask(stranger).unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");
        assert_eq!(error.retry(), Retry::Later);
    }
    assert_eq!(sink.requests().len(), 1, "a stranger is told nothing");
    for nothing in ["", "no certificate", &ours.pem().replace("MII", "???")] {
        let service: WebService = sink.url().parse().unwrap();
        let told = service.trust(nothing.as_bytes()).unwrap_err();
        assert_eq!(told, InvalidWebService::NoCertificate, "{nothing}");
    }
    let clear: WebService = "http://127.0.0.1".parse().unwrap();
    let told = clear.trust(ours.pem().as_bytes()).unwrap_err();
    assert_eq!(told, InvalidWebService::InTheClear);
}
