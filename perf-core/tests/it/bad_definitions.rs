use perf_core::{
    Definition, DefinitionError, DefinitionField, LabelError, MetricKind, OVERFLOW, Profiler,
};

/// Why this cannot be defined as a histogram of a fresh profiler.
fn refusal(definition: Definition) -> DefinitionError {
    Profiler::new().define_histogram(definition).unwrap_err()
}

#[test]
fn a_missing_an_unknown_and_a_doubled_label_are_errors_that_name_it_and_make_no_series() {
    let profiler = Profiler::new();
    let hits = profiler.define_counter(Definition::new("hits").labels(&["zone", "cache"])).unwrap();
    let (metric, label) = (hits.definition().clone(), Box::from("zone"));
    let missing = hits.with(&[("cache", "l1")]).unwrap_err();
    assert_eq!(missing, LabelError::Missing { metric: metric.clone(), label });
    let has = r#"it has "cache", "zone""#;
    let is_missing = format!(r#"label "zone" of metric "hits" is missing: {has}"#);
    assert_eq!(missing.to_string(), is_missing);
    let unknown = hits.with(&[("zone", "a"), ("cache", "l1"), ("Zone", "a")]).unwrap_err();
    assert_eq!(unknown, LabelError::Unknown { metric: metric.clone(), label: "Zone".into() });
    let doubled = hits.with(&[("zone", "a"), ("cache", "l1"), ("zone", "a")]).unwrap_err();
    assert_eq!(doubled, LabelError::Doubled { metric, label: "zone".into() });
    let bare = profiler.define_gauge(Definition::new("queue")).unwrap();
    let unknown = bare.with(&[("x", "")]).unwrap_err().to_string();
    assert_eq!(unknown, r#"label "x" of metric "queue" is unknown: it has no labels"#);
    let snapshot = profiler.snapshot();
    assert_eq!((snapshot.counters().count(), snapshot.gauges().count()), (0, 0));
}

#[test]
fn a_definition_that_disagrees_says_in_what_and_changes_nothing() {
    let profiler = Profiler::new();
    let first = || Definition::new("size").description("d").unit("u").labels(&["l"]).buckets(&[1]);
    let size = profiler.define_histogram(first()).unwrap();
    let others = [
        (first().description("x"), vec![DefinitionField::Description]),
        (first().unit("x"), vec![DefinitionField::Unit]),
        (first().labels(&["l", "x"]), vec![DefinitionField::Labels]),
        (first().buckets(&[1, 2]), vec![DefinitionField::Buckets]),
        (
            first().labels(&[]).description(""),
            vec![DefinitionField::Description, DefinitionField::Labels],
        ),
    ];
    for (other, fields) in others {
        let disagrees = DefinitionError::Disagrees { name: "size".into(), fields };
        assert_eq!(profiler.define_histogram(other).unwrap_err(), disagrees);
    }
    let gauge = profiler.define_gauge(Definition::new("size")).unwrap_err();
    let (name, defined) = ("size".into(), MetricKind::Histogram);
    assert_eq!(gauge, DefinitionError::OtherKind { name, defined });
    assert_eq!(profiler.snapshot().definition("size"), Some(size.definition()));
}

#[test]
fn a_name_is_1_to_256_bytes_of_any_text_but_control_characters_and_our_own_name() {
    for good in [" ", "ä", "<script>", "\u{202e}x", "🦀🦀", "overflow", &"x".repeat(256)] {
        let profiler = Profiler::new();
        profiler.define_counter(Definition::new(good)).unwrap().with(&[]).unwrap().increment();
        assert_eq!(profiler.snapshot().counter(good, &[]), Some(1));
        assert!(profiler.snapshot().definition(good).is_some(), "{good}");
    }
    for bad in ["", "\0", "a\nb", "\u{7f}", "\u{85}", OVERFLOW, &"é".repeat(129)] {
        let cut: String = bad.chars().take(128).collect();
        let name = cut.into();
        assert_eq!(refusal(Definition::new(bad)), DefinitionError::InvalidName { name });
    }
    let message = refusal(Definition::new(&"x".repeat(10_000_000))).to_string();
    assert!(message.len() < 500 && message.contains("choose 1 to 256 bytes"), "{message}");
}

#[test]
fn a_label_is_named_once_in_1_to_128_bytes_and_overflow_is_taken() {
    let labels = |names: &[&str]| Definition::new("hits").labels(names);
    for bad in ["", "\t", "a\u{0}", "overflow", &"x".repeat(129)] {
        let (name, label) = ("hits".into(), bad[..bad.len().min(128)].into());
        let invalid = DefinitionError::InvalidLabel { name, label };
        assert_eq!(refusal(labels(&["ok", bad])), invalid);
    }
    let doubled = DefinitionError::DoubledLabel { name: "hits".into(), label: "b".into() };
    assert_eq!(refusal(labels(&["b", "a", "b"])), doubled);
    let many: Vec<String> = (0..17).map(|i| format!("{i:0>128}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (name, field) = ("hits".into(), DefinitionField::Labels);
    assert_eq!(refusal(labels(&many)), DefinitionError::TooLong { name, field, max: 16 });

    // Names as long as they may be leave room for values.
    let profiler = Profiler::new();
    let longest = Definition::new(&"n".repeat(256)).labels(&many[..16]);
    let pairs: Vec<_> = many[..16].iter().map(|label| (*label, "some value")).collect();
    profiler.define_counter(longest).unwrap().with(&pairs).unwrap().increment();
    assert_eq!(profiler.snapshot().counter(&"n".repeat(256), &pairs), Some(1));
}

#[test]
fn texts_that_are_too_long_are_refused_and_not_cut() {
    let (longest, unit) = ("d".repeat(1_024), "u".repeat(64));
    let fits = Definition::new("fits").description(&longest).unit(&unit);
    assert!(Profiler::new().define_gauge(fits.clone()).is_ok());
    let too_long = |field, max| DefinitionError::TooLong { name: "fits".into(), field, max };
    let description = refusal(fits.clone().description(&(longest + "d")));
    assert_eq!(description, too_long(DefinitionField::Description, 1_024));
    assert_eq!(refusal(fits.unit(&(unit + "u"))), too_long(DefinitionField::Unit, 64));
    let message = description.to_string();
    assert_eq!(message, r#"the description of metric "fits" may have at most 1024 bytes"#);
}

#[test]
fn bucket_edges_ascend_are_at_most_256_and_belong_to_histograms() {
    let buckets = |edges: &[u64]| Definition::new("size").buckets(edges);
    for (edges, edge) in [(&[1, 1][..], 1), (&[0, 5, 4], 4), (&[u64::MAX, 0], 0)] {
        let unsorted = DefinitionError::BucketsNotAscending { name: "size".into(), edge };
        assert_eq!(refusal(buckets(edges)), unsorted);
    }
    let many: Vec<u64> = (0..257).collect();
    let (name, field) = ("size".into(), DefinitionField::Buckets);
    assert_eq!(refusal(buckets(&many)), DefinitionError::TooLong { name, field, max: 256 });
    let profiler = Profiler::new();
    let counter = profiler.define_counter(buckets(&[1])).unwrap_err();
    assert_eq!(
        counter.to_string(),
        r#"metric "size" is a counter and has no buckets: define a histogram, or no buckets"#
    );
    assert!(profiler.define_gauge(buckets(&[1])).is_err());
    assert!(profiler.define_histogram(buckets(&many[..256])).is_ok());
}

#[test]
fn definitions_of_all_kinds_together_stay_at_the_cap_and_those_that_are_there_stay_good() {
    let profiler = Profiler::builder().max_series(100).build();
    for i in 0..5_000 {
        let definition = Definition::new(&format!("metric {i:04}"));
        let defined = match i % 3 {
            0 => profiler.define_counter(definition).map(drop),
            1 => profiler.define_gauge(definition).map(drop),
            _ => profiler.define_histogram(definition).map(drop),
        };
        let name = || format!("metric {i:04}").into();
        let too_many = || DefinitionError::TooMany { name: name(), max: 100 };
        assert_eq!(defined, if i < 100 { Ok(()) } else { Err(too_many()) });
    }
    assert_eq!(profiler.snapshot().definitions().count(), 100);
    assert!(profiler.define_counter(Definition::new("metric 0099")).is_ok());
}
