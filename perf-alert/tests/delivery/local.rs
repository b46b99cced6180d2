//! Handlers that stay on this machine: files, programs, logs.

use crate::{PATIENCE, alert, fired, resolved};
use perf_alert::{CommandHandler, FileHandler, Handler, Notification, Retry, Severity};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn slow() -> Notification {
    fired(vec![alert("slow", Severity::Critical)])
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_file_has_a_line_for_each_notification() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let mut file = FileHandler::new(&path).unwrap();
    let mut hostile = alert("slow", Severity::Warning);
    hostile.summary = "two\nlines \u{2028} and \"quotes\"".to_owned();
    file.handle(&slow(), soon()).unwrap();
    file.handle(&resolved(vec![hostile]), soon()).unwrap();
    let told = lines(&path);
    assert_eq!(
        told[0],
        json!({
            "reason": "fired",
            "at": "2017-07-14T12:00:01Z",
            "severity": "critical",
            "group": {},
            "alerts": [{
                "rule": "slow",
                "status": "firing",
                "severity": "critical",
                "labels": {"alertname": "slow", "operation": "retrieval"},
                "started": "2017-07-14T12:00:00Z",
                "ended": null,
                "summary": "slow: retrieval p95 is 125.6 ms, limit 100 ms",
                "description": "since 2 minutes",
                "observed": "125.6 ms",
                "limit": "<= 100 ms",
                "runbook": "https://wiki.example/slow"
            }]
        })
    );
    assert_eq!(told[1]["alerts"][0]["ended"], "2017-07-14T12:01:30Z");
    // Somebody takes it away; the next line begins a new one.
    fs::rename(&path, folder.path().join("alerts.1.jsonl")).unwrap();
    file.handle(&slow(), soon()).unwrap();
    assert_eq!(lines(&path).len(), 1);
    assert!(FileHandler::new(folder.path().join("no/such/folder")).is_err());
}

#[cfg(unix)]
fn shell(script: &str) -> CommandHandler {
    CommandHandler::new("sh", ["-c", script])
}

#[cfg(unix)]
#[test]
fn a_command_has_the_alerts_on_its_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("told");
    let mut command = CommandHandler::new("sh", ["-c", "cat > \"$0\"", path.to_str().unwrap()]);
    let mut large = slow();
    // More than a pipe holds.
    large.alerts[0].description = "x".repeat(1_000_000);
    command.handle(&large, soon()).unwrap();
    let told = lines(&path);
    assert_eq!(told[0]["alerts"][0]["description"].as_str().unwrap().len(), 1_000_000);
    // One that reads nothing has not failed.
    shell("exit 0").handle(&large, soon()).unwrap();
}

#[cfg(unix)]
#[test]
fn no_shell_reads_the_arguments_of_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("$(touch hacked); x");
    CommandHandler::new("touch", [path.to_str().unwrap()]).handle(&slow(), soon()).unwrap();
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["$(touch hacked); x"]);
}

#[cfg(unix)]
#[test]
fn a_command_that_fails_says_why() {
    let error = shell("echo no pager >&2; exit 3").handle(&slow(), soon()).unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.retry()),
        ("sh: exit status: 3: no pager", Retry::Later)
    );
    let talks =
        "i=0; while [ $i -lt 20000 ]; do echo too much to say >&2; i=$((i+1)); done; exit 1";
    let error = shell(talks).handle(&slow(), soon()).unwrap_err();
    assert!(error.to_string().chars().count() < 400, "{error}");
    let error =
        CommandHandler::new("no-such-program-here", [""; 0]).handle(&slow(), soon()).unwrap_err();
    assert_eq!(error.retry(), Retry::Never);
}

#[cfg(unix)]
#[test]
fn a_command_is_ended_at_its_deadline_with_all_it_has_begun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("child");
    // The child holds the lock on standard error; it must not hold the handler.
    let script =
        format!("sleep 1000 & echo $! > '{0}.new'; mv '{0}.new' '{0}'; wait", path.display());
    let mut command = shell(&script);
    let begun = Instant::now();
    let deadline = begun + Duration::from_secs(3);
    let error = command.handle(&slow(), deadline).unwrap_err();
    assert_eq!(error.to_string(), "sh: was ended at its deadline");
    assert!(begun.elapsed() >= Duration::from_secs(3) && begun.elapsed() < PATIENCE);
    let child: i32 = fs::read_to_string(&path).unwrap().trim().parse().unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    while runs(child) {
        assert!(begun.elapsed() < PATIENCE, "the child lives on");
        std::thread::yield_now();
    }
}

/// Not yet gone, and no zombie that nobody has waited for.
#[cfg(unix)]
fn runs(process: rustix::process::Pid) -> bool {
    let stat = format!("/proc/{}/stat", process.as_raw_nonzero());
    let is_zombie = fs::read_to_string(stat).is_ok_and(|stat| stat.contains(") Z "));
    !is_zombie && rustix::process::test_kill_process(process).is_ok()
}

#[cfg(feature = "log")]
#[test]
fn a_record_of_log_has_the_level_of_the_severity() {
    use std::sync::Mutex;
    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    struct Logger;
    impl log::Log for Logger {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            if record.target() == "perf_alert" {
                TOLD.lock().unwrap().push(format!("{} {}", record.level(), record.args()));
            }
        }
        fn flush(&self) {}
    }
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let summary = "slow: retrieval p95 is 125.6 ms, limit 100 ms";
    let mut handler = perf_alert::LogHandler;
    handler.handle(&slow(), soon()).unwrap();
    handler.handle(&fired(vec![alert("slow", Severity::Warning)]), soon()).unwrap();
    handler.handle(&resolved(vec![alert("slow", Severity::Critical)]), soon()).unwrap();
    let told = TOLD.lock().unwrap();
    assert_eq!(
        *told,
        [
            format!("ERROR critical: {summary}"),
            format!("WARN warning: {summary}"),
            format!("INFO resolved: {summary}")
        ]
    );
}

#[cfg(feature = "tracing")]
#[test]
fn an_event_of_tracing_has_the_fields_of_the_alert() {
    use std::sync::{Arc, Mutex};
    use tracing::field::{Field, Visit};
    use tracing::span;
    #[derive(Clone, Default)]
    struct Events(Arc<Mutex<Vec<String>>>);
    struct Fields(String);
    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            self.0 += &format!(" {field}={value:?}");
        }
    }
    impl tracing::Subscriber for Events {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, event: &tracing::Event<'_>) {
            let mut fields = Fields(event.metadata().level().to_string());
            event.record(&mut fields);
            self.0.lock().unwrap().push(fields.0);
        }
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }
    let events = Events::default();
    tracing::subscriber::with_default(events.clone(), || {
        let both =
            vec![alert("slow", Severity::Critical), crate::over(alert("b", Severity::Warning))];
        perf_alert::TracingHandler.handle(&fired(both), soon()).unwrap();
    });
    let told = events.0.lock().unwrap();
    assert!(told[0].starts_with("ERROR message=slow: retrieval p95"), "{told:?}");
    for field in ["rule=\"slow\"", "severity=\"critical\"", "firing=true", "observed=\"125.6 ms\""]
    {
        assert!(told[0].contains(field), "{field}: {told:?}");
    }
    assert!(told[1].starts_with("INFO") && told.len() == 2, "{told:?}");
}
