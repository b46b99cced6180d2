//! What docs/sla.md shows is what the reader takes.

use perfkit::sla::{SlaConfig, json_schema};

const PAGE: &str = include_str!("../../../docs/sla.md");

#[test]
fn every_file_on_the_page_is_read_without_a_warning() {
    let files: Vec<&str> = PAGE
        .split("```toml\n")
        .skip(1)
        .map(|after| after.split("```").next().unwrap_or_default())
        .collect();
    assert!(files.len() > 8, "{}", files.len());
    for file in files {
        let sla = SlaConfig::from_toml(file).unwrap_or_else(|error| panic!("{file}\n{error}"));
        let told: Vec<&str> =
            sla.warnings().iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(told, Vec::<&str>::new(), "{file}");
    }
}

#[test]
fn every_key_of_the_schema_is_on_the_page() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let mut tables = vec![&schema];
    let mut seen = 0;
    while let Some(table) = tables.pop() {
        for place in ["items", "additionalProperties"] {
            tables.extend(table.get(place).filter(|inner| inner.is_object()));
        }
        let Some(properties) = table.get("properties").and_then(|keys| keys.as_object()) else {
            continue;
        };
        for (key, value) in properties {
            assert!(PAGE.contains(key.as_str()), "{key} is not explained");
            tables.push(value);
            seen += 1;
        }
    }
    assert!(seen > 90, "{seen}");
}
