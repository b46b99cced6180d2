//! Figures of living processes against what they are known to do.

use crate::{alone, burn};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use perf_resources::{ProcessSample, ProcessSampler, ProcessTree};
use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(100);
/// Half a point of 100 ms.
const ALLOWED: Duration = Duration::from_micros(500);

/// Set in a process that a test has started: what it is to do.
const ROLE: &str = "PERF_RESOURCES_TEST_ROLE";

fn spawn(role: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "process::the_child_of_the_tests", "--nocapture"])
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The lines a child has printed for its parent, to the end of the child.
fn said(child: &mut Child) -> Vec<String> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    lines.filter_map(|line| Some(line.split_once("said: ")?.1.to_owned())).collect()
}

/// Not a test of its own: what the others start.
#[test]
fn the_child_of_the_tests() {
    match std::env::var(ROLE).as_deref() {
        Ok("burn") => burn_and_report(),
        Ok("wait") => {
            println!("\nsaid: ready");
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
        }
        _ => {}
    }
}

/// What `getrusage` says of all threads: the kernel's account by another way than the process clock, to the
/// microsecond.
fn accounted() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let spent = usage.user_time() + usage.system_time();
    Duration::from_micros(spent.num_microseconds().try_into().unwrap())
}

/// A sample between two readings of the account: whenever a thread is put aside, the truth lies between them.
fn sandwiched(sampler: &mut ProcessSampler) -> (Duration, ProcessSample, Duration) {
    (accounted(), sampler.sample().unwrap(), accounted())
}

/// Burns for 100 ms, then waits for about as long on a pipe, and says after each what the account and the
/// sampler say.
fn burn_and_report() {
    let mut sampler = ProcessSampler::own().unwrap();
    // The first sample of the process is the base of the first interval.
    let mut last = sandwiched(&mut sampler);
    for round in 0..6 {
        if round % 2 == 0 {
            burn(INTERVAL);
        } else {
            println!("\nsaid: waiting");
            std::io::stdin().read_exact(&mut [0]).unwrap();
        }
        let now = sandwiched(&mut sampler);
        let usage = now.1.cpu_since(&last.1).unwrap();
        println!(
            "\nsaid: {} {} {} {} {}",
            now.0.saturating_sub(last.2).as_nanos(),
            (now.2 - last.0).as_nanos(),
            usage.cpu_time().as_nanos(),
            usage.interval().as_nanos(),
            usage.ratio()
        );
        last = now;
    }
}

#[test]
fn cpu_is_within_half_a_point_of_the_kernels_account_at_100_ms_from_the_first_interval_on() {
    let mut child = spawn("burn");
    let mut stdin = child.stdin.take().unwrap();
    let (mut checked, mut idle) = (0, false);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((_, said)) = line.split_once("said: ") else { continue };
        if said == "waiting" {
            burn(INTERVAL);
            stdin.write_all(b"x").unwrap();
            idle = true;
            continue;
        }
        let numbers: Vec<f64> = said.split(' ').map(|number| number.parse().unwrap()).collect();
        let [least, most, cpu, interval, ratio] = numbers[..] else { panic!("{said}") };
        let error = (least - cpu).max(cpu - most);
        assert!(error <= ALLOWED.as_nanos() as f64, "{error} ns: {said}");
        assert!(interval >= 0.99 * INTERVAL.as_nanos() as f64, "{said}");
        assert!((ratio - cpu / interval).abs() < 1e-9, "{said}");
        // On any machine it was on a core for some of the time, or hardly at all.
        assert!(if idle { ratio < 0.2 } else { ratio > 0.01 }, "{said}");
        (checked, idle) = (checked + 1, false);
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(checked, 6);
}

#[test]
fn memory_that_was_touched_is_resident_and_stays_in_the_peak() {
    const SIZE: usize = 64 << 20;
    let _alone = alone();
    let mut sampler = ProcessSampler::own().unwrap().with_peak().with_proportional();
    let before = sampler.sample().unwrap();
    let mut memory = vec![0_u8; SIZE];
    memory.iter_mut().step_by(4_096).for_each(|byte| *byte = 1);
    black_box(&mut memory);
    let during = sampler.sample().unwrap();
    drop(memory);
    let after = sampler.sample().unwrap();
    // Other tests of this process come and go with a few MiB.
    let near = |bytes: u64| bytes.abs_diff(SIZE as u64) <= 16 << 20;
    assert!(near(during.resident_bytes - before.resident_bytes), "{before:?} {during:?}");
    let proportional = |sample: &ProcessSample| sample.proportional_bytes.unwrap();
    assert!(near(proportional(&during) - proportional(&before)), "{before:?} {during:?}");
    assert!(near(during.resident_bytes - after.resident_bytes), "{during:?} {after:?}");
    assert!(after.peak_resident_bytes >= during.peak_resident_bytes);
    assert!(after.peak_resident_bytes.unwrap() > after.resident_bytes + SIZE as u64 / 2);
    assert!(during.minor_faults.unwrap() > before.minor_faults.unwrap());
}

#[test]
fn threads_files_and_waits_are_counted() {
    let mut sampler = ProcessSampler::own().unwrap().with_io();
    let before = sampler.sample().unwrap();
    let files: Vec<_> = (0..200).map(|_| fs::File::open("/proc/self/stat").unwrap()).collect();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let receiver = std::sync::Mutex::new(receiver);
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| receiver.lock().unwrap().recv());
        }
        // They are threads once they are started, whether or not they wait yet.
        let during = sampler.sample().unwrap();
        let grown =
            |now: Option<u64>, then: Option<u64>| now.unwrap().saturating_sub(then.unwrap());
        assert!(grown(during.threads, before.threads) >= 40, "{before:?} {during:?}");
        assert!(grown(during.open_fds, before.open_fds) >= 180, "{before:?} {during:?}");
        assert!(during.open_fds.unwrap() <= during.max_fds.unwrap());
        drop(sender);
    });
    drop(files);
    let after = sampler.sample().unwrap();
    let switches = |sample: &ProcessSample| sample.context_switches.unwrap();
    assert!(switches(&after).voluntary >= switches(&before).voluntary);
    assert!(after.io.unwrap().read_calls > before.io.unwrap().read_calls);
}

#[test]
fn another_process_is_read_by_its_number_and_its_end_is_told() {
    let mut child = spawn("wait");
    let mut sampler = ProcessSampler::of(child.id()).unwrap().with_peak().with_io();
    let mut tree = ProcessTree::new(child.id()).unwrap();
    // It is not this program before it has said so: between fork and exec it is a copy of this one.
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.ends_with("said: ready\n") {
        assert!(output.read_line(&mut line).unwrap() > 0);
    }
    let sample = sampler.sample().unwrap();
    assert!(sample.resident_bytes > 100_000 && sample.threads >= Some(2), "{sample:?}");
    assert!(sample.open_fds >= Some(3) && sample.max_fds >= sample.open_fds, "{sample:?}");
    assert!(sample.peak_resident_bytes.is_some() && sample.io.is_some(), "{sample:?}");
    assert_eq!(tree.sample().unwrap().processes, 1);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(sampler.sample().is_err());
    assert_eq!(tree.sample().unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_number_that_no_process_has_is_not_found() {
    assert_eq!(ProcessSampler::of(u32::MAX).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn work_of_children_that_have_ended_is_in_the_tree() {
    let mut tree = ProcessTree::new(std::process::id()).unwrap();
    let before = tree.sample().unwrap();
    let mut child = spawn("burn");
    child.stdin.take().unwrap().write_all(b"xxx").unwrap();
    let used: f64 = said(&mut child)
        .iter()
        .filter_map(|line| line.split(' ').nth(1)?.parse::<f64>().ok())
        .sum();
    child.wait().unwrap();
    let grown = tree.sample().unwrap().cpu_time - before.cpu_time;
    // Two ticks of rounding; more may have been used by other tests.
    let used = Duration::from_nanos(used as u64).saturating_sub(Duration::from_millis(20));
    assert!(used > Duration::ZERO && grown >= used, "{grown:?} {used:?}");
}
