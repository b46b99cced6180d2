//! Traces of OpenTelemetry.

use super::{Convert, json};
use crate::Entry;
use serde_json::Value;
use std::io::{self, Write};
use std::time::Duration;

/// Traces as the file exporter of OpenTelemetry writes them: a `TracesData` in JSON (OTLP) on each line, one
/// line a request; the request is the root span and its stages are its children.
///
/// The ids are made of the request's id, its start and what it is called, so the same log gives the same
/// ids, and a request that reuses an id gets a trace of its own. Requests without a time start at 1970.
#[derive(Debug)]
pub struct OtlpJson {
    service: String,
    count: u64,
}

impl OtlpJson {
    /// `service` is what `service.name` says.
    pub fn new(service: &str) -> Self {
        OtlpJson { service: json::text(service), count: 0 }
    }
}

impl Convert for OtlpJson {
    fn entry(&mut self, entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.count += 1;
        let name = entry.operation.as_deref().unwrap_or("request");
        let started = entry.started.unwrap_or_default();
        let number = self.count.to_le_bytes();
        // A request without an id has its place in the log.
        let id = entry.id.as_deref().map_or(&number[..], str::as_bytes);
        let (seed, when) = (hash(0, id), started.as_nanos().to_le_bytes());
        let high = hash(hash(seed, &when), name.as_bytes());
        let low = hash(high, b"trace");
        let root = never_zero(hash(low, b"request"));
        let trace = format!("{:016x}{low:016x}", never_zero(high));
        let mut attributes = Vec::new();
        if let Some(id) = &entry.id {
            attributes.push(attribute("request_id", &Value::from(id.as_ref())));
        }
        attributes.extend(entry.metadata.as_deref().map(of_metadata).unwrap_or_default());
        write!(
            out,
            "{{\"resourceSpans\":[{{\"resource\":{{\"attributes\":[{{\"key\":\"service.name\",\
             \"value\":{{\"stringValue\":{}}}}}]}},\"scopeSpans\":[{{\"scope\":{{\"name\":\"perfkit\"}},\
             \"spans\":[",
            self.service
        )?;
        let span = Span { trace: &trace, id: root, parent: None, name, kind: 2 };
        span.write(out, started, entry.total, entry.failure.as_deref(), attributes)?;
        for (place, stage) in entry.spans.iter().enumerate() {
            let id = never_zero(hash(hash(root, &place.to_le_bytes()), stage.stage.as_bytes()));
            out.write_all(b",")?;
            let span = Span { trace: &trace, id, parent: Some(root), name: &stage.stage, kind: 1 };
            let from = started.saturating_add(stage.start);
            span.write(out, from, stage.duration, stage.failure.as_deref(), Vec::new())?;
        }
        out.write_all(b"]}]}]}\n")
    }

    fn finish(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

struct Span<'a> {
    trace: &'a str,
    id: u64,
    parent: Option<u64>,
    name: &'a str,
    /// 1 is internal, 2 what a server does.
    kind: u8,
}

impl Span<'_> {
    fn write(
        &self,
        out: &mut dyn Write,
        from: Duration,
        duration: Duration,
        failure: Option<&str>,
        mut attributes: Vec<String>,
    ) -> io::Result<()> {
        let parent = self.parent.map_or_else(String::new, |id| format!("{id:016x}"));
        let status = match failure {
            None => "{\"code\":1}".to_owned(),
            Some(kind) => format!("{{\"code\":2,\"message\":{}}}", json::text(kind)),
        };
        attributes.extend(
            failure
                .filter(|kind| !kind.is_empty())
                .map(|kind| attribute("error.type", &Value::from(kind))),
        );
        write!(
            out,
            "{{\"traceId\":\"{}\",\"spanId\":\"{:016x}\",\"parentSpanId\":\"{parent}\",\"name\":{},\"kind\":{},\
             \"startTimeUnixNano\":\"{}\",\"endTimeUnixNano\":\"{}\",\"attributes\":[{}],\"status\":{status}}}",
            self.trace,
            self.id,
            json::text(self.name),
            self.kind,
            from.as_nanos(),
            from.saturating_add(duration).as_nanos(),
            attributes.join(","),
        )
    }
}

fn of_metadata(metadata: &str) -> Vec<String> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(metadata).unwrap_or_default();
    let known = object.iter().filter(|(_, value)| !value.is_null());
    known.map(|(key, value)| attribute(key, value)).collect()
}

/// What is nested is told as its JSON.
fn attribute(key: &str, value: &Value) -> String {
    let value = match value {
        Value::Bool(truth) => format!("\"boolValue\":{truth}"),
        Value::Number(number) => match number.as_i64() {
            Some(number) => format!("\"intValue\":\"{number}\""),
            None => format!("\"doubleValue\":{number}"),
        },
        Value::String(text) => format!("\"stringValue\":{}", json::text(text)),
        other => format!("\"stringValue\":{}", json::text(&other.to_string())),
    };
    format!("{{\"key\":{},\"value\":{{{value}}}}}", json::text(key))
}

/// FNV-1a, and the finish of MurmurHash3 so that every bit depends on all of them.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let start = seed ^ 0xcbf2_9ce4_8422_2325;
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = bytes.iter().fold(start, fnv);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// An id of zeros is none.
fn never_zero(id: u64) -> u64 {
    id.max(1)
}
