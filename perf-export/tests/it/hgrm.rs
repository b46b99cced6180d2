//! Percentile files, beside those levels that HdrHistogram's own iterator has.

use hdrhistogram::Histogram;
use perf_core::{Distribution, Quantile};
use perf_export::{HgrmUnit, write_hgrm};
use proptest::prelude::*;

fn file(distribution: &Distribution, unit: HgrmUnit) -> String {
    let mut file = Vec::new();
    write_hgrm(distribution, unit, &mut file).expect("memory takes all");
    String::from_utf8(file).expect("UTF-8")
}

/// What the plotter takes: lines of four numbers.
fn points(file: &str) -> Vec<[f64; 4]> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let cells = lines.map(|line| line.split_whitespace().map(str::parse::<f64>));
    let numbers = cells.filter_map(|cells| cells.collect::<Result<Vec<f64>, _>>().ok());
    numbers.filter_map(|numbers| numbers.try_into().ok()).collect()
}

#[test]
fn the_file_looks_as_other_tools_write_it() {
    let distribution = Distribution::from_values([100, 200]);
    let expected = [
        "       Value     Percentile TotalCount 1/(1-Percentile)",
        "",
        "     100.000 0.000000000000          1           1.00",
        "     100.000 0.100000000000          1           1.11",
        "     100.000 0.200000000000          1           1.25",
        "     100.000 0.300000000000          1           1.43",
        "     100.000 0.400000000000          1           1.67",
        "     100.000 0.500000000000          1           2.00",
        "     200.000 0.550000000000          2           2.22",
        "     200.000 1.000000000000          2",
        "#[Mean    =      150.000, StdDeviation   =       50.000]",
        "#[Max     =      200.000, Total count    =            2]",
        "#[Buckets =            2, SubBuckets     =          128]",
    ];
    let file = file(&distribution, HgrmUnit::Recorded);
    assert_eq!(file.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn nanoseconds_are_told_in_the_unit_asked_for() {
    let distribution = Distribution::from_values([1_500_000]);
    for (unit, first) in [
        (HgrmUnit::Recorded, " 1500000.000"),
        (HgrmUnit::Micros, "    1500.000"),
        (HgrmUnit::Millis, "    1.500000"),
        (HgrmUnit::Secs, " 0.001500000"),
    ] {
        let file = file(&distribution, unit);
        assert!(file.lines().nth(2).is_some_and(|line| line.starts_with(first)), "{file}");
        assert!(file.contains(&format!("#[Max     = {first},")), "{file}");
        let long = self::file(&Distribution::from_values([u64::MAX]), unit);
        assert!(long.lines().nth(2).is_some_and(|line| line.starts_with(' ')), "{long}");
    }
}

#[test]
fn nothing_makes_a_file_without_lines() {
    let file = file(&Distribution::default(), HgrmUnit::Secs);
    assert!(points(&file).is_empty());
    assert!(file.contains("Total count    =            0]"), "{file}");
    assert!(!file.contains("NaN"), "{file}");
}

#[test]
fn levels_are_those_of_hdr_histogram() {
    let mut known = Histogram::<u64>::new(3).expect("bounds");
    (1..=2_000_000u64).for_each(|value| known += value);
    let known: Vec<f64> = known.iter_quantiles(5).map(|step| step.quantile_iterated_to()).collect();
    let ours = points(&file(&Distribution::from_values(1..=2_000_000), HgrmUnit::Recorded));
    assert!(ours.len() > 30, "{} lines", ours.len());
    for (ours, known) in ours.iter().zip(&known) {
        assert!((ours[1] - known).abs() < 1e-12, "{} beside {known}", ours[1]);
    }
}

proptest! {
    #[test]
    fn values_are_within_the_error_and_counts_exact(
        mut values in prop::collection::vec((0u32..50, any::<u64>()), 1..400),
    ) {
        let mut values: Vec<u64> = values.drain(..).map(|(shift, v)| v >> (14 + shift)).collect();
        let distribution = Distribution::from_values(values.iter().copied());
        values.sort_unstable();
        let file = file(&distribution, HgrmUnit::Recorded);
        let mut last = 0.0;
        for [value, level, count, _] in points(&file) {
            let rank = Quantile::new(level).expect("a quantile").rank(values.len() as u64);
            let exact = values[rank as usize - 1] as f64;
            let error = (value - exact).abs();
            prop_assert!(error <= exact / 256.0 + 1.0, "{value} for {exact} at {level}");
            let upto = distribution.buckets().filter(|b| b.lowest as f64 <= value).map(|b| b.count);
            prop_assert_eq!(count, upto.sum::<u64>() as f64);
            prop_assert!(value >= last && count >= rank as f64);
            last = value;
        }
        let (max, all) = (values[values.len() - 1] as f64, values.len());
        let max = format!("#[Max     = {max:12.3}, Total count    = {all:12}]");
        prop_assert!(file.contains(&max), "{}", file);
    }
}
