//! Trackers from names and options.

use perf_core::{Clock, Profiler, TrackError};
use perf_resources::{OptionValue, TrackerError, TrackerKind, tracker};
use std::time::Duration;

type Given<'a> = Vec<(&'a str, OptionValue)>;

/// Every option that the seed has, with the values it shows.
fn seed(kind: &str) -> Given<'static> {
    match kind {
        "latency" => vec![
            ("metric_name", "latency".into()),
            ("time_unit", "ms".into()),
            ("include_timestamps", true.into()),
        ],
        "throughput" => vec![
            ("metric_name", "throughput".into()),
            ("time_unit", "s".into()),
            ("window_size", 60.into()),
            ("include_timestamps", true.into()),
        ],
        "memory" => vec![
            ("metric_name", "memory_usage".into()),
            ("track_gpu", cfg!(feature = "gpu").into()),
            ("gpu_device", 0.into()),
            ("unit", "MB".into()),
            ("track_peak", true.into()),
            ("sampling_interval", 1.0.into()),
            ("include_timestamps", true.into()),
        ],
        _ => vec![
            ("metric_name", "cpu_usage".into()),
            ("track_per_core", cfg!(feature = "system").into()),
            ("track_process", true.into()),
            ("track_system", cfg!(feature = "system").into()),
            ("sampling_interval", 0.5.into()),
            ("include_timestamps", true.into()),
        ],
    }
}

fn refused(kind: &str, options: Given<'_>) -> String {
    tracker(&Profiler::new(), kind, options).unwrap_err().to_string()
}

#[test]
fn every_option_of_the_seed_is_known_and_every_tracker_measures() {
    for (kind, unit) in [("latency", "ms"), ("throughput", "/s"), ("memory", "MB"), ("cpu", "%")] {
        let tracker = tracker(&Profiler::new(), kind, seed(kind)).unwrap();
        let id = tracker.start("work");
        crate::burn(Duration::from_millis(1));
        let measurement = tracker.stop(id).unwrap();
        assert_eq!((&*measurement.metric, &*measurement.label), (tracker.metric(), "work"));
        assert_eq!(measurement.unit, unit);
        assert!(measurement.value >= Some(0.0) && measurement.at.is_some(), "{measurement:?}");
        assert_eq!(tracker.stop(id), Err(TrackError::AlreadyStopped));
        let sampling = tracker.spawn_sampling().unwrap();
        assert_eq!(sampling.is_some(), kind == "memory" || kind == "cpu");
    }
}

#[test]
fn options_do_what_they_say() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let make = |kind, options: Given<'static>| tracker(&profiler, kind, options).unwrap();
    let named: Given<'_> = vec![("metric_name", "docs".into()), ("time_unit", "m".into())];
    let throughput = make("throughput", named);
    let id = throughput.start("index");
    throughput.record(id, 30).unwrap();
    hand.advance(Duration::from_secs(10));
    let measurement = throughput.stop(id).unwrap();
    assert_eq!((measurement.value, &*measurement.unit), (Some(180.0), "/min"));
    assert_eq!(profiler.snapshot().counter("docs", &[("label", "index")]), Some(30));

    let latency =
        make("latency", vec![("time_unit", "us".into()), ("include_timestamps", false.into())]);
    let id = latency.start("query");
    assert_eq!(latency.record(id, 1), Err(TrackError::OtherTracker));
    assert_eq!(throughput.stop(id), Err(TrackError::OtherTracker));
    hand.advance(Duration::from_millis(3));
    let measurement = latency.stop(id).unwrap();
    assert_eq!((measurement.value, measurement.at), (Some(3_000.0), None));

    let memory = make("memory", vec![("unit", "gib".into()), ("track_peak", false.into())]);
    assert!(matches!(memory.kind(), TrackerKind::Memory(_)));
    let measurement = memory.stop(memory.start("a")).unwrap();
    assert_eq!((&*measurement.unit, measurement.peak), ("GiB", None));
}

#[test]
fn what_is_unknown_is_an_error_that_lists_what_there_is() {
    let all = "there are latency, throughput, memory, cpu, gpu";
    assert_eq!(refused("gremlins", vec![]), format!("unknown tracker \"gremlins\": {all}"));
    assert!(refused("Memory", vec![]).contains("did you mean memory?"));
    assert_eq!(
        refused("latency", vec![("timeunit", "ms".into())]),
        "unknown option \"timeunit\" of the latency tracker: did you mean time_unit? There are \
         metric_name, time_unit, include_timestamps"
    );
    let long = "x".repeat(10_000);
    assert!(refused(&long, vec![]).len() < 200);
    // An option of another tracker.
    assert!(refused("cpu", vec![("unit", "MB".into())]).contains("of the cpu tracker"));
}

#[test]
fn a_value_that_an_option_cannot_have_is_an_error_that_says_what_it_can() {
    let cases: [(&str, &str, OptionValue, &str); 11] = [
        ("latency", "time_unit", "minutes".into(), "expected s, ms, us or ns"),
        ("latency", "time_unit", 5.into(), "is 5: expected"),
        ("memory", "unit", "TB".into(), "KiB"),
        ("memory", "track_peak", "yes".into(), "true or false"),
        ("memory", "gpu_device", (-1).into(), "whole number"),
        ("memory", "gpu_device", 0.5.into(), "whole number"),
        ("memory", "sampling_interval", 0.into(), "0.001 to 86400"),
        ("cpu", "sampling_interval", f64::NAN.into(), "0.001 to 86400"),
        ("throughput", "window_size", 0.5.into(), "a whole number of seconds, 1 to 86400"),
        ("throughput", "window_size", 60.5.into(), "a whole number of seconds, 1 to 86400"),
        ("throughput", "metric_name", "".into(), "1 to 200 bytes"),
    ];
    for (kind, option, value, expected) in cases {
        let message = refused(kind, vec![(option, value)]);
        assert!(message.contains(option) && message.contains(expected), "{message}");
    }
}

#[test]
#[cfg(not(feature = "system"))]
fn who_asks_for_the_machine_and_cannot_have_it_is_told() {
    let error = tracker(&Profiler::new(), "cpu", [("track_system", true.into())]).unwrap_err();
    assert!(matches!(error, TrackerError::Unavailable { option: "track_system", .. }));
    let off = [("track_system", false.into()), ("track_per_core", false.into())];
    assert!(tracker(&Profiler::new(), "cpu", off).is_ok());
}

#[cfg(feature = "file")]
mod file {
    use super::*;
    use perf_resources::{trackers_from_file, trackers_from_toml};

    #[test]
    fn a_file_has_a_table_for_each_tracker() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trackers.toml");
        let text = "[throughput]\nwindow_size = 30\n[latency]\ntime_unit = \"ns\"\n[memory]\n\
                    unit = \"GB\"\ngpu_device = 1\ntrack_gpu = false\nsampling_interval = 0.25\n[cpu]\n";
        std::fs::write(&path, text).unwrap();
        let trackers = trackers_from_file(&Profiler::new(), &path).unwrap();
        let names: Vec<&str> = trackers.iter().map(|tracker| tracker.metric()).collect();
        assert_eq!(names, ["throughput", "latency", "memory_usage", "cpu_usage"]);
    }

    #[test]
    fn numbers_of_any_base_are_what_they_say() {
        let refused = |number: &str| {
            let text = format!("[memory]\nsampling_interval = {number}\n");
            trackers_from_toml(&Profiler::new(), &text).unwrap_err().to_string()
        };
        // 100,000 seconds are more than a day.
        for number in ["100_000", "0x186A0", "0o303240", "0b1_1000_0110_1010_0000"] {
            assert!(refused(number).contains("sampling_interval of the memory tracker is 100000"));
        }
        assert!(
            refused("0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff")
                .contains("is no text, number")
        );
    }

    #[test]
    fn a_file_that_is_wrong_says_where() {
        let long = "é".repeat(100);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trackers.toml");
        for (text, place, expected) in [
            ("[latency\n", "1:9", "no TOML: "),
            ("# é\nlatency = 1\n", "2:1", "latency is no table"),
            ("[latency]\ntime_unit = [1]\n", "2:13", "time_unit is no text, number, true or false"),
            ("[cpu]\n[latency]\ntime_unit = \"h\"\n", "3:13", "expected s, ms, us or ns"),
            ("latency = {metric_name = \"é\", time_unit = 0}", "1:43", "expected s, ms, us or ns"),
            ("[latency]\nmetric_name = \"a\"\ntime_uni = 1\n", "3:1", "did you mean time_unit?"),
            (&format!("[latency]\n  \"{long}\" = 1\n"), "2:3", "unknown option"),
            ("[memory]\n[memroy]\n", "2:2", "did you mean memory?"),
        ] {
            let error = trackers_from_toml(&Profiler::new(), text).unwrap_err();
            assert!(matches!(error, TrackerError::At { path: None, .. }), "{error:?}");
            let message = error.to_string();
            assert!(message.starts_with(&format!("{place}: ")), "{text}: {message}");
            assert!(message.contains(expected), "{text}: {message}");
            std::fs::write(&path, text).unwrap();
            let error = trackers_from_file(&Profiler::new(), &path).unwrap_err();
            assert_eq!(error.to_string(), format!("{}:{message}", path.display()));
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (long, none) = (folder.path().join("long.toml"), folder.path().join("none"));
        std::fs::write(&long, "#".repeat((1 << 20) + 1)).unwrap();
        for (path, expected) in [(long, "longer than 1 MiB"), (none, "")] {
            let error = trackers_from_file(&Profiler::new(), &path).unwrap_err();
            assert!(matches!(error, TrackerError::Io(_)), "{error:?}");
            let message = error.to_string();
            assert!(message.starts_with(&format!("cannot read {}: ", path.display())), "{message}");
            assert!(message.contains(expected), "{message}");
        }
    }
}
