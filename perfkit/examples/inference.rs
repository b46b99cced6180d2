//! A small model that says what a line of text is about, with the metrics of a model server: time of
//! each part, batch sizes, errors, cache hits, the last hundred requests and the last seconds.
//!
//! ```text
//! cargo run --release -p perfkit --example inference            # the README, for two seconds
//! cargo run --release -p perfkit --example inference -- BOOK.txt 10
//! ```

use perfkit::{InferenceMetrics, InferenceStatistics, OperationSnapshot, Profiler, Quantile};
use std::collections::HashMap;
use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{array, env, fs, thread};

const FEATURES: usize = 512;
const TOPICS: usize = 64;
const BATCH: usize = 32;

/// A layer of weights over hashed words: a real model in shape and work, though nobody trained it.
struct Model {
    hasher: RandomState,
    weights: Vec<[f32; FEATURES]>,
    cache: Mutex<HashMap<String, usize>>,
}

impl Model {
    fn new() -> Self {
        let hasher = RandomState::new();
        let weight = |topic: usize, feature: usize| {
            hasher.hash_one((topic, feature)) as u32 as f32 / u32::MAX as f32 - 0.5
        };
        let weights = (0..TOPICS).map(|topic| array::from_fn(|f| weight(topic, f))).collect();
        Model { weights, hasher, cache: Mutex::default() }
    }

    /// The topic of each line of a batch, and what that took.
    fn classify(&self, batch: &[&str], metrics: &InferenceMetrics) -> Vec<usize> {
        if batch.iter().any(|line| line.contains('\u{FFFD}')) {
            metrics.error("not UTF-8");
            return Vec::new();
        }
        let start = Instant::now();
        let features: Vec<_> = batch.iter().map(|line| self.features(line)).collect();
        let preprocessing = start.elapsed();

        let start = Instant::now();
        let scores: Vec<Vec<f32>> = features
            .iter()
            .map(|features| {
                let dot = |weights: &[f32; FEATURES]| {
                    weights.iter().zip(features).map(|(w, f)| w * f).sum::<f32>()
                };
                self.weights.iter().map(dot).collect()
            })
            .collect();
        let inference = start.elapsed();

        let start = Instant::now();
        let topics = scores.iter().map(|scores| {
            let quantized = scores.iter().map(|score| (score * 16.0).clamp(-127.0, 127.0) as i8);
            quantized.enumerate().max_by_key(|(_, score)| *score).map_or(0, |(topic, _)| topic)
        });
        let topics: Vec<_> = topics.collect();
        let quantization = start.elapsed();

        metrics.update(inference, batch.len() as u64, preprocessing, quantization);
        topics
    }

    fn features(&self, line: &str) -> [f32; FEATURES] {
        let mut features = [0.0; FEATURES];
        for word in line.split_whitespace() {
            features[self.hasher.hash_one(word) as usize % FEATURES] += 1.0;
        }
        features
    }
}

/// Classifies the lines over and over, those that are not in the cache, until `end`.
fn serve(model: &Model, lines: &[&str], metrics: &InferenceMetrics, end: Instant) {
    let mut next = 0;
    while Instant::now() < end {
        let batch: Vec<&str> = (0..BATCH).map(|i| lines[(next + i * i) % lines.len()]).collect();
        next += BATCH;
        let mut new = Vec::new();
        {
            let cache = model.cache.lock().expect("nobody panics with it");
            for line in batch {
                if cache.contains_key(line) {
                    metrics.cache_hit();
                } else {
                    metrics.cache_miss();
                    new.push(line);
                }
            }
        }
        let topics = model.classify(&new, metrics);
        let mut cache = model.cache.lock().expect("nobody panics with it");
        if cache.len() > lines.len() / 2 {
            cache.clear();
        }
        cache.extend(new.into_iter().map(str::to_owned).zip(topics));
    }
}

fn show(name: &str, operation: &OperationSnapshot) {
    let of = |p| operation.quantile(Quantile::new(p).expect("a share")).unwrap_or_default();
    println!("  {name:14} p50 {:>10.1?}   p99 {:>10.1?}", of(0.5), of(0.99));
}

fn summary(statistics: &InferenceStatistics) {
    let percent = |share: Option<f64>| share.map_or("-".into(), |x| format!("{:.1} %", x * 100.0));
    println!(
        "{} requests, {} lines in {:.1?}; errors {}, cache hits {}",
        statistics.requests(),
        statistics.items(),
        statistics.runtime(),
        percent(statistics.error_rate()),
        percent(statistics.cache().rate()),
    );
    show("request", statistics.request());
    show("inference", statistics.inference());
    for part in ["preprocessing", "quantization"] {
        statistics.part(part).iter().for_each(|operation| show(part, operation));
    }
    if let Some(recent) = statistics.request().recent() {
        println!("  the last {}: mean {:.1?}", recent.count(), recent.mean().unwrap_or_default());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md").to_owned();
    let path = args.next().unwrap_or(readme);
    let seconds: f64 = args.next().map_or(Ok(2.0), |seconds| seconds.parse())?;
    let bytes = fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() {
        return Err(format!("{path}: no line with text in it").into());
    }

    let profiler = Profiler::builder().overall_operation("request").build();
    let metrics = InferenceMetrics::new(&profiler).keep_recent(100);
    let ticking = profiler.spawn_timeline()?;
    let model = Model::new();
    let end = Instant::now() + Duration::try_from_secs_f64(seconds)?;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| serve(&model, &lines, &metrics, end));
        }
    });
    drop(ticking);

    summary(&metrics.statistics());
    if let Some(throughput) = metrics.window(Duration::from_secs(60)).throughput() {
        let (average, peak) = (throughput.average, throughput.peak);
        println!("by the second: {average:.0} requests/s on average, {peak:.0} in the busiest");
    }
    Ok(())
}
