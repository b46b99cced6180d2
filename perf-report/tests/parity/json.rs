//! JSON, of which a reader takes the unit from the end of the key.

use crate::table::Table;
use serde_json::Value;

pub(crate) struct Shown {
    pub(crate) operations: Table,
    pub(crate) checks: Table,
    pub(crate) shares: Table,
    pub(crate) tail: Table,
}

pub(crate) fn read(json: &str) -> Shown {
    let json: Value = serde_json::from_str(json).unwrap();
    let mut operations: Vec<&Value> = json["operations"].as_array().unwrap().iter().collect();
    operations.sort_by_key(|operation| std::cmp::Reverse(operation["total_ns"].as_u64()));
    let checks: Vec<&Value> = json["verdict"]["checks"].as_array().unwrap().iter().collect();
    let shares = |list: &Value, name: &str, ratio: &str| {
        let shares: Vec<&Value> = list.as_array().unwrap().iter().collect();
        table(&shares, &[("operation", &[name]), ("share", &[ratio])]).with("operation", |name| {
            if name.is_empty() { "unattributed".to_owned() } else { name.to_owned() }
        })
    };
    Shown {
        operations: table(&operations, &OPERATIONS),
        checks: table(&checks, &CHECKS)
            .with("bound", |is_minimum| if is_minimum == "true" { "≥" } else { "≤" }.to_owned())
            .with("observed", |text| if text.is_empty() { "no data" } else { text }.to_owned()),
        shares: shares(&json["time_shares"], "operation", "ratio"),
        tail: shares(&json["requests"]["tail"]["shares"], "stage", "on_path_ratio"),
    }
}

/// A column, and the keys of which one has it.
type Column = (&'static str, &'static [&'static str]);

const OPERATIONS: [Column; 11] = [
    ("operation", &["name"]),
    ("count", &["count"]),
    ("rate/s", &["throughput_per_second"]),
    ("success", &["success_ratio"]),
    ("mean", &["mean_ns"]),
    ("p50", &["p50_ns"]),
    ("p90", &["p90_ns"]),
    ("p95", &["p95_ns"]),
    ("p99", &["p99_ns"]),
    ("p99.9", &["p99.9_ns"]),
    ("max", &["max_ns"]),
];

const CHECKS: [Column; 12] = [
    ("indicator", &["indicator"]),
    ("status", &["status"]),
    ("bound", &["is_minimum"]),
    (
        "observed",
        &[
            "observed_ns",
            "observed_per_second",
            "observed_ratio",
            "observed_bytes",
            "observed_value",
        ],
    ),
    ("limit", &["limit_ns", "limit_per_second", "limit_ratio", "limit_bytes", "limit_value"]),
    ("margin ratio", &["margin_ratio"]),
    ("samples", &["samples"]),
    ("bad at least", &["bad_at_least"]),
    ("bad at most", &["bad_at_most"]),
    ("bad low", &["bad_ratio_low"]),
    ("bad high", &["bad_ratio_high"]),
    ("more needed", &["samples_needed"]),
];

fn table(objects: &[&Value], columns: &[(&str, &[&str])]) -> Table {
    let mut table = Table::new(&columns.iter().map(|(head, _)| *head).collect::<Vec<_>>());
    for object in objects {
        table.row(columns.iter().map(|(head, keys)| {
            let found = keys.iter().find_map(|key| Some((*key, object.get(key)?)));
            found.map_or_else(String::new, |(key, value)| cell(head, key, value))
        }));
    }
    table
}

fn cell(head: &str, key: &str, value: &Value) -> String {
    let units = ["_ns", "_bytes", "_per_second"];
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if key.contains("ratio") => format!("{number}_ratio"),
        // This head has the unit already.
        Value::Number(number) if head == "rate/s" => number.to_string(),
        Value::Number(number) => {
            let unit = units.iter().find(|unit| key.ends_with(**unit));
            format!("{number}{}", unit.unwrap_or(&""))
        }
        other => other.to_string(),
    }
}
