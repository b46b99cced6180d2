//! Every format shows the numbers of the run, each in its place: the tables are read back from each, by a small
//! reader of its own, and every cell is held against what the report was made of. A test's name is the claim.

mod console;
#[path = "../fixture/full.rs"]
mod full;
mod html;
mod json;
mod junit;
mod markdown;
mod number;
mod table;
mod truth;

use full::full;
use perf_report::Console;
use std::time::Duration;
use table::Table;
use truth::Truth;

/// A table of a format, with what it must show.
struct Shown<'a> {
    name: &'static str,
    table: Table,
    truth: &'a Truth,
}

/// Gives all tables of all formats to `look`.
fn each(look: impl Fn(&Shown)) {
    let (snapshot, verdict, report) = full("", Duration::from_millis(20));
    let operations = truth::operations(&snapshot);
    let checks = truth::checks(verdict.checks());
    let shares = truth::shares(&snapshot, "answer");
    let tail = report.model().requests.as_ref().unwrap().tail.as_ref().unwrap();
    let tail: Vec<(&str, f64)> = tail
        .shares
        .iter()
        .map(|s| (s.stage.as_deref().unwrap_or("unattributed"), 100.0 * s.on_path_ratio))
        .collect();
    let tail = Truth::shares(&tail);

    let console = console::read(&report.to_console(&Console::plain(400)));
    let markdown = markdown::read(&report.to_markdown().unwrap());
    let html = html::read(&report.to_html().unwrap());
    let json = json::read(&report.to_json().unwrap());
    let junit = junit::read(&report.to_junit().unwrap());
    for (name, table, truth) in [
        ("operations on the console", console.operations, &operations),
        ("operations in Markdown", markdown.operations, &operations),
        ("operations in HTML", html.operations, &operations),
        ("operations in HTML, as sorted by", html.sorted_by, &operations),
        ("operations in JSON", json.operations, &operations),
        ("targets on the console", console.checks, &checks),
        ("targets in Markdown", markdown.checks, &checks),
        ("targets in HTML", html.checks, &checks),
        ("targets in JSON", json.checks, &checks),
        ("targets in JUnit XML", junit, &checks),
        ("shares on the console", console.shares, &shares),
        ("shares in Markdown", markdown.shares, &shares),
        ("shares in HTML", html.shares, &shares),
        ("shares in JSON", json.shares, &shares),
        ("shares of the slowest on the console", console.tail, &tail),
        ("shares of the slowest in Markdown", markdown.tail, &tail),
        ("shares of the slowest in JSON", json.tail, &tail),
    ] {
        look(&Shown { name, table, truth });
    }
}

#[test]
fn every_cell_of_every_format_is_that_of_the_run() {
    each(|Shown { name, table, truth }| {
        let problems = truth.problems(table);
        assert!(problems.is_empty(), "{name}: {problems:#?}\n{table:#?}");
    });
}

#[test]
fn two_columns_in_the_place_of_each_other_are_seen() {
    each(|Shown { name, table, truth }| {
        for b in 1..table.heads.len() {
            for a in 0..b {
                let mut spoilt = table.clone();
                spoilt.rows.iter_mut().for_each(|row| row.swap(a, b));
                let heads = (&table.heads[a], &table.heads[b]);
                assert!(!truth.problems(&spoilt).is_empty(), "{name}: {heads:?}\n{table:#?}");
            }
        }
    });
}

#[test]
fn two_rows_in_the_place_of_each_other_and_a_row_less_are_seen() {
    each(|Shown { name, table, truth }| {
        for b in 1..table.rows.len() {
            for a in 0..b {
                let mut spoilt = table.clone();
                spoilt.rows.swap(a, b);
                assert!(
                    !truth.problems(&spoilt).is_empty(),
                    "{name}: rows {a} and {b}\n{table:#?}"
                );
            }
        }
        let mut spoilt = table.clone();
        spoilt.rows.pop();
        assert!(!truth.problems(&spoilt).is_empty(), "{name}: without the last row");
    });
}
