//! Histograms in the text format of Prometheus, read back.

use super::convert::{converted, log};
use perf_export::convert::{Folded, Prometheus};
use std::collections::BTreeMap;

/// Name, labels and value of each sample, or a panic.
fn samples(text: &str) -> BTreeMap<(String, String), f64> {
    let mut samples = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        let known = samples.insert((name.to_owned(), labels.to_owned()), value.parse().unwrap());
        assert_eq!(known, None, "{line} is there twice");
    }
    samples
}

#[test]
fn prometheus_counts_are_those_of_the_log() {
    let format = Prometheus::new().prefix("shop").unwrap().buckets(&[0.05, 0.0625, 0.2, 3.0]);
    let text = converted(format.unwrap(), &log());
    let samples = samples(&text);
    let of = |name: &str, labels: &str| samples[&(name.to_owned(), labels.to_owned())];
    let request =
        |edge: &str| of("shop_request_duration_seconds_bucket", &format!("le=\"{edge}\"}}"));
    assert_eq!(
        ["0.05", "0.0625", "0.2", "3.0", "+Inf"].map(request),
        [0.0, 0.0, 400.0, 400.0, 400.0]
    );
    assert_eq!(of("shop_request_duration_seconds_count", "}"), 400.0);
    assert_eq!(of("shop_request_duration_seconds_sum", "}"), 80.0);
    assert_eq!(of("shop_request_failures_total", "}"), 40.0);
    let stage = |edge: &str| {
        of("shop_stage_duration_seconds_bucket", &format!("stage=\"retrieval\",le=\"{edge}\"}}"))
    };
    assert_eq!(["0.05", "0.0625", "+Inf"].map(stage), [0.0, 400.0, 400.0], "an edge is inclusive");
    let hostile = "stage=\"=cmd|'x'!A1,\\\";\\\\\u{fffd}\\n\u{fffd}[31m{}\u{fffd}\u{fffd} 7\"}";
    assert_eq!(of("shop_stage_duration_seconds_count", hostile), 400.0);
    assert_eq!(text.matches("# TYPE shop_stage_duration_seconds histogram\n").count(), 1);
}

#[test]
fn names_that_look_the_same_are_one_series_and_so_are_those_beyond_the_most() {
    let line = |stage: &str| {
        format!(
            "{{\"total_time\":0.5,\"stages\":{{{}:{{\"duration\":0.5}}}}}}\n",
            serde_json::to_string(stage).unwrap()
        )
    };
    let all = samples(&converted(Prometheus::new(), &(line("a\u{1}") + &line("a\u{2}"))));
    let count = "rag_stage_duration_seconds_count";
    assert_eq!(all[&(count.to_owned(), "stage=\"a\u{fffd}\"}".to_owned())], 2.0);
    let many: String = (0..10_050).map(|n| line(&n.to_string())).collect();
    let all = samples(&converted(Prometheus::new(), &many));
    assert_eq!(all[&(count.to_owned(), "stage=\"(others)\"}".to_owned())], 50.0);
    assert!(converted(Folded::new("request"), &many).contains("(others) "));
}

#[test]
fn what_prometheus_cannot_have_is_refused() {
    for wrong in ["", "1a", "a-b", "ä", "a{", "a b"] {
        assert!(Prometheus::new().prefix(wrong).is_err(), "{wrong}");
    }
    for wrong in [&[][..], &[0.0], &[-1.0], &[f64::NAN], &[f64::INFINITY], &[1.0, 1.0], &[2.0, 1.0]]
    {
        assert!(Prometheus::new().buckets(wrong).is_err(), "{wrong:?}");
    }
}
