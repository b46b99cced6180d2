//! How often a verdict is wrong: services whose true share of slow calls is known are judged again and
//! again.
//!
//! ```text
//! cargo run --release -p perf-sla --example error_rates [RUNS]
//! ```
//!
//! Each run records that many calls with a profiler and has its snapshot judged by an SLA file: nothing is
//! simulated but the latencies. The exit code is 1 when a service at its limit is called violated in more
//! runs than the confidence allows (beyond what so many runs can tell), or met with too few calls.

use perf_core::{Clock, Profiler};
use perf_sla::{Confidence, SlaConfig, Status};
use std::process::ExitCode;
use std::time::Duration;

const LIMIT: Duration = Duration::from_millis(100);
/// None may be met below this: ln 0.05 / ln 0.99.
const FEWEST: u64 = 299;

fn main() -> ExitCode {
    let runs = std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse());
    let Ok(runs @ 1..) = runs else {
        eprintln!("usage: error_rates [RUNS], a number above 0");
        return ExitCode::from(3);
    };
    let file = |confidence: &str| {
        let text = format!("[operations.call]\nmax_p99 = \"100ms\"\nconfidence = {confidence:?}");
        SlaConfig::from_toml(&text).expect("a valid file")
    };
    let (firm, plain) = (file("95%"), file("point"));
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut holds = true;
    println!("max_p99 = \"100ms\" at 95 %, {runs} runs each; shares of runs in %\n");
    println!(
        "| calls over 100 ms | calls | met | inconclusive | violated | violated if compared plainly |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for slow in [0.002, 0.01, 0.03] {
        for calls in [50, 100, 298, 299, 1_000, 10_000] {
            let mut counts = [0_u64; 4];
            for _ in 0..runs {
                let [status, compared] = run(&[&firm, &plain], calls, slow, &mut random);
                counts[status as usize] += 1;
                counts[3] += u64::from(compared == Status::Violated);
            }
            let [met, open, violated, plainly] = counts.map(|count| count as f64 / runs as f64);
            let shown = [met, open, violated, plainly].map(|share| format!("{:.1}", share * 100.0));
            println!("| {} % | {calls} | {} |", slow * 100.0, shown.join(" | "));
            let at_its_limit = slow == 0.01;
            // What so many runs can tell from 5 %.
            let (least, _) = perf_analysis::ratio_interval(counts[2], runs, Confidence::P95);
            holds &= !at_its_limit || least <= 0.05;
            holds &= calls >= FEWEST || counts[Status::Met as usize] == 0;
        }
    }
    println!(
        "\na service at its limit is violated in at most 5 % of runs, and none is met below {FEWEST} calls: {}",
        if holds { "holds" } else { "DOES NOT HOLD" }
    );
    ExitCode::from(u8::from(!holds))
}

/// What the files say of so many calls, of which a share of `slow` is over the limit in the long run.
fn run(files: &[&SlaConfig; 2], calls: u64, slow: f64, random: &mut Random) -> [Status; 2] {
    let profiler = Profiler::builder().clock(Clock::manual().0).build();
    let _ = files[0].watch(&profiler);
    let operation = profiler.operation("call");
    for _ in 0..calls {
        let (is_slow, within) = (random.share() < slow, random.share());
        // Evenly between 10 ms and the limit, or between it and five times that.
        let from = if is_slow { LIMIT } else { LIMIT / 10 };
        let span = if is_slow { LIMIT * 4 } else { LIMIT - from };
        operation.record(from + span.mul_f64(within) + Duration::from_nanos(u64::from(is_slow)));
    }
    let snapshot = profiler.snapshot();
    files.map(|file| file.evaluate(&snapshot).status())
}

/// Xorshift64*.
struct Random(u64);

impl Random {
    /// In `0.0..1.0`.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
