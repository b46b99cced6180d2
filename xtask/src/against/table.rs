//! The verdict as text, 80 columns wide.

use super::judge::Verdict;
use crate::bench::time;
use perf_analysis::{Comparison, Outcome};
use std::fmt::Write;

const WIDTH: usize = 80;

/// Two lines a benchmark, since names are long: name and outcome, then the figures.
pub(crate) fn table(verdict: &Verdict) -> String {
    let mut text = String::new();
    line(&mut text, "benchmark", "outcome");
    let _ = writeln!(
        text,
        "{:>12} {:>11} {:>9}  {:<18} {:>7}",
        "old", "new", "change", "95 % interval", "p"
    );
    let _ = writeln!(text, "{}", "-".repeat(WIDTH));
    for seen in &verdict.comparisons {
        line(&mut text, &seen.name, word(seen.outcome));
        let _ = writeln!(text, "{}", figures(seen));
    }
    let _ = writeln!(text, "{}", "-".repeat(WIDTH));
    let name = format!("geometric mean of new / old, {}", counted(verdict.comparisons.len()));
    line(&mut text, &name, &percent(verdict.mean_ratio() - 1.0));
    text
}

/// `1 regressed, 2 improved, …`.
pub(crate) fn summary(verdict: &Verdict) -> String {
    let outcomes = [
        Outcome::Regressed,
        Outcome::Improved,
        Outcome::Unchanged,
        Outcome::NotEnoughEvidence { runs_needed: None },
    ];
    let counts = outcomes.map(|outcome| format!("{} {}", verdict.count(outcome), word(outcome)));
    counts.join(", ")
}

/// Names in lines of their own, under a heading; nothing for none.
pub(crate) fn list<'a>(heading: &str, names: impl IntoIterator<Item = &'a String>) -> String {
    let mut text = String::new();
    for name in names {
        if text.is_empty() {
            let _ = writeln!(text, "{heading}:");
        }
        let _ = writeln!(text, "  {name}");
    }
    text
}

/// A share with its sign: `+12.3 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = if percent.abs() < 100.0 { 1 } else { 0 };
    let text = format!("{percent:+.digits$}");
    // Rounded, it may be no change at all.
    if text == "-0.0" { "+0.0 %".to_owned() } else { format!("{text} %") }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Regressed => "regressed",
        Outcome::Improved => "improved",
        Outcome::Unchanged => "unchanged",
        Outcome::NotEnoughEvidence { .. } => "not enough evidence",
    }
}

/// Something left and something right; on two lines when they do not fit on one.
fn line(text: &mut String, left: &str, right: &str) {
    let (taken, needed) = (left.chars().count(), right.chars().count());
    if taken + 1 + needed > WIDTH {
        let _ = writeln!(text, "{left}\n{right:>WIDTH$}");
    } else {
        let _ = writeln!(text, "{left}{right:>width$}", width = WIDTH - taken);
    }
}

fn figures(seen: &Comparison) -> String {
    let share = |shift: f64| percent(shift / seen.old_median.abs());
    let interval = match (seen.shift.low, seen.shift.high) {
        (Some(low), Some(high)) => {
            format!("{}..{}", share(low).trim_end_matches(" %"), share(high))
        }
        _ => "none".to_owned(),
    };
    let p = if seen.corrected_p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{:.3}", seen.corrected_p)
    };
    let more = match seen.outcome {
        Outcome::NotEnoughEvidence { runs_needed: Some(1) } => "1 more run".to_owned(),
        Outcome::NotEnoughEvidence { runs_needed: Some(more) } => format!("{more} more runs"),
        _ => String::new(),
    };
    let (old, new) = (time(seen.old_median), time(seen.new_median));
    let change = seen.relative_shift.map_or("-".to_owned(), percent);
    let text = format!("{old:>12} {new:>11} {change:>9}  {interval:<18} {p:>7}  {more}");
    text.trim_end().to_owned()
}

fn counted(benchmarks: usize) -> String {
    if benchmarks == 1 { "1 benchmark".to_owned() } else { format!("{benchmarks} benchmarks") }
}

#[cfg(test)]
mod tests {
    use super::super::runs::Runs;
    use super::*;

    fn verdict() -> Verdict {
        let runs = |runs: &[(&str, f64, f64)]| -> Runs {
            let values = |low: f64, step: f64| (0..8).map(|i| low + step * f64::from(i)).collect();
            runs.iter().map(|(name, low, step)| ((*name).to_owned(), values(*low, *step))).collect()
        };
        let long = "snapshot/six decades, 2 shards, one of them written without any pause at all";
        let (a, b) = ("record/0 limits", "counter/add, 2 threads");
        let old = runs(&[(a, 2.0, 0.01), (b, 10.0, 1.0), (long, 5_000.0, 1.0)]);
        let new = runs(&[(a, 3.0, 0.01), (b, 11.0, 1.0), (long, 5_001.0, 1.0)]);
        Verdict::of(&old, &new).expect("valid")
    }

    #[test]
    fn a_table_has_two_lines_a_benchmark() {
        let expected = "\
benchmark                                                                outcome
         old         new    change  95 % interval            p
--------------------------------------------------------------------------------
record/0 limits                                                        regressed
     2.04 ns     3.04 ns   +49.1 %  +47.7..+50.6 %     < 0.001
counter/add, 2 threads                                       not enough evidence
    13.50 ns    14.50 ns    +7.4 %  -14.8..+29.6 %       0.962  100 more runs
snapshot/six decades, 2 shards, one of them written without any pause at all
                                                                       unchanged
     5.00 µs     5.00 µs    +0.0 %  +0.0..+0.1 %         0.962
--------------------------------------------------------------------------------
geometric mean of new / old, 3 benchmarks                                +17.0 %
";
        assert_eq!(table(&verdict()), expected);
        assert!(expected.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn a_summary_counts_every_outcome() {
        let expected = "1 regressed, 0 improved, 1 unchanged, 1 not enough evidence";
        assert_eq!(summary(&verdict()), expected);
    }

    #[test]
    fn names_stand_below_their_heading() {
        let names = ["a".to_owned(), "b, c".to_owned()];
        assert_eq!(list("only old", &names), "only old:\n  a\n  b, c\n");
        assert_eq!(list("only old", &[]), "");
    }

    #[test]
    fn shares_have_a_sign() {
        let shares = [0.1234, -0.5, 12.0, 0.0, -0.000_1].map(percent);
        assert_eq!(shares, ["+12.3 %", "-50.0 %", "+1200 %", "+0.0 %", "+0.0 %"]);
    }
}
