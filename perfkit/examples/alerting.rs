//! A search service that loses its index, answers slowly for a while, and gets it back: who is told what, and when.
//!
//! ```text
//! cargo run --release -p perfkit --features full --example alerting              # this folder, 3 x 6 s
//! cargo run --release -p perfkit --features full --example alerting -- FOLDER 4
//! ```

use perfkit::Profiler;
use perfkit::alert::{
    HandlerOptions, Handlers, Monitoring, MonitoringThread, Notification, Reason, Rule, Rules,
    Severity,
};
use perfkit::sla::SlaConfig;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Places that are an answer.
const PAGE: usize = 50;

/// A search that takes longer is given up.
const PATIENCE: Duration = Duration::from_millis(5);

/// What is promised, who is told, and of what; the rest is in code, in `main`.
fn sla(alerts: &Path) -> Result<SlaConfig, Box<dyn Error>> {
    let sla = format!(
        r#"
        [metrics.cache]
        good = "cache_hits"
        bad = "cache_misses"

        [operations.search]
        max_p95 = "200us"

        [[alerts]]
        name = "slow searches"
        watch = "operations.search.max_p95"
        severity = "critical"
        window = "2s"
        runbook = "docs/alerts.md"

        [[alerts]]
        name = "cold cache"
        when = "ratio < 50%"
        metric = "cache"
        window = "2s"

        [handlers.file]
        type = "file"
        path = {alerts:?}
        "#
    );
    Ok(SlaConfig::from_toml(&sla)?)
}

/// Where each word of a text is: its first places.
type Index = HashMap<String, Vec<usize>>;

/// Finds words in a text: by an index and a cache, or else by reading all of it.
struct Search {
    text: String,
    index: Option<Index>,
    cache: HashMap<String, Vec<usize>>,
    profiler: Profiler,
}

impl Search {
    fn read(folder: &Path, profiler: &Profiler) -> Result<Self, Box<dyn Error>> {
        let mut text = String::new();
        for entry in ignore::Walk::new(folder) {
            // What is no text is not read.
            if let Ok(book) = std::fs::read_to_string(entry?.path()) {
                text.push_str(&book.to_lowercase());
            }
        }
        if words(&text).next().is_none() {
            return Err(format!("{}: no text in it", folder.display()).into());
        }
        let (cache, profiler) = (HashMap::new(), profiler.clone());
        let mut search = Search { text, index: None, cache, profiler };
        search.rebuild();
        Ok(search)
    }

    /// Reads all of the text once, so that nobody else has to.
    fn rebuild(&mut self) {
        let index = self.profiler.time("rebuild", || {
            let mut index = Index::new();
            for (place, word) in words(&self.text) {
                match index.get_mut(word) {
                    Some(places) if places.len() == PAGE => {}
                    Some(places) => places.push(place),
                    None => drop(index.insert(word.to_owned(), vec![place])),
                }
            }
            index
        });
        self.index = Some(index);
    }

    /// The first places of a word.
    fn find(&mut self, word: &str) -> Result<Vec<usize>, &'static str> {
        if let Some(places) = self.cache.get(word) {
            self.profiler.counter("cache_hits").add(1);
            return Ok(places.clone());
        }
        self.profiler.counter("cache_misses").add(1);
        let Some(index) = &self.index else { return self.scan(word) };
        let places = index.get(word).cloned().unwrap_or_default();
        if self.cache.len() == 1_000 {
            self.cache.clear();
        }
        self.cache.insert(word.to_owned(), places.clone());
        Ok(places)
    }

    fn scan(&self, word: &str) -> Result<Vec<usize>, &'static str> {
        let deadline = Instant::now() + PATIENCE;
        let mut places = Vec::new();
        for (read, (place, other)) in words(&self.text).enumerate() {
            if other == word {
                places.push(place);
            }
            if places.len() == PAGE {
                break;
            }
            if read % 256 == 0 && Instant::now() > deadline {
                return Err("out of patience");
            }
        }
        Ok(places)
    }

    /// Answers what people ask, one after the other: nine of ten ask for the same hundred words.
    fn serve(&mut self, asked: &[String], how_long: Duration) -> usize {
        let profiler = self.profiler.clone();
        let begun = Instant::now();
        let mut number = 0;
        while begun.elapsed() < how_long {
            let among = if number % 10 == 0 { asked.len() } else { asked.len().min(100) };
            let word = &asked[number * 7_919 % among];
            // What is not found is measured, and told by whoever watches.
            let _ = profiler.time_result("search", || self.find(word));
            number += 1;
        }
        number
    }
}

/// Words with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
    words.map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let phase = arguments.next().map_or(Ok(6), |seconds| seconds.parse())?;
    let phase = Duration::from_secs(phase);

    let profiler = Profiler::new();
    let mut search = Search::read(Path::new(&folder), &profiler)?;
    let all: Vec<String> = words(&search.text).map(|(_, word)| word.to_owned()).collect();
    let asked: Vec<String> = (0..10_000).map(|i| all[i * 104_729 % all.len()].clone()).collect();

    let scratch = std::env::temp_dir().join(format!("perfkit-alerting-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    let file = scratch.join("alerts.jsonl");
    let sla = sla(&file)?;
    sla.watch(&profiler)?;
    let window = Duration::from_secs(2);
    let rules = Rules::with_sla(
        &sla,
        [
            Rule::new("failing", "error_rate > 5%".parse()?)
                .operation("search")
                .critical("20%")
                .window(window),
            // Nobody is told while something critical of the same operation fires.
            Rule::new("little done", "throughput < 3000/s".parse()?)
                .operation("search")
                .severity(Severity::Info)
                .window(window),
        ],
    )?;
    let begun = Instant::now();
    let page = |told: &Notification| {
        for alert in told.alerts.iter().filter(|_| told.reason == Reason::Fired) {
            println!("          somebody gets up at night, with {:?}", alert.description);
        }
    };
    let monitoring = Monitoring::new(&profiler, rules)
        .handlers_of(Handlers::from_sla(&sla)?)
        .handler("screen", move |told: &Notification| print(told, begun), HandlerOptions::new())
        .handler("pager", page, HandlerOptions::new().min_severity(Severity::Critical))
        .interval(Duration::from_secs(1))
        .spawn_monitoring()?;

    println!("{:5.1} s   with its index", begun.elapsed().as_secs_f64());
    println!("          {} searches", search.serve(&asked, phase));
    println!("{:5.1} s   the index is lost, and the cache", begun.elapsed().as_secs_f64());
    (search.index, search.cache) = (None, HashMap::new());
    println!("          {} searches", search.serve(&asked, phase));
    search.rebuild();
    println!("{:5.1} s   the index is back", begun.elapsed().as_secs_f64());
    println!("          {} searches", search.serve(&asked, phase));

    summarize(&monitoring);
    let lines = std::fs::read_to_string(&file)?;
    println!("the file has {} lines, from", lines.lines().count());
    println!("  {}", lines.lines().next().unwrap_or("nobody was told anything"));
    std::fs::remove_dir_all(&scratch)?;
    Ok(())
}

/// What was told, a line an alert.
fn print(told: &Notification, begun: Instant) {
    for alert in &told.alerts {
        let (at, severity) = (begun.elapsed().as_secs_f64(), alert.severity.as_str());
        println!("{at:5.1} s   {:?}: {severity}: {}", told.reason, alert.summary);
    }
}

fn summarize(monitoring: &MonitoringThread) {
    let totals = monitoring.stop();
    let summary = monitoring.alert_summary();
    println!("\n{} alerts in {} rounds", summary.total, totals.engine.rounds);
    for (severity, count) in summary.by_severity.iter().rev() {
        println!("  {count} {}", severity.as_str());
    }
    for (rule, count) in &summary.most_frequent {
        println!("  {count} x {rule}");
    }
    for alert in &summary.active {
        println!("  still: {}", alert.summary);
    }
    println!("the longest round took {:.1?}", totals.longest_round.unwrap_or_default());
    for handler in &totals.delivery.handlers {
        println!("{}: {} told, {} dropped", handler.name, handler.sent, handler.dropped.total());
    }
}
