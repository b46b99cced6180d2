//! `perfkit demo`: a real pipeline, measured, judged and reported.

mod alerting;
// One copy of the pipeline: the example of the library is the code that runs here.
#[path = "../../perfkit/examples/rag_pipeline/measured.rs"]
#[allow(unreachable_pub, reason = "it is also the library's example")]
mod measured;
#[path = "../../perfkit/examples/rag_pipeline/rag/mod.rs"]
#[allow(unreachable_pub, dead_code, reason = "it is also the library's example")]
mod rag;
mod serving;
mod warm_up;

use crate::report_output::write_text;
use crate::sla::warn;
use crate::terminal::{self, counted, say, tell};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use measured::{MeasuredPipeline, OVERALL};
use perfkit::Profiler;
use perfkit::analysis::RequestWatch;
use perfkit::report::Report;
use perfkit::resources::{Sampler, SamplerConfig, spawn_sampler};
use perfkit::sla::SlaConfig;
use rag::corpus::Corpus;
use rag::pipeline::Pipeline;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use warm_up::WarmUp;

/// How long to answer questions, if nothing else is asked for.
const DURATION: Duration = Duration::from_secs(20);

/// Questions drawn; a longer run asks them again.
const MOST_DRAWN: usize = 20_000;

/// What is written into `--out`.
const REPORTS: [&str; 4] = ["report.json", "report.md", "report.html", "report.junit.xml"];

/// Between two readings of CPU and memory.
const SAMPLING: Duration = Duration::from_millis(500);

/// What shells make of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Run a small but real RAG pipeline over the text of a folder; measure, judge and report it.
///
/// It reads the text, Markdown and source files of the folder (.gitignore is honoured), cuts them
/// into passages, and answers questions drawn from them through embedding, retrieval, reranking and
/// generation. Nothing sleeps and no number is made up.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Demo {
    /// The folder whose text is the corpus
    #[arg(long, value_name = "DIR", default_value = ".")]
    corpus: PathBuf,
    /// How long to answer questions: 500ms, 20s, 5min [default: 20s; with --serve until Ctrl-C]
    #[arg(long, value_name = "TIME", value_parser = a_time)]
    duration: Option<Duration>,
    /// Answer so many questions instead, however long that takes
    #[arg(long, value_name = "N", conflicts_with = "duration", value_parser = at_least_one)]
    queries: Option<usize>,
    /// How many threads answer [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = a_thread_count)]
    concurrency: Option<usize>,
    /// The SLA file to judge by [default: one made for this demo]; what its alerts say stands on the screen,
    /// and no handler is called
    #[arg(long, value_name = "FILE")]
    sla: Option<PathBuf>,
    /// Where to write report.html, report.json, report.md and report.junit.xml; a new folder is kept out of
    /// git
    #[arg(long, value_name = "DIR", default_value = "perfkit-demo")]
    out: PathBuf,
    /// Serve what is measured while it runs, for Prometheus and for people, at an address such as
    /// 127.0.0.1:9464, which this machine alone reaches, or 0.0.0.0:9464, which everybody does
    #[arg(long, value_name = "ADDR")]
    serve: Option<String>,
    /// Draws other questions
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
}

const EXAMPLES: &str = "\
Examples:
  perfkit demo
  perfkit demo --corpus ~/notes --duration 2min --concurrency 4
  perfkit demo --sla sla.toml --out reports; echo $?
  perfkit demo --serve 127.0.0.1:9464 --concurrency 1";

/// In seconds. More is no time to wait, and beyond what clocks can add.
const A_YEAR: f64 = 366.0 * 86_400.0;

pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("must be a whole number".to_owned()),
    }
}

pub(crate) fn a_number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "must be a whole number, 0 or more".to_owned())
}

pub(crate) fn a_time(text: &str) -> Result<Duration, String> {
    // Those first that end with another one.
    let units = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("ms", 0.001),
        ("min", 60.0),
        ("s", 1.0),
        ("h", 3_600.0),
    ];
    let seconds = units
        .into_iter()
        .find_map(|(unit, size)| Some(text.strip_suffix(unit)?.trim().parse::<f64>().ok()? * size));
    match seconds {
        Some(seconds) if (1e-9..=A_YEAR).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        Some(_) => Err("must be between 1ns and a year".to_owned()),
        None => Err("must be a time such as 50ms, 20s or 5min".to_owned()),
    }
}

fn a_thread_count(text: &str) -> Result<usize, String> {
    match at_least_one(text)? {
        count @ ..=1_024 => Ok(count),
        _ => Err("must be at most 1024".to_owned()),
    }
}

impl Demo {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        // What can be wrong is found out before the work begins.
        let sla = match &self.sla {
            Some(path) => SlaConfig::from_path(path)?,
            None => {
                SlaConfig::from_toml(include_str!("../../perfkit/examples/rag_pipeline/sla.toml"))?
            }
        };
        if !self.corpus.is_dir() {
            // Says what is wrong with it, before anything is made.
            Corpus::read(&self.corpus, &mut |_| {})?;
        }
        if let Some(address) = &self.serve {
            serving::check(address)?;
        }
        self.make_out()?;
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        // The second Ctrl-C does not wait for the report.
        ctrlc::set_handler(move || {
            if flag.swap(true, Relaxed) {
                std::process::exit(i32::from(INTERRUPTED));
            }
        })?;

        let pipeline = self.build_pipeline(&interrupted)?;
        let Some(pipeline) = pipeline else {
            tell("interrupted before the first question");
            return Ok(ExitCode::from(INTERRUPTED));
        };
        let profiler = Profiler::builder().overall_operation(OVERALL).build();
        if let Some(path) = &self.sla {
            warn(path, &sla);
        }
        if sla.watch(&profiler).is_err() {
            tell(format_args!(
                "note: an operation has more than four different limits; those beyond are judged by \
                 buckets of 1/128, so that they cannot flatter"
            ));
        }
        let pipeline = MeasuredPipeline::new(pipeline, &profiler);
        let requests = RequestWatch::new(&profiler);
        let sampler = sampler(&profiler);
        let thread = profiler.spawn_timeline()?;
        let serve = |address: &String| serving::spawn(address, &profiler, &requests, &sla);
        let server = self.serve.as_ref().map(serve).transpose()?;
        let progress = self.progress();
        let alerts = alerting::spawn(&profiler, &sla, &progress)?;
        let warm_up = WarmUp::new(&profiler, &requests, sla.warm_up());
        let answered = self.answer_all(&pipeline, &interrupted, &warm_up, &progress);
        drop((server, alerts, thread));
        // The last word, so that even a short run has one. A report without it is better than none.
        if let Some(Err(error)) = sampler.map(|sampler| sampler.sample_now()) {
            tell(format_args!("note: CPU and memory could not be read at the end: {error}"));
        }
        // It also ends the timeline's last interval, which is shorter than a second.
        let snapshot = profiler.reset();
        let report = Report::new(&snapshot)
            .with_timeline(&profiler.timeline())
            .with_requests(&requests.read());
        let verdict = sla.evaluate_run(&snapshot, &profiler.timeline());
        let status = verdict.status();
        self.write(&report.with_sla(&verdict).titled("perfkit demo"))?;
        if interrupted.load(Relaxed) && !self.has_end(answered) {
            say(&format!(" interrupted after {}\n", counted(answered, "question")))?;
            return Ok(ExitCode::from(INTERRUPTED));
        }
        Ok(ExitCode::from(status.exit_code()))
    }

    /// Whether a run that answered so many questions before Ctrl-C was as long as it was meant to be.
    fn has_end(&self, answered: usize) -> bool {
        match (self.queries, self.duration) {
            (Some(queries), _) => answered >= queries,
            (None, Some(_)) => false,
            (None, None) => self.serve.is_some(),
        }
    }

    /// How long to answer questions, if there is an end to it.
    fn time(&self) -> Option<Duration> {
        match (self.queries, self.duration) {
            (Some(_), _) => None,
            (None, None) if self.serve.is_some() => None,
            (None, given) => Some(given.unwrap_or(DURATION)),
        }
    }

    /// Makes the folder for the reports; one that is new is kept out of git and of the next corpus.
    fn make_out(&self) -> Result<(), Box<dyn Error>> {
        let failed = |error| format!("--out {}: cannot be created: {error}", self.out.display());
        let is_new = !self.out.exists();
        fs::create_dir_all(&self.out).map_err(failed)?;
        if is_new {
            fs::write(self.out.join(".gitignore"), "*\n").map_err(failed)?;
        }
        for name in REPORTS {
            let path = self.out.join(name);
            let is_new = !path.exists();
            let opened = fs::OpenOptions::new().create(true).append(true).open(&path);
            opened.map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
            // The demo may still end without a report.
            if is_new {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Reads and indexes the corpus; `None` when that was interrupted.
    fn build_pipeline(&self, interrupted: &AtomicBool) -> Result<Option<Pipeline>, Box<dyn Error>> {
        let spinner = ProgressBar::new_spinner();
        spinner.set_style(style("{spinner} reading {msg}: {pos} files"));
        spinner.set_message(self.corpus.display().to_string());
        let corpus = Corpus::read(&self.corpus, &mut |files| spinner.set_position(files as u64));
        spinner.finish_and_clear();
        let corpus = corpus?;
        let (files, passages) = (corpus.files().len(), corpus.passages().len());
        let mut told = format!(
            "corpus: {}, {} from {}\n",
            counted(files, "file"),
            counted(passages, "passage"),
            self.corpus.display()
        );
        if corpus.skipped().total() > 0 {
            told += &format!("        {}\n", corpus.skipped());
        }
        if corpus.passages_left_out() > 0 {
            let left_out = counted(corpus.passages_left_out(), "passage");
            told += &format!("        {left_out} beyond those left out\n");
        }
        say(&told)?;
        if interrupted.load(Relaxed) {
            return Ok(None);
        }
        let bar = ProgressBar::new(corpus.passages().len() as u64);
        bar.set_style(style("indexing  {wide_bar} {pos}/{len} passages"));
        let pipeline = Pipeline::build(corpus, &|passages| bar.set_position(passages as u64));
        bar.finish_and_clear();
        Ok((!interrupted.load(Relaxed)).then_some(pipeline))
    }

    /// Answers questions until the time is over, or all are answered, unless interrupted; says how many.
    fn answer_all(
        &self,
        pipeline: &MeasuredPipeline,
        interrupted: &AtomicBool,
        warm_up: &WarmUp,
        progress: &ProgressBar,
    ) -> usize {
        let most = self.queries.unwrap_or(usize::MAX);
        let queries = pipeline.draw_queries(most.min(MOST_DRAWN), self.seed);
        let processors = thread::available_parallelism().map_or(1, |count| count.get());
        let threads = self.concurrency.unwrap_or(processors).min(most);
        let time = self.time();
        let begun = Instant::now();
        let next = AtomicUsize::new(0);
        let answered = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while !interrupted.load(Relaxed) {
                        let id = next.fetch_add(1, Relaxed);
                        let spent = begun.elapsed();
                        if id >= most || time.is_some_and(|time| spent >= time) {
                            break;
                        }
                        // A question without an answer is a failure, and in the report as one.
                        let _ = pipeline.answer(id, &queries[id % queries.len()]);
                        warm_up.look();
                        let count = answered.fetch_add(1, Relaxed) + 1;
                        progress.set_position(match time {
                            Some(_) => spent.as_secs(),
                            None => count as u64,
                        });
                    }
                });
            }
        });
        progress.finish_and_clear();
        answered.into_inner()
    }

    fn progress(&self) -> ProgressBar {
        let (length, template) = match (self.queries, self.time()) {
            (Some(queries), _) => {
                (queries as u64, "answering {wide_bar} {pos}/{len} questions, {eta} left")
            }
            (None, Some(time)) => (time.as_secs().max(1), "answering {wide_bar} {pos} of {len} s"),
            (None, None) => (u64::MAX, "answering: {pos} questions; Ctrl-C ends it with a report"),
        };
        let bar = ProgressBar::new(length);
        bar.set_style(style(template));
        bar
    }

    fn write(&self, report: &Report) -> Result<(), Box<dyn Error>> {
        // The files come first: whoever reads the output may go away.
        let [json, markdown, html, junit] = REPORTS.map(|name| self.out.join(name));
        // Each as a whole: a second Ctrl-C leaves no half of one.
        write_text(&json, &report.to_json()?)?;
        write_text(&markdown, &report.to_markdown()?)?;
        write_text(&html, &report.to_html()?)?;
        write_text(&junit, &report.to_junit()?)?;
        let text = report.to_console(&terminal::stdout());
        let wrote = self.out.join("report.{json,md,html,junit.xml}");
        say(&format!("\n{text}\n wrote {}\n", wrote.display()))?;
        terminal::annotate(report)?;
        Ok(())
    }
}

/// What the run costs; nothing where the system does not tell.
fn sampler(profiler: &Profiler) -> Option<Sampler> {
    let config = SamplerConfig::new().interval(SAMPLING).system(false);
    spawn_sampler(profiler, config)
        .inspect_err(|error| tell(format_args!("note: without CPU and memory: {error}")))
        .ok()
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
