//! The dashboard, by the rules of Grafana's dashboard-linter, and without a dead panel.

use super::generated::{FILE, finds, generator, parsed, selectors, series};
use perf_export::prometheus::Naming;
use promql_parser::parser::Expr;
use promql_parser::util::{ExprVisitor, walk_expr};
use serde_json::Value;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

/// What the range that Grafana chooses is in these tests: nobody else asks for so many seconds.
const RANGE: Duration = Duration::from_secs(77);

fn dashboard(file: &str, naming: Naming) -> Value {
    serde_json::from_str(&generator(file).naming(naming).dashboard()).unwrap()
}

fn panels(board: &Value) -> impl Iterator<Item = &Value> {
    board["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] != "row")
}

/// As Prometheus gets it when everything is chosen.
fn substituted(expression: &str) -> String {
    let text = expression.replace("$__rate_interval", "77s");
    let text = ["$job", "$instance"].iter().fold(text, |text, name| text.replace(name, ".+"));
    text.replace("$operation", "(?s).*")
}

fn expressions(board: &Value) -> Vec<String> {
    let targets = panels(board).flat_map(|panel| panel["targets"].as_array().unwrap());
    let own = board["annotations"]["list"].as_array().unwrap();
    targets.chain(own).map(|target| substituted(target["expr"].as_str().unwrap())).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn no_panel_reads_what_nobody_exposes() {
    for naming in [Naming::Operations, Naming::Stages, Naming::Inference] {
        let known = series(FILE, naming);
        let board = dashboard(FILE, naming);
        for text in expressions(&board) {
            for selector in selectors(&parsed(&text)) {
                assert!(finds(&selector, &known), "{naming:?}: {selector} of {text}");
            }
        }
        for variable in board["templating"]["list"].as_array().unwrap() {
            let Some(query) = variable["query"]["query"].as_str() else { continue };
            let inner = query.strip_prefix("label_values(").unwrap().strip_suffix(')').unwrap();
            let (metric, label) = inner.rsplit_once(", ").unwrap();
            let selector = &selectors(&parsed(&substituted(metric)))[0];
            assert!(finds(selector, &known), "{query}");
            assert!(
                known.iter().any(
                    |s| Some(&s.name) == selector.name.as_ref() && s.labels.contains_key(label)
                ),
                "{query}"
            );
        }
    }
}

#[test]
fn the_variables_are_those_that_the_linter_wants() {
    let board = dashboard(FILE, Naming::Operations);
    let variables = board["templating"]["list"].as_array().unwrap();
    let of = |name: &str| variables.iter().find(|variable| variable["name"] == name).unwrap();
    let source = of("datasource");
    assert_eq!(
        (&source["type"], &source["query"], &source["label"]),
        (&"datasource".into(), &"prometheus".into(), &"Data source".into())
    );
    for (name, label) in [("job", "Job"), ("instance", "Instance")] {
        let variable = of(name);
        assert_eq!(variable["label"], label);
        assert_eq!(variable["type"], "query");
        assert_eq!(variable["allValue"], ".+");
        assert_eq!((&variable["multi"], &variable["includeAll"]), (&true.into(), &true.into()));
    }
    for variable in variables.iter().filter(|variable| variable["type"] == "query") {
        assert_eq!(variable["refresh"], 2, "reloaded when the time changes");
        assert_eq!(variable["datasource"]["uid"], "${datasource}");
    }
}

#[test]
fn every_panel_has_a_source_title_description_unit_and_queries() {
    for naming in [Naming::Operations, Naming::Stages, Naming::Inference] {
        let board = dashboard(FILE, naming);
        let (mut titles, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for panel in panels(&board) {
            let text =
                |key: &str| panel[key].as_str().filter(|text| !text.is_empty()).unwrap().to_owned();
            assert!(titles.insert(text("title")), "{panel:#}");
            assert!(text("description").ends_with('.'), "{panel:#}");
            assert!(!panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap().is_empty());
            assert!(ids.insert(panel["id"].as_u64().unwrap()));
            let targets = panel["targets"].as_array().unwrap();
            assert!(!targets.is_empty(), "{panel:#}");
            let letters: BTreeSet<&str> =
                targets.iter().map(|t| t["refId"].as_str().unwrap()).collect();
            assert_eq!(letters.len(), targets.len());
            let sources = targets.iter().chain([panel]).map(|of| &of["datasource"]);
            assert!(
                sources.into_iter().all(
                    |source| source["uid"] == "${datasource}" && source["type"] == "prometheus"
                )
            );
        }
        assert!(titles.len() >= 15, "{titles:?}");
        assert_eq!(board["editable"], false);
        assert_eq!(board["schemaVersion"], 39);
        assert_eq!(board["id"], Value::Null);
        assert!(board["uid"].as_str().unwrap().len() <= 40);
    }
}

#[test]
fn panels_lie_side_by_side_in_the_grid() {
    let board = dashboard(FILE, Naming::Stages);
    let mut taken = BTreeSet::new();
    for panel in board["panels"].as_array().unwrap() {
        let of = |key: &str| panel["gridPos"][key].as_u64().unwrap();
        assert!(of("x") + of("w") <= 24);
        for x in of("x")..of("x") + of("w") {
            for y in of("y")..of("y") + of("h") {
                assert!(taken.insert((x, y)), "{} lies on another one", panel["title"]);
            }
        }
    }
}

/// What is wrong with how counters are read.
#[derive(Default)]
struct Ranges {
    wrong: Vec<String>,
    depth: usize,
}

impl ExprVisitor for Ranges {
    type Error = Infallible;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Infallible> {
        match expression {
            Expr::Call(call) if call.func.name == "rate" => {
                self.depth += 1;
                let has_range = call.args.args.iter().all(
                    |of| matches!(&**of, Expr::MatrixSelector(selector) if selector.range == RANGE),
                );
                if !has_range {
                    self.wrong.push(expression.to_string());
                }
            }
            Expr::Call(call) if call.func.name == "increase" => self.depth += 1,
            Expr::VectorSelector(selector) => {
                let name = selector.name.as_deref().unwrap_or_default();
                let is_counter =
                    ["_total", "_bucket", "_sum", "_count"].iter().any(|end| name.ends_with(end));
                if is_counter {
                    self.wrong.push(expression.to_string());
                }
            }
            _ => {}
        }
        Ok(true)
    }
}

#[test]
fn rates_are_over_the_interval_that_grafana_chooses_and_counters_are_never_read_plainly() {
    for naming in [Naming::Operations, Naming::Stages, Naming::Inference] {
        let mut ranges = Ranges::default();
        for text in expressions(&dashboard(FILE, naming)) {
            walk_expr(&mut ranges, &parsed(&text)).unwrap();
        }
        assert_eq!(ranges.wrong, Vec::<String>::new());
        assert!(ranges.depth > 20, "the walk reaches calls");
    }
}

#[test]
fn every_selector_is_of_the_jobs_and_instances_that_are_chosen() {
    let file = generator(FILE).selector("env=\"prod\",job=\"api\"").unwrap().dashboard();
    let board: Value = serde_json::from_str(&file).unwrap();
    for panel in panels(&board) {
        for target in panel["targets"].as_array().unwrap() {
            let text = target["expr"].as_str().unwrap();
            for selector in selectors(&parsed(&text.replace("$__rate_interval", "77s"))) {
                let matchers: Vec<String> =
                    selector.matchers.matchers.iter().map(|m| format!("{m}")).collect();
                for wanted in ["job=~\"$job\"", "instance=~\"$instance\"", "env=\"prod\""] {
                    assert!(
                        matchers.iter().any(|matcher| matcher == wanted),
                        "{wanted}: {matchers:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_file_without_objectives_has_no_panel_about_budgets() {
    let titles = |file: &str| -> Vec<String> {
        let board = dashboard(file, Naming::Operations);
        panels(&board).map(|panel| panel["title"].as_str().unwrap().to_owned()).collect()
    };
    let few = titles("[operations.a]\nmin_throughput = \"1/s\"");
    assert!(
        !few.iter().any(|title| title.contains("udget") || title.contains("events")),
        "{few:?}"
    );
    assert!(titles(FILE).contains(&"Error budget left".to_owned()));
}
