//! The JSON Schema of reports, made from the model's types and their documentation.

use super::{Model, SCHEMA_VERSION};
use serde_json::Value;
use std::path::Path;

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
