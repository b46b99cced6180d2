//! Budgets that outlive the process.

use crate::{manual, ms, secs, sla};
use perf_sla::{EventHistory, Status};

const TWO: &str = "[[objectives]]\nname = \"a \\\"b\\\"\"\noperation = \"work\"\ngood = \"latency <= 5ms\"\ntarget = \"90%\"\n[[objectives]]\nname = \"c\"\ngood = \"success\"\ntarget = \"99%\"\n";

fn some(seconds: u64) -> EventHistory {
    let sla = sla(TWO);
    let (profiler, hand) = manual();
    sla.watch(&profiler).unwrap();
    let timeline = profiler.timeline();
    for second in 0..seconds {
        profiler.record("work", ms(second % 10));
        hand.advance(secs(1));
        timeline.tick();
    }
    sla.events_of_timeline(&timeline)
}

#[test]
fn what_is_saved_is_what_is_read() {
    let history = some(20);
    assert_eq!(history.of("c").len(), 20);
    assert_eq!(EventHistory::from_toml(&history.to_toml()).unwrap(), history);
    let empty = EventHistory::default();
    assert_eq!(EventHistory::from_toml(&empty.to_toml()).unwrap(), empty);
    let folder = std::env::temp_dir().join(format!("perf-sla-saved-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("events.toml");
    assert_eq!(EventHistory::load(&path).unwrap(), empty, "the first process has none");
    history.save(&path).unwrap();
    assert_eq!(EventHistory::load(&path).unwrap(), history);
    some(3).save(&path).unwrap();
    assert_eq!(EventHistory::load(&path).unwrap().of("c").len(), 3, "it replaces the file");
    std::fs::write(&path, "\u{0}").unwrap();
    let told = EventHistory::load(&path).unwrap_err().to_string();
    assert!(told.contains("events.toml:1:"), "{told}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let text = some(3).to_toml();
    let whole = text.trim_end().len();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let read = EventHistory::from_toml(&text[..end]);
        assert_eq!(read.is_ok(), end >= whole, "{end} of {}: {read:?}", text.len());
    }
}

#[test]
fn a_byte_that_was_turned_never_panics() {
    let text = some(2).to_toml();
    for place in 0..text.len() {
        for byte in [b'0', b'9', b'-', b'"', b']', b'\n', b'=', 0xff] {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = byte;
            let Ok(history) = EventHistory::from_toml(&String::from_utf8_lossy(&bytes)) else {
                continue;
            };
            let now = std::time::SystemTime::UNIX_EPOCH + secs(100);
            sla(TWO).evaluate_objectives(&history, now);
            EventHistory::from_toml(&history.to_toml()).unwrap();
        }
    }
}

#[test]
fn what_is_no_history_is_refused_with_its_place() {
    let file = |lines: &str| format!("version = 1\n[objectives]\n{lines}\n[end]\n");
    for (lines, says) in [
        ("x = 3", "must be [from, to"),
        ("x = [[1, 2, 3, 4]]", "must be [from, to"),
        ("x = [[1, 2, 3, 4, 5, 6]]", "must be [from, to"),
        ("x = [[2, 1, 0, 0, 0]]", "must be [from, to"),
        ("x = [[1, 2, 3, 4, 4]]", "must be [from, to"),
        ("x = [[1, 2, 3, 2, 1]]", "must be [from, to"),
        ("x = [[1, 2, -3, 0, 0]]", "must be [from, to"),
        ("x = [[1, 2, 3.0, 0, 0]]", "must be [from, to"),
        ("x = [[1, 2, 99999999999999999999, 0, 0]]", "must be [from, to"),
        ("x = [[0, 10, 1, 0, 0], [9, 11, 1, 0, 0]]", "before the one before it has ended"),
    ] {
        let told = EventHistory::from_toml(&file(lines)).expect_err(lines).to_string();
        assert!(told.starts_with("sla:3:") && told.contains(says), "{lines}: {told}");
    }
    for text in [
        "",
        "version = 2\n[objectives]\n[end]",
        "[objectives]\n[end]",
        "version = 1\nobjectives = 3\n[end]",
    ] {
        EventHistory::from_toml(text).expect_err(text);
    }
}

#[test]
fn numbers_at_the_edge_are_judged_without_a_panic() {
    let max = i64::MAX;
    let text = format!("version = 1\n[objectives]\nc = [[0, {max}, {max}, 0, {max}]]\n[end]\n");
    let history = EventHistory::from_toml(&text).unwrap();
    let sla =
        sla(&format!("{TWO}budgeting = \"time_slices\"\nslice = \"1s\"\nslice_target = \"90%\"\n"));
    for now in [0, 1, 1 << 40] {
        let now = std::time::SystemTime::UNIX_EPOCH + secs(now);
        assert_ne!(sla.evaluate_objectives(&history, now)[1].status, Status::Met);
    }
    EventHistory::from_toml(&history.to_toml()).unwrap();
}

#[test]
fn stretches_older_than_a_day_are_merged_and_add_up() {
    let minute = |i: u64| format!("[{}, {}, 10, 1, 2],", i * 60_000, (i + 1) * 60_000);
    let lines: String = (0..3 * 1_440).map(minute).collect();
    let text = format!("version = 1\n[objectives]\nx = [{lines}]\n[end]\n");
    let history = EventHistory::from_toml(&text).unwrap();
    let merged = EventHistory::from_toml(&history.to_toml()).unwrap();
    // Two days by quarters of an hour, one by minutes; the minute that ended exactly a day ago stays.
    assert_eq!(merged.of("x").len(), 2 * 96 + 1_440 + 1);
    let sum = |history: &EventHistory| {
        history.of("x").iter().fold((0, 0, 0), |sum, events| {
            (sum.0 + events.total, sum.1 + events.bad.0, sum.2 + events.bad.1)
        })
    };
    assert_eq!(sum(&merged), sum(&history));
    assert_eq!(sum(&merged), (43_200, 4_320, 8_640));
    let old = format!(
        "version = 1\n[objectives]\nx = [[0, 1000, 1, 0, 0], [{0}, {0}, 1, 0, 0]]\n[end]\n",
        401 * 86_400_000_u64
    );
    let history = EventHistory::from_toml(&old).unwrap();
    assert_eq!(EventHistory::from_toml(&history.to_toml()).unwrap().of("x").len(), 1);
}

#[test]
fn a_real_clock_makes_files_that_can_be_read() {
    let sla = sla(TWO);
    let profiler = perf_core::Profiler::new();
    profiler.record("work", ms(1));
    profiler.timeline().tick();
    let history = sla.events_of_timeline(&profiler.timeline());
    EventHistory::from_toml(&history.to_toml()).unwrap();
}
