//! What monitoring costs the service that it watches: from a breach to a handler, and a burst of alerts while
//! another thread records. docs/alerts.md has the figures.
//!
//! ```text
//! cargo run --profile bench -p perf-alert --example costs
//! ```

use perf_alert::{
    Alert, Dispatcher, HandlerOptions, Monitoring, Notification, Reason, Rule, Rules, Severity,
};
use perf_core::{Operation, Profiler};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Alerts of a burst.
const BURST: u64 = 100_000;

/// Pairs of a stretch without a burst and one with it.
const PAIRS: usize = 31;

fn main() -> Result<(), Box<dyn Error>> {
    from_breach_to_handler()?;
    burst()
}

/// Breaches at different places of a second, each looked at by rounds every second.
fn from_breach_to_handler() -> Result<(), Box<dyn Error>> {
    let mut delays = Vec::new();
    for place in 0..20 {
        let profiler = Profiler::new();
        let slow = Rule::new("slow", "p95 > 100ms".parse()?).window(Duration::from_secs(1));
        let (sender, told) = channel();
        let tell = move |_: &Notification| _ = sender.send(Instant::now());
        let monitoring = Monitoring::new(&profiler, Rules::new([slow])?)
            .interval(Duration::from_secs(1))
            .handler("clock", tell, HandlerOptions::new())
            .spawn_monitoring()?;
        let search = profiler.operation("search");
        thread::sleep(profiler.timeline().until_tick() + Duration::from_millis(10 + 49 * place));
        let breach = Instant::now();
        (0..100).for_each(|_| search.record(Duration::from_millis(150)));
        delays.push(told.recv_timeout(Duration::from_secs(10))? - breach);
        drop(monitoring);
    }
    delays.sort();
    println!("from a breach to a handler, rounds every second, {} breaches:", delays.len());
    println!("  shortest {:.1?}, longest {:.1?}", delays[0], delays[delays.len() - 1]);
    Ok(())
}

/// ns a record, on a thread of its own, while `what` runs on this one: time of that thread alone where the system
/// has it, as on a small machine the handlers need the same processors.
fn beside(operation: &Operation, what: impl FnOnce()) -> f64 {
    let stop = AtomicBool::new(false);
    let record = || {
        let (begun, mut count) = (own_time(), 0_u32);
        while !stop.load(Relaxed) {
            for i in 0..10_000_u64 {
                operation.record(black_box(Duration::from_nanos(1_000 + i)));
            }
            count += 10_000;
        }
        (own_time() - begun).as_nanos() as f64 / f64::from(count)
    };
    thread::scope(|scope| {
        let recorder = scope.spawn(record);
        what();
        stop.store(true, Relaxed);
        recorder.join().unwrap_or(f64::NAN)
    })
}

/// For so long, work on two threads that has nothing to do with alerts: processors that share their parts are slower
/// whatever the other one does.
fn something_else(how_long: Duration) {
    let work = || {
        let begun = Instant::now();
        while begun.elapsed() < how_long {
            let mut boxes: Vec<Box<u64>> =
                (0..1_000).map(|i| Box::new(i * 7_919 % 1_000)).collect();
            boxes.sort();
            black_box(boxes);
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}

/// A hung, a panicking and a healthy handler; 100,000 alerts in each burst.
fn burst() -> Result<(), Box<dyn Error>> {
    std::panic::set_hook(Box::new(|_| {}));
    let (release, hold) = channel::<()>();
    let healthy = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&healthy);
    let served = move |_: &Notification| {
        count.fetch_add(1, Relaxed);
    };
    let dispatcher = Dispatcher::builder()
        .handler("hung", move |_: &Notification| _ = hold.recv(), HandlerOptions::new())
        .handler("panicking", |_: &Notification| panic!("on purpose"), HandlerOptions::new())
        .handler("healthy", served, HandlerOptions::new().queue(BURST as usize))
        .spawn()?;
    let alert = Alert::new("slow", Severity::Warning, SystemTime::now());
    let told = Arc::new(Notification::new(Reason::Fired, vec![alert], SystemTime::now()));
    let operation = Profiler::new().operation("search");

    let before = resident_kib();
    let (mut quiet, mut loud, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut bursts = Vec::new();
    for pair in 0..PAIRS {
        let mut burst = || {
            let begun = Instant::now();
            (0..BURST).for_each(|_| dispatcher.send(Arc::clone(&told)));
            bursts.push(begun.elapsed());
        };
        let mut measure = |is_burst: bool| match is_burst {
            true => beside(&operation, &mut burst),
            false => beside(&operation, || something_else(Duration::from_millis(150))),
        };
        let first = measure(pair % 2 == 0);
        let second = measure(pair % 2 == 1);
        let (with, without) = if pair % 2 == 0 { (first, second) } else { (second, first) };
        quiet.push(without);
        loud.push(with);
        ratios.push(with / without);
    }
    let after = resident_kib();
    println!("{PAIRS} bursts of {BURST} alerts while another thread records, medians of pairs:");
    ratios.sort_by(f64::total_cmp);
    println!("  a record: {:.2} ns without, {:.2} ns with", median(quiet), median(loud));
    println!(
        "  with / without: {:.3}, from {:.3} to {:.3}",
        ratios[PAIRS / 2],
        ratios[0],
        ratios[PAIRS - 1]
    );
    bursts.sort();
    let burst = bursts[PAIRS / 2];
    let each = burst.as_nanos() as f64 / BURST as f64;
    println!("  a burst takes {burst:.0?}, {each:.0} ns an alert for three handlers");
    println!("  resident memory before and after: {before:?} and {after:?} KiB");
    drop(release);
    for handler in dispatcher.stop().handlers {
        println!(
            "  {}: {} sent, {} panics, {} dropped as the queue was full",
            handler.name, handler.sent, handler.panics, handler.dropped.queue_full
        );
    }
    Ok(())
}

/// The processor's time that this thread has had.
#[cfg(unix)]
fn own_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Time as it passes.
#[cfg(not(unix))]
fn own_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What the process has in memory, where Linux says so.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
