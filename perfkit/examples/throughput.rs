//! How many queries a second: one after the other, on all cores, and under ever more threads until more
//! of them bring nothing.
//!
//! ```text
//! cargo run --release -p perfkit --example throughput                 # this workspace, 2 s a step
//! cargo run --release -p perfkit --example throughput -- FOLDER 5
//! ```

use perfkit::{Profiler, Snapshot};
use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Where words are looked for: every text file of a folder, read once.
struct Corpus {
    files: Vec<String>,
    words: Vec<String>,
}

impl Corpus {
    fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries =
                fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
            for entry in entries {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if path.is_dir() && !name.starts_with('.') && name != "target" {
                    folders.push(path);
                } else if [".rs", ".md", ".txt", ".toml"].iter().any(|end| name.ends_with(end)) {
                    files.extend(fs::read_to_string(path));
                }
            }
        }
        let words = files.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned);
        let words: Vec<_> = words.step_by(97).take(10_000).collect();
        if words.is_empty() {
            return Err(format!("{}: no text in there", folder.display()).into());
        }
        Ok(Corpus { files, words })
    }

    /// How many files have the word.
    fn query(&self, number: usize) -> usize {
        let word = &self.words[number % self.words.len()];
        self.files.iter().filter(|text| text.contains(word.as_str())).count()
    }
}

/// Queries on `threads` threads for `time`.
fn run(profiler: &Profiler, corpus: &Corpus, threads: usize, time: Duration) -> Snapshot {
    profiler.reset();
    let end = Instant::now() + time;
    thread::scope(|scope| {
        for first in 0..threads {
            let query = profiler.operation("query");
            scope.spawn(move || {
                let mut number = first * 7_919;
                while Instant::now() < end {
                    black_box(query.time(|| corpus.query(number)));
                    number += 1;
                }
            });
        }
    });
    profiler.reset()
}

/// Prints one line and gives back the queries a second.
fn show(name: &str, profiler: &Profiler, snapshot: &Snapshot) -> f64 {
    let Some(query) = snapshot.operation("query") else { return 0.0 };
    let throughput = query.throughput().unwrap_or(0.0);
    let window = profiler.timeline().window_since(snapshot.from());
    let peak = window.throughput("query").map_or("-".into(), |t| format!("{:.0}/s", t.peak));
    let (p50, p99) = (query.p50().unwrap_or_default(), query.p99().unwrap_or_default());
    println!("  {name:22} {throughput:>9.0}/s {peak:>11} {p50:>10.1?} {p99:>10.1?}");
    throughput
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = args.next().map_or_else(workspace, PathBuf::from);
    let seconds: f64 = args.next().map_or(Ok(2.0), |seconds| seconds.parse())?;
    let time = Duration::try_from_secs_f64(seconds)?;
    let corpus = Corpus::read(&folder)?;
    let cores = thread::available_parallelism()?.get();

    let profiler = Profiler::new();
    let _ticking = profiler.spawn_timeline()?;
    println!("{} files, {} words, {time:?} a step", corpus.files.len(), corpus.words.len());
    println!("  {:22} {:>11} {:>11} {:>10} {:>10}", "", "average", "peak", "p50", "p99");
    show("sequential", &profiler, &run(&profiler, &corpus, 1, time));
    let name = format!("concurrent, {cores} cores");
    let mut best = show(&name, &profiler, &run(&profiler, &corpus, cores, time));
    for factor in [2, 4, 8, 16] {
        let name = format!("stress, {} threads", factor * cores);
        let now = show(&name, &profiler, &run(&profiler, &corpus, factor * cores, time));
        if now < best * 1.05 {
            println!("saturated: twice the threads bring less than 5 % more");
            break;
        }
        best = now;
    }
    Ok(())
}
