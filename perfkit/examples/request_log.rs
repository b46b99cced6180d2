//! The monitor of a question answering service: a log of 10,000 requests with stages and metadata, alerts on
//! slow ones, what the log says afterwards, whether it got slower, and what becomes of old files.
//!
//! ```text
//! cargo run --release -p perfkit --features full --example request_log            # this folder
//! cargo run --release -p perfkit --features full --example request_log -- FOLDER 2000
//! ```

use perfkit::analysis::{Confidence, Floor, operation_bottlenecks, trend};
use perfkit::export::{LogFormat, LogReader, Replay, RequestLog, Retention};
use perfkit::{Distribution, OperationSnapshot, Profiler, Quantile, RequestError};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// Paragraphs of text, and in which of them each word is.
struct Library {
    paragraphs: Vec<String>,
    places: BTreeMap<String, Vec<usize>>,
}

impl Library {
    fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut library = Library { paragraphs: Vec::new(), places: BTreeMap::new() };
        for entry in ignore::Walk::new(folder) {
            let entry = entry?;
            // What is no text is no book.
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            library.paragraphs.extend(text.split("\n\n").map(str::to_owned));
        }
        for (place, paragraph) in library.paragraphs.iter().enumerate() {
            for word in words(paragraph) {
                let places = library.places.entry(word).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        match library.places.is_empty() {
            true => Err(format!("{}: no text in it", folder.display()).into()),
            false => Ok(library),
        }
    }

    /// The first fifty paragraphs that have one of the words.
    fn retrieve(&self, query: &[&str]) -> Vec<&str> {
        let places = query.iter().filter_map(|word| self.places.get(*word)).flatten();
        let mut places: Vec<usize> = places.copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().take(50).map(|place| self.paragraphs[place].as_str()).collect()
    }
}

/// Those that are about the query, the best first.
fn grade<'a>(found: &[&'a str], query: &[&str]) -> Vec<&'a str> {
    let score = |text: &&str| query.iter().map(|word| text.matches(word).count()).sum::<usize>();
    let mut graded: Vec<_> = found.iter().map(|text| (score(text), *text)).collect();
    graded.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    graded.into_iter().filter(|(score, _)| *score > 0).take(5).map(|(_, text)| text).collect()
}

/// An answer in the words that the best paragraphs have most.
fn generate(kept: &[&str]) -> String {
    let mut counts = HashMap::<String, usize>::new();
    kept.iter().flat_map(|text| words(text)).for_each(|word| *counts.entry(word).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.into_iter().take(10).map(|(word, _)| word).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
    words.map(str::to_lowercase)
}

/// One request, by its id: `start_request`, `log_stage`, `end_request`.
fn answer(
    profiler: &Profiler,
    id: &str,
    library: &Library,
    query: &[&str],
) -> Result<String, RequestError> {
    profiler.start_request(id)?;
    let start = std::time::Instant::now();
    let found = library.retrieve(query);
    profiler.log_stage(id, "retrieval", start.elapsed(), [("documents_retrieved", found.len())])?;
    let start = std::time::Instant::now();
    let kept = grade(&found, query);
    profiler.log_stage(id, "grading", start.elapsed(), [("documents_kept", kept.len())])?;
    let start = std::time::Instant::now();
    let answer = generate(&kept);
    profiler.log_stage(id, "generation", start.elapsed(), [("characters", answer.len())])?;
    if kept.is_empty() {
        profiler.fail_request(id, "no answer")?;
    } else {
        profiler.end_request(id)?;
    }
    Ok(answer)
}

/// Answers so many queries, one of which asks for everything at once, and prints what is slow.
fn serve(library: &Library, profiler: &Profiler, requests: usize) -> Result<(), Box<dyn Error>> {
    let limit = Arc::new(AtomicU64::new(u64::MAX));
    let watched = Arc::clone(&limit);
    profiler.observe_requests(move |request| {
        if request.total() > Duration::from_nanos(watched.load(Relaxed)) {
            println!("ALERT: {} took {:.1?}", request.id(), request.total());
            for (stage, share) in request.bottlenecks(0.5) {
                println!("       {:.0} % of it in {stage}", share * 100.0);
            }
        }
    });
    let known: Vec<&str> = library.places.keys().map(String::as_str).collect();
    for number in 0..requests {
        let place = number * 7_919 % known.len();
        let nothing = ["nobody has written this"];
        let query = match number {
            _ if number == requests * 3 / 4 => &known[..],
            _ if number % 100 == 99 => &nothing[..],
            _ => &known[place..known.len().min(place + 3)],
        };
        answer(profiler, &format!("user-{}-query-{number}", number % 97), library, query)?;
        if number == requests / 10 {
            // Slow is what takes ten times what all but one in a hundred took until now.
            let p99 = profiler.snapshot().operation("answer").and_then(OperationSnapshot::p99);
            limit.store(p99.unwrap_or_default().as_nanos() as u64 * 10, Relaxed);
        }
    }
    Ok(())
}

/// Averages, percentiles, shares and bottlenecks, from the log alone.
fn analyze(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut reader = LogReader::open(folder, LogFormat::Requests)?;
    let mut replay = Replay::new("answer", |_| {});
    replay.read(&mut reader)?;
    let snapshot = replay.finish().snapshot;
    println!(
        "{} requests in the log, {} lines skipped",
        reader.entries(),
        reader.skipped().total()
    );
    let whole = snapshot.operation("answer").map_or(0, |answer| answer.latency().sum());
    for operation in snapshot.operations() {
        let of = |p| operation.quantile(p).unwrap_or_default();
        println!(
            "  {:10} mean {:>9.1?}  p50 {:>9.1?}  p95 {:>9.1?}  p99 {:>9.1?}  {:>5.1} % of the time",
            operation.name(),
            operation.mean().unwrap_or_default(),
            of(Quantile::P50),
            of(Quantile::P95),
            of(Quantile::P99),
            operation.latency().sum() as f64 / whole.max(1) as f64 * 100.0,
        );
    }
    for bottleneck in operation_bottlenecks(&snapshot, 0.3).unwrap_or_default() {
        println!("  {bottleneck}");
    }
    Ok(())
}

/// Whether the p95 of every twentieth of the log rises.
fn direction(folder: &Path, requests: usize) -> Result<(), Box<dyn Error>> {
    let (mut part, mut points) = (Vec::new(), Vec::new());
    LogReader::open(folder, LogFormat::Requests)?.read(&mut |entry| {
        part.push(entry.total.as_nanos() as u64);
        if part.len() >= requests.div_ceil(20) {
            let p95 = Distribution::from_values(part.drain(..)).quantile(Quantile::P95);
            points.push((points.len() as f64, p95.unwrap_or(0) as f64));
        }
    })?;
    let trend = trend(&points, Floor::default(), Confidence::P95)?;
    println!("trend of the p95: {}, p {:.3}, {} points", trend.direction, trend.p, trend.points);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let text = arguments.next().unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
    let requests = arguments.next().map_or(Ok(10_000), |count| count.parse())?;
    let library = Library::read(Path::new(&text))?;
    let folder = std::env::temp_dir().join(format!("perfkit-request-log-{}", std::process::id()));

    let profiler = Profiler::builder().overall_operation("answer").build();
    let log = RequestLog::in_folder(&folder).queue(requests).spawn(&profiler)?;
    serve(&library, &profiler, requests)?;
    let totals = log.stop();
    println!("{} written, {} dropped", totals.written, totals.dropped);

    analyze(&folder)?;
    direction(&folder, requests)?;

    // What a log with `keep_days(30)` does by itself, seen from 31 days later.
    let later = SystemTime::now() + Duration::from_secs(31 * 86_400);
    for planned in Retention::default().keep_days(30).plan(&folder, later)? {
        let freed = planned.apply()?;
        println!("old log: {:?}, {freed} bytes freed", planned.action());
    }
    std::fs::remove_dir(&folder)?;
    Ok(())
}
