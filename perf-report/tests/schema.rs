//! The published schema and what reports hold. A test's name is the claim.

#[path = "fixture/full.rs"]
mod full;

use full::full;
use perf_report::JSON_SCHEMA;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// All that a report can hold.
fn report() -> Value {
    let run = |extra| full("", Duration::from_millis(extra)).2;
    let report = run(20).with_baseline([&run(5), &run(6)]);
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(JSON_SCHEMA).unwrap()
}

/// Whether it is valid; or why not.
fn validate(report: &Value) -> Result<(), String> {
    let schema = schema();
    let id = schema["$id"].as_str().unwrap().to_owned();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource(&id, schema).map_err(|error| error.to_string())?;
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile(&id, &mut schemas).map_err(|error| error.to_string())?;
    schemas.validate(report, index).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_full_report_is_valid_by_the_schema_and_one_spoilt_in_any_part_is_not() {
    let good = report();
    validate(&good).unwrap();
    let spoils = [
        ("/title", json!(3)),
        ("/run/duration_ns", json!(-1)),
        ("/run/labels/commit", json!(1)),
        ("/operations/0/count", json!("many")),
        ("/operations/0/latency/buckets/0", json!([1, 2])),
        ("/verdict/checks/0/samples", json!(-1)),
        ("/verdict/checks/12/budget/total", json!(null)),
        ("/requests/slowest/0/stages/0/offset_ns", json!("soon")),
        ("/requests/tail/shares/0/on_path_ratio", json!("most")),
        ("/findings/0/recommendation", json!(1)),
        ("/resource_findings/0/text", json!(1)),
        ("/baseline/changes/0/before", json!("less")),
        ("/series/operations/answer/counts/0", json!(1.5)),
        ("/call_tree/0/calls", json!(-1)),
        ("/counters/0/growth", json!(-1)),
        ("/gauges/0/value", json!("high")),
        ("/histograms/0/p50", json!(-1)),
        ("/losses/invalid_values", json!("few")),
    ];
    for (place, wrong) in spoils {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = wrong;
        assert!(validate(&bad).is_err(), "{place}");
    }
}

/// Of a baseline on another machine, of values that are no numbers, of the worst window of a run, of operations that
/// time only some calls, of a merge, and of a file of targets.
const NOT_HELD: [&str; 9] = [
    "BaselineModel.differences",
    "CheckModel.note",
    "CheckModel.window_from_ns",
    "CheckModel.window_to_ns",
    "OperationModel.untimed_failures",
    "OperationModel.untimed_successes",
    "RunModel.covered_ns",
    "VerdictModel.notes",
    "VerdictModel.source",
];

/// What the test above validates is no better than what the report holds.
#[test]
fn a_full_report_has_every_key_of_the_schema_but_for_a_few() {
    let schema = schema();
    let mut missing = BTreeSet::new();
    let mut seen = BTreeSet::new();
    keys(&schema, &schema, "Report", &report(), &mut |key, is_there| {
        if is_there {
            seen.insert(key)
        } else {
            missing.insert(key)
        };
    });
    let never: Vec<&String> = missing.difference(&seen).collect();
    assert_eq!(never, NOT_HELD);
}

/// Tells of every key of every object whether it is there.
fn keys(
    root: &Value,
    schema: &Value,
    name: &str,
    value: &Value,
    tell: &mut dyn FnMut(String, bool),
) {
    if let Some(place) = schema["$ref"].as_str() {
        let name = place.rsplit('/').next().unwrap();
        return keys(root, root.pointer(&place[1..]).unwrap(), name, value, tell);
    }
    for either in ["anyOf", "oneOf"].iter().filter_map(|key| schema[key].as_array()).flatten() {
        keys(root, either, name, value, tell);
    }
    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
        keys(root, schema["prefixItems"].get(i).unwrap_or(&schema["items"]), name, item, tell);
    }
    let Some(object) = value.as_object() else { return };
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let value = object.get(key).filter(|value| !value.is_null());
        tell(format!("{name}.{key}"), value.is_some());
        keys(root, property, name, value.unwrap_or(&Value::Null), tell);
    }
    for value in object.values() {
        keys(root, &schema["additionalProperties"], name, value, tell);
    }
}
