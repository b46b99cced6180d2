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
