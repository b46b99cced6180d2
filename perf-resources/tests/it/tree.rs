//! Processes that come and go, in a `/proc` that the test writes.

use crate::Root;
use perf_resources::ProcessTree;
use std::fs;
use std::io::ErrorKind;
use std::time::Duration;

/// The kernel counts in hundredths of a second on every machine of today.
const TICK: Duration = Duration::from_millis(10);

struct Process {
    pid: u32,
    parent: u32,
    started: u64,
    ticks: u64,
    ticks_of_children: u64,
}

fn process(pid: u32, parent: u32, ticks: u64) -> Process {
    Process { pid, parent, started: u64::from(pid) * 100, ticks, ticks_of_children: 0 }
}

fn write(root: &Root, process: &Process) {
    let Process { pid, parent, started, ticks, ticks_of_children } = process;
    let line = format!(
        "{pid} (worker) S {parent} 1 1 0 -1 0 {ticks} 0 0 0 {ticks} 0 {ticks_of_children} 0 20 0 2 0 \
         {started} 1000 10 0\n"
    );
    root.write(&format!("proc/{pid}/stat"), &line);
    let io = format!("rchar: {ticks}\nwchar: 0\nread_bytes: 0\nwrite_bytes: 7\n");
    root.write(&format!("proc/{pid}/io"), &io);
}

fn end(root: &Root, pid: u32) {
    fs::remove_dir_all(root.path().join(format!("proc/{pid}"))).unwrap();
}

fn tree(root: &Root, pid: u32) -> ProcessTree {
    ProcessTree::under(root.path().join("proc"), pid).unwrap()
}

#[test]
fn children_of_children_count_and_strangers_do_not() {
    let root = Root::new();
    for process in [process(1, 0, 0), process(10, 1, 5), process(11, 10, 5), process(12, 11, 5)] {
        write(&root, &process);
    }
    write(&root, &process(20, 1, 5));
    let mut tree = tree(&root, 10);
    let first = tree.sample().unwrap();
    assert_eq!((first.processes, first.threads, first.virtual_bytes), (3, 6, 3_000));
    assert_eq!(first.cpu_time, Duration::ZERO, "it counts from here");
    write(&root, &process(12, 11, 8));
    write(&root, &process(20, 1, 800));
    let second = tree.sample().unwrap();
    assert_eq!((second.cpu_time, second.minor_faults), (3 * TICK, 3));
    assert_eq!(second.io.unwrap().read_calls, 3);
    assert!(second.cpu_since(&first).is_some());
}

#[test]
fn what_came_and_went_between_two_readings_is_counted_by_its_parent() {
    let root = Root::new();
    write(&root, &process(10, 1, 5));
    write(&root, &process(11, 10, 30));
    let mut tree = tree(&root, 10);
    tree.sample().unwrap();
    // 11 used 5 more, 12 used 100 in all; both have ended and were waited for.
    end(&root, 11);
    write(&root, &Process { ticks_of_children: 135, ..process(10, 1, 6) });
    let sample = tree.sample().unwrap();
    assert_eq!((sample.processes, sample.cpu_time), (1, 106 * TICK));
}

#[test]
fn cpu_time_never_goes_back_when_nobody_waits_for_a_child() {
    let root = Root::new();
    write(&root, &process(10, 1, 5));
    write(&root, &process(11, 10, 30));
    let mut tree = tree(&root, 10);
    tree.sample().unwrap();
    write(&root, &process(11, 10, 40));
    assert_eq!(tree.sample().unwrap().cpu_time, 10 * TICK);
    end(&root, 11);
    assert_eq!(tree.sample().unwrap().cpu_time, 10 * TICK);
    write(&root, &process(10, 1, 7));
    assert_eq!(tree.sample().unwrap().cpu_time, 12 * TICK);
}

#[test]
fn a_child_that_nobody_waits_for_hides_nothing_that_others_used_themselves() {
    let root = Root::new();
    write(&root, &process(10, 1, 5));
    write(&root, &process(11, 10, 30));
    write(&root, &process(12, 10, 1));
    let mut tree = tree(&root, 10);
    tree.sample().unwrap();
    write(&root, &process(11, 10, 40));
    assert_eq!(tree.sample().unwrap().cpu_time, 10 * TICK);
    end(&root, 11);
    write(&root, &process(10, 1, 7));
    write(&root, &process(12, 10, 4));
    let sample = tree.sample().unwrap();
    assert_eq!((sample.cpu_time, sample.minor_faults), (15 * TICK, 15));
}

#[test]
fn children_are_found_in_the_lists_of_all_threads_and_strangers_are_not_looked_at() {
    let root = Root::new();
    for process in [process(10, 1, 5), process(11, 10, 5), process(12, 10, 5), process(13, 12, 5)] {
        write(&root, &process);
        root.write(&format!("proc/{0}/task/{0}/children", process.pid), "");
    }
    root.write("proc/10/task/10/children", "11 ");
    root.write("proc/10/task/99/children", "12 666 20 ");
    root.write("proc/12/task/12/children", "13 ");
    // One that has ended, and one whose number is another's by now.
    write(&root, &process(20, 1, 5));
    // It would be found by who looks at all.
    write(&root, &process(14, 10, 5));
    let mut tree = tree(&root, 10);
    assert_eq!(tree.sample().unwrap().processes, 4);
    // Left behind by its parent, nobody lists it.
    end(&root, 12);
    root.write("proc/10/task/99/children", "");
    write(&root, &process(13, 1, 6));
    let sample = tree.sample().unwrap();
    assert_eq!((sample.processes, sample.cpu_time), (3, TICK));
}

#[test]
#[cfg(target_os = "linux")]
fn a_real_child_is_found_under_the_kernels_own_lists() {
    use std::process::{Command, Stdio};

    let mut shell =
        Command::new("sh").args(["-c", "cat; true"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut tree = ProcessTree::new(shell.id()).unwrap();
    let begun = std::time::Instant::now();
    while tree.sample().unwrap().processes < 2 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no child was seen");
        std::thread::yield_now();
    }
    drop(shell.stdin.take());
    shell.wait().unwrap();
}

#[test]
fn a_process_that_got_the_number_of_an_ended_one_is_another() {
    let root = Root::new();
    write(&root, &process(10, 1, 5));
    let mut tree = tree(&root, 10);
    tree.sample().unwrap();
    write(&root, &Process { started: 99_999, ..process(10, 1, 500) });
    assert_eq!(tree.sample().unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_child_that_its_parent_left_behind_stays_in_the_tree() {
    let root = Root::new();
    write(&root, &process(10, 1, 5));
    write(&root, &process(11, 10, 5));
    let mut tree = tree(&root, 10);
    tree.sample().unwrap();
    end(&root, 10);
    write(&root, &process(11, 1, 5));
    write(&root, &process(12, 11, 0));
    assert_eq!(tree.sample().unwrap().processes, 2);
    end(&root, 11);
    end(&root, 12);
    assert_eq!(tree.sample().unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn parents_that_go_round_in_a_circle_end() {
    let root = Root::new();
    write(&root, &process(10, 11, 5));
    write(&root, &process(11, 10, 5));
    write(&root, &process(12, 12, 5));
    assert_eq!(tree(&root, 10).sample().map(|sample| sample.processes).unwrap_or(0), 2);
    assert_eq!(tree(&root, 12).sample().map(|sample| sample.processes).unwrap_or(0), 1);
}

#[test]
fn there_is_no_tree_of_nobody() {
    let root = Root::new();
    root.write("proc/10/stat", "no such line");
    let under = |pid| ProcessTree::under(root.path().join("proc"), pid).unwrap_err().kind();
    assert_eq!((under(9), under(10)), (ErrorKind::NotFound, ErrorKind::InvalidData));
}
