//! The JSON Schema of reports, made from the model's types and their documentation.

use super::{Model, SCHEMA_VERSION};
use crate::Report;
use perf_core::Profiler;
use perf_sla::SlaConfig;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

const ID: &str = "https://perfkit.dev/schema/perf-report-1.schema.json";

fn generated() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Model>();
    schema.insert("$id".to_owned(), ID.into());
    schema.insert("title".to_owned(), format!("perf-report {SCHEMA_VERSION}").into());
    let mut schema = schema.to_value();
    forget_defaults(&mut schema);
    schema
}

/// What is not there is unknown, whatever the types of the reader begin with.
fn forget_defaults(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            if keys
                .get("default")
                .is_some_and(|default| !default.is_object() || keys.contains_key("$ref"))
            {
                keys.remove("default");
            }
            keys.values_mut().for_each(forget_defaults);
        }
        Value::Array(list) => list.iter_mut().for_each(forget_defaults),
        _ => {}
    }
}

fn validate(report: &Value) -> Result<(), String> {
    let mut compiler = boon::Compiler::new();
    compiler.add_resource(ID, generated()).map_err(|error| error.to_string())?;
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile(ID, &mut schemas).map_err(|error| error.to_string())?;
    schemas.validate(report, index).map_err(|error| format!("{error:#}"))
}

fn report() -> Value {
    let profiler = Profiler::new();
    let sla = "[operations.a]\nmax_p95 = \"1ms\"\n[[objectives]]\nname = \"fast\"\noperation = \"a\"\n\
               good = \"latency <= 1ms\"\ntarget = \"99%\"\n";
    let sla = SlaConfig::from_toml(sla).unwrap();
    let mut timer = profiler.timer("a");
    timer.metadata("key", "value");
    drop(timer);
    profiler.operation("a").record_failure_with(Duration::from_millis(3), "timeout");
    profiler.counter_with("hits", &[("cache", "l1")]).increment();
    profiler.gauge("depth").set(f64::NAN);
    profiler.histogram("size").record(7);
    profiler.timeline().tick();
    let snapshot = profiler.snapshot();
    let verdict = sla.evaluate_run(&snapshot, &profiler.timeline());
    let report = Report::new(&snapshot).with_sla(&verdict).with_timeline(&profiler.timeline());
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

#[test]
fn the_published_schema_is_the_one_of_these_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("report.schema.json");
    let mut now = serde_json::to_string_pretty(&generated()).unwrap();
    now.push('\n');
    if std::env::var_os("PERFKIT_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap();
    assert!(published == now, "run it with PERFKIT_BLESS=1 after a change of the model");
    assert!(published == crate::JSON_SCHEMA, "it was written anew: build once more");
}

#[test]
fn a_report_is_valid_by_the_schema_and_a_spoilt_one_is_not() {
    let good = report();
    validate(&good).unwrap();
    type Spoil = fn(&mut Value);
    let spoils: [Spoil; 4] = [
        |report| report["operations"][0]["count"] = "many".into(),
        |report| report["operations"][0]["latency"]["buckets"][0] = serde_json::json!([1, 2]),
        |report| report["run"]["duration_ns"] = (-1).into(),
        |report| report["title"] = 3.into(),
    ];
    for spoil in spoils {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(validate(&bad).is_err(), "{bad}");
    }
}
