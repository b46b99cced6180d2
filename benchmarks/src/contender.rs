//! Contenders take turns.

use cpu_time::ThreadTime;
use std::sync::Barrier;
use std::thread;

/// Turns of each contender; its cost is the median.
const TURNS: usize = 15;

/// One way to do the work.
pub struct Contender {
    name: &'static str,
    /// What one thread does with some values; made on that thread.
    start: Box<dyn Fn() -> Turn + Sync>,
    /// Whether threads may share it.
    shared: bool,
}

/// Does the work once for each value.
pub type Turn = Box<dyn FnMut(&[u64])>;

impl Contender {
    /// One that threads share.
    pub fn new(name: &'static str, start: impl Fn() -> Turn + Sync + 'static) -> Self {
        Contender { name, start: Box::new(start), shared: true }
    }

    /// One that only a single thread can use.
    pub fn alone(name: &'static str, start: impl Fn() -> Turn + Sync + 'static) -> Self {
        Contender { shared: false, ..Contender::new(name, start) }
    }
}

/// The ns an operation of each contender, on `threads` threads at once.
pub fn run(
    contenders: &[Contender],
    threads: usize,
    operations: usize,
    values: &[u64],
) -> Vec<(&'static str, f64)> {
    let able: Vec<_> = contenders.iter().filter(|c| c.shared || threads == 1).collect();
    let barrier = Barrier::new(threads);
    let of_threads: Vec<Vec<Vec<f64>>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let (able, barrier) = (&able, &barrier);
                scope.spawn(move || take_turns(able, thread, operations, values, barrier))
            })
            .collect();
        running.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let of_contender = |c: usize| {
        // A turn costs what its threads cost on average.
        let turn = |t| of_threads.iter().map(|thread| thread[c][t]).sum::<f64>() / threads as f64;
        let mut turns: Vec<f64> = (0..TURNS).map(turn).collect();
        turns.sort_by(f64::total_cmp);
        turns[TURNS / 2]
    };
    able.iter().enumerate().map(|(c, contender)| (contender.name, of_contender(c))).collect()
}

/// The ns an operation of each contender in each turn, on this thread.
fn take_turns(
    contenders: &[&Contender],
    thread: usize,
    operations: usize,
    values: &[u64],
    barrier: &Barrier,
) -> Vec<Vec<f64>> {
    let mut work: Vec<Turn> = contenders.iter().map(|contender| (contender.start)()).collect();
    let mut nanos = vec![vec![0.0; TURNS]; contenders.len()];
    // A turn that does not count: everything is touched.
    for turn in 0..=TURNS {
        for c in 0..contenders.len() {
            // Whoever goes first in one turn goes last in another.
            let c = (c + turn) % contenders.len();
            let start = (turn * operations + thread * 7_919) % (values.len() - operations);
            barrier.wait();
            let before = ThreadTime::now();
            work[c](&values[start..start + operations]);
            let elapsed = before.elapsed();
            if turn > 0 {
                nanos[c][turn - 1] = elapsed.as_nanos() as f64 / operations as f64;
            }
        }
    }
    // A thread that ended early would hand what it has to another.
    barrier.wait();
    nanos
}
