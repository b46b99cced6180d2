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
const PAIRS: usize = 15;

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
        let tell = move |_: &Notification| drop(sender.send(Instant::now()));
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

/// Records in a loop until it is told to stop: how many, and in how much time of this thread alone.
fn record(operation: &Operation, stop: &AtomicBool) -> (u64, Duration) {
    let (begun, mut count) = (Instant::now(), 0);
    while !stop.load(Relaxed) {
        for i in 0..10_000_u64 {
            operation.record(black_box(Duration::from_nanos(1_000 + i)));
        }
        count += 10_000;
    }
    (count, begun.elapsed())
}

/// ns a record, on a thread of its own, while `what` runs on this one.
fn beside(operation: &Operation, what: impl FnOnce()) -> f64 {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let recorder = scope.spawn(|| record(operation, &stop));
        what();
        stop.store(true, Relaxed);
        let (count, took) = recorder.join().unwrap_or_default();
        took.as_nanos() as f64 / count as f64
    })
}

/// A hung, a panicking and a healthy handler; 100,000 alerts in a burst, over about 0.2 s.
fn burst() -> Result<(), Box<dyn Error>> {
    std::panic::set_hook(Box::new(|_| {}));
    let (release, hold) = channel::<()>();
    let healthy = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&healthy);
    let served = move |_: &Notification| {
        count.fetch_add(1, Relaxed);
    };
    let dispatcher = Dispatcher::builder()
        .handler("hung", move |_: &Notification| drop(hold.recv()), HandlerOptions::new())
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
        // The thread that sends is busy in both, so that what differs is what the dispatcher does.
        let spin = |how_long: Duration| {
            let begun = Instant::now();
            while begun.elapsed() < how_long {
                std::hint::spin_loop();
            }
        };
        let last = Duration::from_millis(200);
        let (without, with) = match pair % 2 {
            0 => (beside(&operation, || spin(last)), beside(&operation, &mut burst)),
            _ => {
                let with = beside(&operation, &mut burst);
                (beside(&operation, || spin(last)), with)
            }
        };
        quiet.push(without);
        loud.push(with);
        ratios.push(with / without);
    }
    let after = resident_kib();
    println!("{PAIRS} bursts of {BURST} alerts while another thread records, medians of pairs:");
    let sorted = {
        let mut ratios = ratios.clone();
        ratios.sort_by(f64::total_cmp);
        ratios
    };
    println!("  a record: {:.2} ns without, {:.2} ns with", median(quiet), median(loud));
    println!(
        "  with / without: {:.3}, from {:.3} to {:.3}",
        median(ratios),
        sorted[0],
        sorted[PAIRS - 1]
    );
    bursts.sort();
    println!("  a burst takes {:.0?}, {:.0} ns an alert for three handlers", bursts[PAIRS / 2], {
        bursts[PAIRS / 2].as_nanos() as f64 / BURST as f64
    });
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
