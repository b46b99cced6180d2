//! The JSON Schema of the SLA file, from the same table of keys that the reader has.

use crate::keys::{FILE, Kind, Section};
use crate::writer::quoted;
use std::fmt::Write as _;

/// The JSON Schema (draft 2020-12) of the SLA file: editors complete and check with it. The reader checks
/// more: that limits can be met, that names are known.
///
/// It is committed as `perf-sla/sla.schema.json`.
pub fn json_schema() -> String {
    let mut out = String::from("{\n");
    let _ = writeln!(out, "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",");
    let _ = writeln!(out, "  \"title\": \"perfkit SLA file\",");
    section(&mut out, &FILE, 1);
    out.push_str("\n}\n");
    out
}

/// The members of the object that describes a table.
fn section(out: &mut String, section: &Section, depth: usize) {
    let pad = "  ".repeat(depth);
    let _ = writeln!(out, "{pad}\"description\": {},", quoted(section.about));
    let _ = writeln!(out, "{pad}\"type\": \"object\",");
    let _ = writeln!(out, "{pad}\"additionalProperties\": false,");
    if let Some(kind) = section.percentiles {
        let about = "The largest value of a percentile: max_p50, max_p99.9.";
        let pattern = "^max_p[0-9]{1,2}(\\.[0-9]+)?$";
        let _ = writeln!(out, "{pad}\"patternProperties\": {{");
        let _ = write!(out, "{pad}  {}: ", quoted(pattern));
        value(out, kind, about, "", depth + 1);
        let _ = writeln!(out, "\n{pad}}},");
    }
    let _ = writeln!(out, "{pad}\"properties\": {{");
    for (i, key) in section.keys.iter().enumerate() {
        let _ = write!(out, "{pad}  {}: ", quoted(key.name));
        value(out, key.kind, key.about, key.example, depth + 1);
        out.push_str(if i + 1 < section.keys.len() { ",\n" } else { "\n" });
    }
    let _ = write!(out, "{pad}}}");
}

/// An example of TOML as JSON has it.
fn json(example: &str) -> String {
    match example.strip_prefix('\'') {
        Some(text) => quoted(text.trim_end_matches('\'')),
        None if example.starts_with("['") => {
            let items = example.trim_matches(['[', ']']);
            format!("[{}]", json(items))
        }
        // A table with one label.
        None if example.starts_with('{') => {
            example.replacen("{ ", "{ \"", 1).replacen(" = ", "\": ", 1)
        }
        None if example == "true"
            || example.starts_with(['"', '['])
            || example.parse::<f64>().is_ok() =>
        {
            example.to_owned()
        }
        None => quoted(example),
    }
}

/// The object that describes a value.
fn value(out: &mut String, kind: Kind, about: &str, example: &str, depth: usize) {
    let pad = "  ".repeat(depth);
    let inner = "  ".repeat(depth + 1);
    out.push_str("{\n");
    match kind {
        Kind::Table(table) => section(out, table, depth + 1),
        Kind::Named(table) => {
            let _ = writeln!(out, "{inner}\"description\": {},", quoted(about));
            let _ = writeln!(out, "{inner}\"type\": \"object\",");
            let _ = writeln!(out, "{inner}\"additionalProperties\": {{");
            section(out, table, depth + 2);
            let _ = write!(out, "\n{inner}}}");
        }
        Kind::List(table) => {
            let _ = writeln!(out, "{inner}\"description\": {},", quoted(about));
            let _ = writeln!(out, "{inner}\"type\": \"array\",");
            let _ = writeln!(out, "{inner}\"items\": {{");
            section(out, table, depth + 2);
            let _ = write!(out, "\n{inner}}}");
        }
        kind => {
            let _ = writeln!(out, "{inner}\"description\": {},", quoted(about));
            let _ = write!(out, "{inner}{}", constraint(kind));
            if !example.is_empty() {
                let _ = write!(out, ",\n{inner}\"examples\": [{}]", json(example));
            }
        }
    }
    let _ = write!(out, "\n{pad}}}");
}

/// A URL without a user in it, or where one is.
const ADDRESS: &str = r"^(https?://[^@/?#]+([/?#].*)?|env:[A-Za-z0-9_]+|file:.+)$";

/// What a plain value must be.
fn constraint(kind: Kind) -> String {
    let pattern = |pattern: &str| format!("\"type\": \"string\", \"pattern\": {}", quoted(pattern));
    match kind {
        Kind::Time => pattern(r"^\s*[0-9.]+\s*(ns|us|µs|μs|ms|s|min|h|d)\s*$"),
        Kind::Rate => pattern(r"^\s*[0-9.]+\s*(/s|/min|/h|rps)\s*$"),
        Kind::Share | Kind::MostShare => pattern(r"^\s*[0-9.]+\s*%?\s*$"),
        Kind::Bytes => pattern(r"^\s*[0-9.]+\s*(B|[kKMGT]B|[KMGT]iB)\s*$"),
        Kind::Certainty => pattern(r"^\s*(point|[0-9.]+\s*%?)\s*$"),
        Kind::Period => pattern(r"^\s*(day|week|month|quarter|year|[0-9.]+\s*(s|min|h|d))\s*$"),
        Kind::TimeOfDay => pattern(r"^[0-2][0-9]:[0-5][0-9]$"),
        Kind::Limit => "\"type\": [\"string\", \"number\"]".to_owned(),
        Kind::Flag => "\"type\": \"boolean\"".to_owned(),
        Kind::Moment => "\"type\": \"string\", \"format\": \"date-time\"".to_owned(),
        Kind::Secret => pattern("^(env:[A-Za-z0-9_]+|file:.+)$"),
        Kind::Url => pattern(ADDRESS),
        Kind::Urls => {
            format!("\"type\": \"array\", \"minItems\": 1, \"items\": {{ {} }}", pattern(ADDRESS))
        }
        Kind::Number => "\"type\": \"number\"".to_owned(),
        Kind::Count => "\"type\": \"integer\", \"minimum\": 0".to_owned(),
        Kind::Score => "\"type\": \"number\", \"exclusiveMinimum\": 0, \"maximum\": 1".to_owned(),
        Kind::Texts | Kind::Matchers => {
            "\"type\": \"array\", \"minItems\": 1, \"items\": { \"type\": \"string\" }".to_owned()
        }
        Kind::Labels => {
            "\"type\": \"object\", \"additionalProperties\": { \"type\": \"string\" }".to_owned()
        }
        Kind::Choice(choices) => {
            let choices: Vec<String> = choices.iter().map(|choice| quoted(choice)).collect();
            format!("\"enum\": [{}]", choices.join(", "))
        }
        _ => "\"type\": \"string\", \"minLength\": 1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Format;
    use crate::reader::read;

    #[test]
    fn the_committed_schema_is_the_one_of_the_keys() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sla.schema.json");
        if std::env::var_os("PERFKIT_BLESS").is_some() {
            std::fs::write(path, json_schema()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == json_schema(),
            "run again with PERFKIT_BLESS=1 and look at the difference"
        );
    }

    /// Every example is read, or refused for something else than itself.
    #[test]
    fn every_key_has_an_example_that_its_reader_takes() {
        let mut tables = vec![("", &FILE)];
        let mut seen = 0;
        while let Some((name, table)) = tables.pop() {
            for key in table.keys {
                match key.kind {
                    Kind::Table(inner) | Kind::Named(inner) | Kind::List(inner) => {
                        tables.push((key.name, inner));
                    }
                    _ => {
                        let text = match name {
                            "" => format!("{} = {}", key.name, key.example),
                            "operations" | "metrics" | "handlers" => {
                                format!("[{name}.x]\n{} = {}", key.name, key.example)
                            }
                            "idle" => format!("[resources.idle]\n{} = {}", key.name, key.example),
                            "objectives" | "exclusions" | "alerts" | "inhibit" | "silences" => {
                                format!("[[{name}]]\n{} = {}", key.name, key.example)
                            }
                            "burn_rates" => format!(
                                "[[objectives]]\nname = \"x\"\n[[objectives.burn_rates]]\n{} = {}",
                                key.name, key.example
                            ),
                            _ => format!("[{name}]\n{} = {}", key.name, key.example),
                        };
                        let about_itself = format!("{}: ", key.name);
                        for problem in read(&text, Format::Toml).err().unwrap_or_default() {
                            let told = &problem.message;
                            let fits = told.contains("needs")
                                || told.contains("made of")
                                || told.contains("not in")
                                || told.contains("does nothing")
                                || told.contains("do nothing")
                                || told.contains("there is no objective");
                            assert!(!told.starts_with(&about_itself) || fits, "{text}\n{told}");
                            assert!(!told.contains("unknown key"), "{text}\n{told}");
                        }
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 60, "{seen}");
    }
}
