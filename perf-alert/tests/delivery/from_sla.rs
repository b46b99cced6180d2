//! The handlers of an SLA file.

use crate::{PATIENCE, alert, fired};
use perf_alert::{Dispatcher, Handlers, Severity};
use perf_sla::SlaConfig;
use std::fs;

fn sla(handlers: &str) -> SlaConfig {
    let text = format!("{handlers}\n[overall]\nmax_p95 = \"300ms\"\n");
    SlaConfig::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_file_says_who_is_told_of_what() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let text = format!(
        "[alerting]\nlabels = {{ service = \"search\" }}\n\
         [handlers.lines]\ntype = \"file\"\npath = '{}'\nmin_severity = \"critical\"\n\
         match = ['operation=\"retrieval\"']\nqueue = 10\ndead_letter = '{}'\n\
         [handlers.all]\ntype = \"file\"\npath = '{}'\ndeadline = \"5s\"\nattempts = 2\nrate = \"100/s\"\n\
         [handlers.screen]\ntype = \"stderr\"\n",
        at("critical.jsonl"),
        at("lost.jsonl"),
        at("all.jsonl")
    );
    let handlers = Handlers::from_sla(&sla(&text)).unwrap();
    assert_eq!(handlers.names().collect::<Vec<_>>(), ["lines", "all", "screen"]);
    let dispatcher = Dispatcher::builder().handlers_of(handlers).spawn().unwrap();
    dispatcher.send(fired(vec![alert("a", Severity::Critical), alert("b", Severity::Warning)]));
    dispatcher.send(fired(vec![alert("b", Severity::Warning)]));
    dispatcher.stop_within(PATIENCE);
    let lines = |name: &str| fs::read_to_string(at(name)).unwrap().lines().count();
    assert_eq!((lines("critical.jsonl"), lines("all.jsonl"), lines("lost.jsonl")), (1, 2, 0));
    let told = fs::read_to_string(at("critical.jsonl")).unwrap();
    assert!(told.contains("\"rule\":\"a\"") && !told.contains("\"rule\":\"b\""), "{told}");
    assert!(told.contains("\"service\":\"search\""), "{told}");
}

#[test]
fn what_cannot_be_made_is_told_with_its_line() {
    let text = "[handlers.lines]\ntype = \"file\"\npath = \"/no/such/folder/x\"\n\
                [handlers.screen]\ntype = \"stderr\"\ndead_letter = \"/no/such/folder/y\"\n";
    let error = Handlers::from_sla(&sla(text)).unwrap_err();
    let lost = &error.problems()[1];
    assert!(
        lost.starts_with("sla:4: handler \"screen\": dead_letter /no/such/folder/y: "),
        "{lost}"
    );
    assert_eq!(error.problems().len(), 2);
    let told = error.to_string();
    assert!(told.starts_with("sla:1: handler \"lines\": /no/such/folder/x: "), "{told}");
}

#[cfg(not(feature = "http"))]
#[test]
fn a_type_that_is_not_part_of_this_program_says_what_it_needs() {
    let text = "[handlers.hook]\ntype = \"webhook\"\nurl = \"http://h\"\n";
    let told = Handlers::from_sla(&sla(text)).unwrap_err().to_string();
    assert_eq!(told, "sla:1: handler \"hook\": type \"webhook\" needs the feature `http`");
}

#[cfg(feature = "http")]
#[test]
fn secrets_come_from_files_and_are_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let at = path.display();
    let text = format!("[handlers.chat]\ntype = \"slack\"\nurl = 'file:{at}'\n");
    let problem = |secret: &[u8]| {
        fs::write(&path, secret).unwrap();
        Handlers::from_sla(&sla(&text)).unwrap_err().to_string()
    };
    for (secret, says) in [
        (&b"hunter2hunter2"[..], "is no URL of the kind http://host/path"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "is no text"),
    ] {
        let told = problem(secret);
        assert!(told.starts_with("sla:1: handler \"chat\": file:"), "{told}");
        assert!(told.contains(says) && !told.contains("hunter2"), "{told}");
    }
    fs::remove_file(&path).unwrap();
    #[cfg(unix)]
    {
        // Whoever writes to it may never do so.
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let told = Handlers::from_sla(&sla(&text)).unwrap_err().to_string();
        assert!(told.ends_with("secret: is no file"), "{told}");
        fs::remove_file(&path).unwrap();
    }
    let told = Handlers::from_sla(&sla(&text)).unwrap_err().to_string();
    assert!(told.contains("No such file") || told.contains("cannot find"), "{told}");
    let unset =
        "[handlers.pager]\ntype = \"pagerduty\"\nrouting_key = \"env:PERFKIT_TEST_NEVER_SET\"\n";
    let told = Handlers::from_sla(&sla(unset)).unwrap_err().to_string();
    assert_eq!(
        told,
        "sla:1: handler \"pager\": env:PERFKIT_TEST_NEVER_SET: the variable is not set"
    );
}

#[cfg(feature = "http")]
#[test]
fn every_service_of_a_file_is_reached_by_a_test() {
    use crate::sink::{Play, Sink};
    use std::time::Duration;
    let sink = Sink::play(Vec::new());
    let down = Sink::play_then(Vec::new(), Play::Answer("404 Not Found", "", String::new()));
    let folder = tempfile::tempdir().unwrap();
    let secret = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("{text}\n")).unwrap();
        path.display().to_string()
    };
    let text = format!(
        "[handlers.pager]\ntype = \"pagerduty\"\nrouting_key = 'file:{}'\nurl = \"{}/pager\"\n\
         [handlers.hook]\ntype = \"webhook\"\nurl = \"{}/hook\"\nmin_severity = \"critical\"\n\
         [handlers.chat]\ntype = \"slack\"\nurl = 'file:{}'\n\
         [handlers.am]\ntype = \"alertmanager\"\nurls = [\"{}\", \"{}\"]\n",
        secret("key", "0123456789abcdef0123456789abcdef"),
        sink.origin(),
        sink.origin(),
        secret("slack", &format!("{}/chat", sink.origin())),
        sink.origin(),
        down.origin(),
    );
    let handlers = Handlers::from_sla(&sla(&text)).unwrap();
    let dispatcher = Dispatcher::builder().handlers_of(handlers).spawn().unwrap();
    let fired = dispatcher.test_fire(PATIENCE);
    let told: Vec<_> = fired
        .iter()
        .map(|fired| (fired.handler.as_str(), fired.result.as_ref().map_err(ToString::to_string)))
        .collect();
    let refused = format!("{} answered 404 Not Found", down.origin());
    assert_eq!(told.len(), 5);
    for (handler, result) in told {
        match handler {
            "am#2" => assert_eq!(result, Err(refused.clone())),
            _ => assert!(result.is_ok_and(|took| *took > Duration::ZERO), "{handler} {fired:?}"),
        }
    }
    let mut paths: Vec<String> = sink.requests().into_iter().map(|request| request.path).collect();
    paths.sort();
    assert_eq!(paths, ["/api/v2/alerts", "/chat", "/hook", "/pager", "/pager"]);
}

#[cfg(feature = "tls")]
#[test]
fn the_file_says_who_vouches_for_a_server_and_which_token_it_wants() {
    use crate::certificate::Certificate;
    use crate::sink::Sink;
    let ours = Certificate::new();
    let sink = Sink::encrypted(&ours);
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (pem, token) = (put("company.pem", &ours.pem()), put("token", "s3cret\n"));
    let text = |ca: &str| {
        format!(
            "[handlers.hook]\ntype = \"webhook\"\nurl = \"{}/hook\"\nbearer_token = 'file:{token}'\n\
             ca_file = '{ca}'\n",
            sink.origin()
        )
    };
    let handlers = Handlers::from_sla(&sla(&text(&pem))).unwrap();
    let dispatcher = Dispatcher::builder().handlers_of(handlers).spawn().unwrap();
    let fired = dispatcher.test_fire(PATIENCE);
    assert!(fired[0].result.is_ok(), "{fired:?}");
    let asked: Vec<_> = sink.requests().into_iter().map(|it| (it.path, it.authorization)).collect();
    assert_eq!(asked, [("/hook".to_owned(), "Bearer s3cret".to_owned())]);
    let told = |text: &str| Handlers::from_sla(&sla(text)).unwrap_err().to_string();
    let wrong = told(&text(&put("empty.pem", "")));
    assert!(wrong.ends_with("empty.pem: has no certificate in PEM"), "{wrong}");
    let missing = told(&text("/no/such.pem"));
    assert!(missing.starts_with("sla:1: handler \"hook\": ca_file /no/such.pem: "), "{missing}");
    let clear = told(&text(&pem).replace("https:", "http:"));
    assert!(clear.contains("does nothing for http"), "{clear}");
}
