//! Contenders take turns.

use cpu_time::ThreadTime;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// Turns of each contender; its cost is the median.
const TURNS: usize = 15;
/// The most values that a contender is given at a time; longer turns have several such stretches. A
/// multiple of 256, so that 256 metrics in rotation stay in step with the values.
const STRETCH: usize = 51_200;

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

/// What one contender cost.
pub struct Cost {
    pub name: &'static str,
    /// The ns an operation.
    pub nanos: f64,
    /// How many cores its threads had on average: fewer than there are threads, they did not meet.
    pub cores: f64,
}

/// What each contender costs on `threads` threads at once, each bound to a core.
pub fn run(
    contenders: &[Contender],
    threads: usize,
    operations: usize,
    values: &[u64],
) -> Vec<Cost> {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    let able: Vec<_> = contenders.iter().filter(|c| c.shared || threads == 1).collect();
    let barrier = Barrier::new(threads);
    let of_threads: Vec<Vec<Vec<Time>>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let (able, barrier, cores) = (&able, &barrier, &cores);
                scope.spawn(move || {
                    if let Some(core) = cores.get(thread % cores.len().max(1)) {
                        core_affinity::set_for_current(*core);
                    }
                    take_turns(able, thread, operations, values, barrier)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let of_contender = |c: usize| {
        let turn = |t: usize| {
            let on_core: f64 = of_threads.iter().map(|thread| thread[c][t].on_core).sum();
            let wall = of_threads.iter().map(|thread| thread[c][t].wall).fold(0.0, f64::max);
            // A turn costs what its threads cost on average.
            (on_core / threads as f64 / operations as f64, on_core / wall)
        };
        let (mut nanos, mut cores): (Vec<f64>, Vec<f64>) = (0..TURNS).map(turn).unzip();
        nanos.sort_by(f64::total_cmp);
        cores.sort_by(f64::total_cmp);
        Cost { name: able[c].name, nanos: nanos[TURNS / 2], cores: cores[TURNS / 2] }
    };
    (0..able.len()).map(of_contender).collect()
}

/// What one thread took for one turn, in ns.
#[derive(Clone, Copy, Default)]
struct Time {
    on_core: f64,
    wall: f64,
}

/// What each contender took in each turn, on this thread.
fn take_turns(
    contenders: &[&Contender],
    thread: usize,
    operations: usize,
    values: &[u64],
    barrier: &Barrier,
) -> Vec<Vec<Time>> {
    let mut work: Vec<Turn> = contenders.iter().map(|contender| (contender.start)()).collect();
    let mut times = vec![vec![Time::default(); TURNS]; contenders.len()];
    // A turn that does not count: everything is touched.
    for turn in 0..=TURNS {
        for c in 0..contenders.len() {
            // Whoever goes first in one turn goes last in another.
            let c = (c + turn) % contenders.len();
            let stretch = operations.min(STRETCH);
            let start = (turn * operations + thread * 7_919) % (values.len() - stretch);
            barrier.wait();
            let (wall, on_core) = (Instant::now(), ThreadTime::now());
            for _ in 0..operations / stretch {
                work[c](&values[start..start + stretch]);
            }
            let (on_core, wall) = (on_core.elapsed(), wall.elapsed());
            if turn > 0 {
                let [on_core, wall] = [on_core, wall].map(|time| time.as_nanos() as f64);
                times[c][turn - 1] = Time { on_core, wall };
            }
        }
    }
    // A thread that ended early would hand what it has to another.
    barrier.wait();
    times
}
