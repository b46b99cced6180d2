//! What becomes of old files.

use super::request_log::names;
use perf_export::{LogAction, Retention};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::tempdir;

/// Noon of 2026-11-21.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_200 + 43_200)
}

fn plan(folder: &Path, retention: Retention) -> Vec<(String, LogAction)> {
    let plan = retention.plan(folder, now()).unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    plan.iter().map(|planned| (name(planned.path()), planned.action())).collect()
}

#[test]
fn a_plan_tells_every_file_of_ours_the_oldest_first_and_touches_none() {
    use LogAction::{Compress, Delete, Keep};
    let folder = tempdir().unwrap();
    let all = [
        ("20261020_performance.jsonl.gz", Delete),
        ("20261022_performance.jsonl", Delete),
        ("20261023_performance.jsonl", Compress),
        ("20261023_performance.jsonl.gz", Keep),
        ("20261120_performance.jsonl", Compress),
        ("20261120_performance.999.jsonl", Compress),
        ("20261120_performance.1000.jsonl", Compress),
        ("20261121_performance.jsonl", Keep),
        ("20261225_performance.jsonl", Keep),
    ];
    for (name, _) in all {
        fs::write(folder.path().join(name), name).unwrap();
    }
    for other in ["notes.txt", "20200101_other.jsonl", "20200101_performance.jsonl.bak"] {
        fs::write(folder.path().join(other), "not ours").unwrap();
    }
    let before = names(folder.path());
    let retention = Retention::default().compress_after_days(1).keep_days(30);
    let told = plan(folder.path(), retention);
    assert_eq!(told, all.map(|(name, action)| (name.to_owned(), action)));
    assert_eq!(names(folder.path()), before);
    retention.apply(folder.path(), now()).unwrap();
    assert_eq!(names(folder.path()).len(), before.len() - 2 - 1, "two deleted, two became one");
    assert!(plan(folder.path(), retention).iter().all(|(_, action)| *action == Keep));
    assert!(plan(folder.path(), Retention::default()).iter().all(|(_, action)| *action == Keep));
}

#[cfg(unix)]
#[test]
fn links_and_folders_of_such_a_name_are_left_alone() {
    let (folder, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let target = elsewhere.path().join("precious");
    fs::write(&target, "keep me").unwrap();
    std::os::unix::fs::symlink(&target, folder.path().join("20200101_performance.jsonl")).unwrap();
    let inside = folder.path().join("20200102_performance.jsonl");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("20200103_performance.jsonl"), "inside").unwrap();
    let retention = Retention::default().compress_after_days(1).keep_days(1);
    assert_eq!(plan(folder.path(), retention), []);
    retention.apply(folder.path(), now()).unwrap();
    assert_eq!(names(folder.path()).len(), 2);
    assert_eq!(fs::read_to_string(&target).unwrap(), "keep me");
    assert!(inside.join("20200103_performance.jsonl").exists());
}

#[test]
fn what_a_kill_left_of_a_copy_is_deleted_a_day_later() {
    let folder = tempdir().unwrap();
    let name = "20261101_performance.jsonl.gz.0123456789abcdef.new";
    let file = fs::File::create(folder.path().join(name)).unwrap();
    for (age, deleted) in [(0, false), (86_300, false), (86_400, true)] {
        file.set_modified(now() - Duration::from_secs(age)).unwrap();
        let told = plan(folder.path(), Retention::default());
        assert_eq!(!told.is_empty(), deleted, "{age} s old: {told:?}");
    }
}

#[test]
fn two_that_tidy_up_at_the_same_time_lose_nothing() {
    for _ in 0..20 {
        let folder = tempdir().unwrap();
        let line = "{\"total_time\":1.0}\n".repeat(20_000);
        for day in 1..5 {
            fs::write(folder.path().join(format!("2026110{day}_performance.jsonl")), &line)
                .unwrap();
        }
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    Retention::default().compress_after_days(1).apply(folder.path(), now())
                });
            }
        });
        let left = names(folder.path());
        assert_eq!(left.len(), 4, "{left:?}");
        for name in left {
            use std::io::Read;
            let file = fs::File::open(folder.path().join(&name)).unwrap();
            let mut text = String::new();
            flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
            assert!(text == line, "{name}: {} bytes", text.len());
        }
    }
}

#[test]
fn a_file_that_cannot_be_compressed_is_told_and_the_others_are_done() {
    let folder = tempdir().unwrap();
    for day in 1..4 {
        fs::write(folder.path().join(format!("2026110{day}_performance.jsonl")), "{}\n").unwrap();
    }
    // A folder where the copy would go.
    fs::create_dir(folder.path().join("20261102_performance.jsonl.gz")).unwrap();
    let retention = Retention::default().compress_after_days(1);
    assert!(retention.apply(folder.path(), now()).is_err());
    let left = names(folder.path());
    assert_eq!(
        left,
        [
            "20261101_performance.jsonl.gz",
            "20261102_performance.jsonl",
            "20261102_performance.jsonl.gz",
            "20261103_performance.jsonl.gz"
        ]
    );
    assert!(retention.plan(folder.path().join("none"), now()).is_err());
}
