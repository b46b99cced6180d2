use perfkit::report::Report;
use perfkit::sla::SlaConfig;
use perfkit::{Clock, ManualClock, Profiler, ReportEvent, ReportFormat, Reports};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// 2026-11-21T18:20:00Z
const START: Duration = Duration::from_secs(1_795_285_200);

/// A profiler whose clock stands at 18:20, and a folder that is not there yet.
struct Desk {
    profiler: Profiler,
    hand: ManualClock,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let (clock, hand) = Clock::manual();
        hand.set(START);
        let profiler = Profiler::builder().clock(clock).build();
        Desk { profiler, hand, folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    fn names(&self) -> Vec<String> {
        names(&self.path())
    }

    fn report(&self, name: &str) -> Report {
        Report::load(self.path().join(name)).unwrap()
    }

    fn calls(&self, name: &str) -> u64 {
        self.report(name).snapshot().operation("query").map_or(0, |query| query.count())
    }

    fn record(&self, calls: u64) {
        (0..calls).for_each(|_| self.profiler.record("query", Duration::from_millis(5)));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn each_hour_has_a_report_of_its_own_calls_under_its_own_name() {
    for reset in [true, false] {
        let desk = Desk::new();
        let mut reports =
            Reports::hourly(desk.path()).reset(reset).by_hand(&desk.profiler).unwrap();
        for (advance, calls, is_due) in
            [(39, 7, false), (1, 1, true), (59, 5, false), (1, 0, true), (60, 3, true)]
        {
            desk.record(calls);
            desk.hand.advance(Duration::from_secs(advance * 60));
            assert_eq!(reports.tick(), is_due);
            assert!(!reports.tick(), "not twice");
        }
        let hours = ["18", "19", "20"];
        let expected: Vec<String> = hours
            .iter()
            .flat_map(|h| ["html", "json"].map(|end| format!("report-2026-11-21T{h}.{end}")))
            .collect();
        assert_eq!(desk.names(), expected);
        let calls = hours.map(|h| desk.calls(&format!("report-2026-11-21T{h}.json")));
        assert_eq!(calls, [8, 5, 3]);
        let second = desk.report("report-2026-11-21T19.json");
        assert_eq!(second.model().run.started_at, "2026-11-21T19:00:00.000000000Z");
        assert_eq!(second.model().run.duration_ns, 3_600_000_000_000);
        let left = desk.profiler.snapshot().operation("query").map_or(0, |query| query.count());
        assert_eq!(left, if reset { 0 } else { 16 }, "reset: {reset}");
        let totals = reports.totals();
        assert_eq!((totals.written, totals.failures, totals.last_error), (3, 0, None));
    }
}

#[test]
fn days_and_other_periods_have_dates_of_their_own_kind() {
    let desk = Desk::new();
    let daily = Reports::daily(desk.path()).named("shop.eu").formats([ReportFormat::Markdown]);
    let mut daily = daily.by_hand(&desk.profiler).unwrap();
    let often = Reports::every(Duration::from_secs(90), desk.path()).formats([ReportFormat::Junit]);
    let mut often = often.by_hand(&desk.profiler).unwrap();
    desk.hand.advance(Duration::from_secs(89));
    assert!(!often.tick());
    desk.hand.advance(Duration::from_secs(1));
    assert!(often.tick() && !daily.tick());
    desk.hand.set(START + DAY);
    assert!(daily.tick());
    assert_eq!(desk.names(), ["report-2026-11-21T18-20-00.junit.xml", "shop.eu-2026-11-21.md"]);
}

#[test]
fn a_machine_that_slept_for_hours_has_one_report_of_all_of_them() {
    let desk = Desk::new();
    let mut reports = Reports::hourly(desk.path()).by_hand(&desk.profiler).unwrap();
    desk.record(4);
    desk.hand.advance(10 * HOUR);
    assert!(reports.tick() && !reports.tick());
    assert_eq!(desk.names().len(), 2);
    assert_eq!(desk.calls("report-2026-11-21T18.json"), 4);
    desk.hand.advance(40 * HOUR / 60);
    assert!(reports.tick(), "the next one ends with its hour");
}

#[test]
fn a_clock_that_is_set_back_by_days_does_not_stop_the_reports_for_days() {
    let desk = Desk::new();
    let mut reports = Reports::hourly(desk.path()).by_hand(&desk.profiler).unwrap();
    desk.hand.set(START - 3 * DAY);
    assert!(!reports.tick());
    desk.hand.advance(HOUR);
    assert!(reports.tick());
}

#[test]
fn what_is_there_is_never_overwritten() {
    let desk = Desk::new();
    for (process, calls) in [(1, 3), (2, 5), (3, 7)] {
        let reports = Reports::hourly(desk.path()).formats([ReportFormat::Json]).reset(true);
        let reports = reports.by_hand(&desk.profiler).unwrap();
        desk.record(calls);
        desk.hand.advance(Duration::from_secs(60));
        let totals = reports.finish();
        assert_eq!((totals.written, totals.failures), (1, 0), "process {process}");
    }
    let stem = "report-2026-11-21T18";
    let names = ["", "-2", "-3"].map(|number| format!("{stem}{number}.json"));
    assert_eq!(names.each_ref().map(|name| desk.calls(name)), [3, 5, 7]);
}

#[test]
fn processes_that_share_a_folder_and_write_at_once_each_have_their_report() {
    const PROCESSES: u64 = 8;
    let desks: Vec<Desk> = (0..PROCESSES).map(|_| Desk::new()).collect();
    let shared = desks[0].path();
    let writers = desks.iter().zip(1..).map(|(desk, calls)| {
        let reports = Reports::hourly(&shared).reset(true).by_hand(&desk.profiler).unwrap();
        desk.record(calls);
        desk.hand.advance(Duration::from_secs(60));
        reports
    });
    let writers: Vec<_> = writers.collect();
    let at_once = Barrier::new(writers.len());
    thread::scope(|scope| {
        for writer in writers {
            scope.spawn(|| {
                at_once.wait();
                assert_eq!(writer.finish().written, 1);
            });
        }
    });
    let names = desks[0].names();
    let jsons: Vec<&String> = names.iter().filter(|name| name.ends_with(".json")).collect();
    let mut calls: Vec<u64> = jsons.iter().map(|name| desks[0].calls(name)).collect();
    calls.sort_unstable();
    assert_eq!(calls, (1..=PROCESSES).collect::<Vec<_>>(), "{names:?}");
    assert_eq!(
        names.len() as u64,
        2 * PROCESSES,
        "each its own HTML, and no claim is left: {names:?}"
    );
}

#[test]
fn a_report_of_which_one_file_cannot_be_written_leaves_none_and_keeps_its_name() {
    let desk = Desk::new();
    let mut reports = Reports::hourly(desk.path()).reset(true).by_hand(&desk.profiler).unwrap();
    // HTML can be written, and JSON cannot.
    let obstacle = desk.path().join("report-2026-11-21T18.json.new");
    fs::create_dir(&obstacle).unwrap();
    desk.record(3);
    desk.hand.advance(HOUR);
    assert!(reports.tick());
    assert_eq!((reports.totals().written, reports.totals().failures), (0, 1));
    assert_eq!(desk.names(), ["report-2026-11-21T18.json.new"]);
    fs::remove_dir(&obstacle).unwrap();
    assert_eq!(reports.finish().written, 1);
    assert_eq!(desk.names(), ["report-2026-11-21T18.html", "report-2026-11-21T18.json"]);
    assert_eq!(desk.calls("report-2026-11-21T18.json"), 3);
}

#[test]
fn only_the_newest_stay_and_nothing_else_is_removed() {
    let desk = Desk::new();
    let others = [
        "notes.html",
        "report-2020-01-01.html",
        "report-2020-01-01T10.html.gz",
        "report-eu-2020-01-01T10.html",
        "old-report-2020-01-01T10.html",
    ];
    fs::create_dir_all(desk.path().join("report-2020-01-01T10.json")).unwrap();
    others.iter().for_each(|name| fs::write(desk.path().join(name), "ours").unwrap());
    fs::write(desk.path().join("report-2020-01-01T10.html"), "an old one").unwrap();
    let mut reports = Reports::hourly(desk.path()).keep(3).by_hand(&desk.profiler).unwrap();
    for _ in 0..9 {
        desk.hand.advance(HOUR);
        assert!(reports.tick());
    }
    let names = desk.names();
    assert!(others.iter().all(|name| names.contains(&(*name).to_owned())), "{names:?}");
    assert!(desk.path().join("report-2020-01-01T10.json").is_dir());
    let dated: Vec<&String> = names.iter().filter(|name| name.starts_with("report-2026")).collect();
    let hours = ["2026-11-22T00", "2026-11-22T01", "2026-11-22T02"];
    let expected: Vec<String> =
        hours.iter().flat_map(|h| ["html", "json"].map(|e| format!("report-{h}.{e}"))).collect();
    assert_eq!(dated, expected.iter().collect::<Vec<_>>());
    assert!(!names.contains(&"report-2020-01-01T10.html".to_owned()));
    assert_eq!(reports.totals().failures, 0);
}

#[test]
fn reports_are_removed_when_they_are_too_old() {
    let desk = Desk::new();
    let reports = Reports::daily(desk.path()).formats([ReportFormat::Json]).keep_for(3 * DAY);
    let mut reports = reports.by_hand(&desk.profiler).unwrap();
    for _ in 0..6 {
        desk.hand.advance(DAY);
        assert!(reports.tick());
    }
    // It is the 27th, 18:20.
    let expected = ["24", "25", "26"].map(|day| format!("report-2026-11-{day}.json"));
    assert_eq!(desk.names(), expected);
}

#[test]
fn what_cannot_be_written_is_counted_and_written_when_it_can_be() {
    let desk = Desk::new();
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&events);
    let reports = Reports::hourly(desk.path()).formats([ReportFormat::Json]).reset(true);
    let reports = reports.on_event(move |event| {
        told.lock().unwrap().push(event.clone());
        panic!("a listener that panics");
    });
    let mut reports = reports.by_hand(&desk.profiler).unwrap();
    fs::remove_dir(desk.path()).unwrap();
    fs::write(desk.path(), "where the folder was").unwrap();
    for _ in 0..2 {
        desk.record(10);
        desk.hand.advance(HOUR);
        assert!(reports.tick());
    }
    let totals = reports.totals();
    assert_eq!((totals.written, totals.failures), (0, 2));
    let error = totals.last_error.unwrap();
    assert!(error.starts_with(&desk.path().display().to_string()), "{error}");
    assert!(error.contains("cannot be written"), "{error}");

    fs::remove_file(desk.path()).unwrap();
    desk.record(4);
    desk.hand.advance(HOUR);
    assert!(reports.tick());
    assert_eq!((reports.totals().written, reports.totals().failures), (3, 2));
    let hours = ["18", "19", "20"].map(|h| format!("report-2026-11-21T{h}.json"));
    assert_eq!(desk.names(), hours, "and no half files");
    assert_eq!(hours.each_ref().map(|name| desk.calls(name)), [10, 10, 4]);
    let events = events.lock().unwrap();
    assert!(matches!(events[0], ReportEvent::Failed(_)));
    assert_eq!(events[4], ReportEvent::Written(vec![desk.path().join(&hours[2])]));
}

#[test]
fn no_more_reports_wait_than_a_day_has_hours() {
    let desk = Desk::new();
    let mut reports = Reports::hourly(desk.path()).by_hand(&desk.profiler).unwrap();
    fs::remove_dir(desk.path()).unwrap();
    fs::write(desk.path(), "").unwrap();
    for _ in 0..30 {
        desk.hand.advance(HOUR);
        reports.tick();
    }
    assert_eq!(reports.totals().given_up, 6);
    fs::remove_file(desk.path()).unwrap();
    assert_eq!(reports.finish().written, 25 - 1, "it is the very end of the last hour");
}

#[test]
fn a_report_has_the_verdict_the_timeline_and_the_requests_of_its_own_time() {
    for reset in [true, false] {
        let desk = Desk::new();
        let sla = "[operations.query]\nmax_p95 = \"10ms\"";
        let reports = Reports::hourly(desk.path())
            .sla(SlaConfig::from_toml(sla).unwrap())
            .with_timeline()
            .with_requests()
            .titled("Shop")
            .labelled("commit", "c0ffee")
            .reset(reset);
        let mut reports = reports.by_hand(&desk.profiler).unwrap();
        let timeline = desk.profiler.timeline();
        for (minutes, milliseconds) in [(40, 5), (60, 50)] {
            for minute in 0..minutes {
                desk.profiler.request(&format!("{milliseconds}-{minute}")).end();
                for _ in 0..10 {
                    desk.profiler.record("query", Duration::from_millis(milliseconds));
                }
                desk.hand.advance(Duration::from_secs(60));
                timeline.tick();
            }
            assert!(reports.tick());
        }
        for (hour, status, calls) in [("18", "met", 400), ("19", "violated", 600)] {
            let report = desk.report(&format!("report-2026-11-21T{hour}.json"));
            let model = report.model();
            assert_eq!(model.verdict.as_ref().unwrap().status, status, "reset {reset}, {hour}");
            assert_eq!(desk.calls(&format!("report-2026-11-21T{hour}.json")), calls);
            let series = model.series.as_ref().unwrap();
            assert_eq!(series.operations["query"].counts.iter().sum::<u64>(), calls);
            let requests = model.requests.as_ref().unwrap().count;
            assert_eq!(requests, calls / 10);
            assert_eq!(model.title, "Shop");
            assert_eq!(model.run.labels["commit"], "c0ffee");
        }
    }
}

#[test]
fn the_thread_stops_at_once_and_only_finish_writes_what_has_begun() {
    let desk = Desk::new();
    let begun = Instant::now();
    desk.record(2);
    desk.hand.advance(Duration::from_secs(1));
    drop(Reports::hourly(desk.path()).spawn(&desk.profiler).unwrap());
    assert_eq!(desk.names(), Vec::<String>::new());
    let reports = Reports::hourly(desk.path()).reset(true).spawn(&desk.profiler).unwrap();
    desk.record(3);
    desk.hand.advance(Duration::from_secs(1));
    let totals = reports.finish();
    assert_eq!((totals.written, totals.failures), (1, 0));
    assert_eq!(desk.calls("report-2026-11-21T18.json"), 5, "since the profiler was made");
    assert!(begun.elapsed() < Duration::from_secs(30), "it would wait for a minute");
}

#[test]
fn what_could_never_be_written_is_refused_at_the_start() {
    let desk = Desk::new();
    for name in ["", "a/b", "../a", ".hidden", "a b"] {
        let refused = Reports::hourly(desk.path()).named(name).by_hand(&desk.profiler);
        assert!(refused.unwrap_err().to_string().contains("is no name"), "{name:?}");
    }
    let none = Reports::hourly(desk.path()).formats([]).by_hand(&desk.profiler);
    assert!(none.unwrap_err().to_string().contains("no format"));
    fs::write(desk.path(), "a file").unwrap();
    let error = Reports::hourly(desk.path()).spawn(&desk.profiler).unwrap_err().to_string();
    assert!(error.contains("reports: cannot be created"), "{error}");
}
