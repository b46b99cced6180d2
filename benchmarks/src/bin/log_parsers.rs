//! Lines of a request log, parsed by the libraries that could do it: which one reads them fastest?
//!
//! ```text
//! cargo run --release -p perf-export --example make_log > log.jsonl
//! cargo run --release --manifest-path benchmarks/Cargo.toml --bin log_parsers log.jsonl
//! ```
//!
//! All take the same types from the same bytes in memory; the turns are interleaved, and the median of
//! seven is shown.

use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const TURNS: usize = 7;

#[derive(Deserialize)]
struct Line<'a> {
    total_time: f64,
    #[serde(borrow)]
    stages: BTreeMap<Cow<'a, str>, Stage>,
}

#[derive(Deserialize)]
struct Stage {
    duration: f64,
}

type Parser = fn(&[u8], &mut Vec<u8>) -> f64;

const PARSERS: [(&str, Parser); 4] = [
    ("serde_json, borrowed", |line, _| sum(&serde_json::from_slice(line).expect("a line"))),
    ("sonic-rs, borrowed", |line, _| sum(&sonic_rs::from_slice(line).expect("a line"))),
    ("simd-json, borrowed from a copy", |line, copy| {
        copy.clear();
        copy.extend_from_slice(line);
        sum(&simd_json::serde::from_slice(copy).expect("a line"))
    }),
    ("serde_json::Value", |line, _| {
        let line: serde_json::Value = serde_json::from_slice(line).expect("a line");
        line["total_time"].as_f64().unwrap_or_default()
    }),
];

fn sum(line: &Line<'_>) -> f64 {
    line.total_time + line.stages.values().map(|stage| stage.duration).sum::<f64>()
}

fn main() {
    let path = std::env::args().nth(1).expect("usage: log_parsers FILE");
    let log = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); PARSERS.len()];
    let mut copy = Vec::new();
    for _ in 0..TURNS {
        for (times, (_, parse)) in times.iter_mut().zip(PARSERS) {
            let start = Instant::now();
            let lines = log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            std::hint::black_box(lines.map(|line| parse(line, &mut copy)).sum::<f64>());
            times.push(start.elapsed());
        }
    }
    println!("| parser | median of {TURNS} | MB/s |\n|---|---:|---:|");
    for (mut times, (name, _)) in times.into_iter().zip(PARSERS) {
        times.sort_unstable();
        let median = times[TURNS / 2].as_secs_f64();
        println!("| {name} | {:.0} ms | {:.0} |", median * 1e3, log.len() as f64 / 1e6 / median);
    }
}
