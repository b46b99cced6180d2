//! What the contenders have on the heap after recording, everything that they need included.
//!
//! Prints a line for each: work, operations, contender, bytes, separated by tabs. Each is filled in a
//! process of its own, so that what a library keeps once a process counts too, and counts for everybody.

mod filled;
#[allow(dead_code)] // what is resident is of no interest here
#[path = "../../../../perf-core/examples/stress/memory.rs"]
mod heap;

use benchmarks::{NARROW, SIX_DECADES, latencies};
use filled::CONTENDERS;
use heap::live_bytes;
use std::env;
use std::error::Error;
use std::process::Command;

const WORKS: [(&str, f64); 2] =
    [("memory, six decades", SIX_DECADES), ("memory, sigma 0.6", NARROW)];
const OPERATIONS: [usize; 2] = [1, 256];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [contender, sigma, operations] = &arguments[..] {
        return fill(contender.parse()?, sigma.parse()?, operations.parse()?);
    }
    for (work, sigma) in WORKS {
        for operations in OPERATIONS {
            for (contender, (name, _)) in CONTENDERS.iter().enumerate() {
                let one = [contender.to_string(), sigma.to_string(), operations.to_string()];
                let output = Command::new(env::current_exe()?).args(one).output()?;
                if !output.status.success() {
                    return Err(format!("{name}: {}", output.status).into());
                }
                let bytes: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
                println!("{work}\t{operations}\t{name}\t{bytes}");
            }
        }
    }
    Ok(())
}

/// Fills one contender on this thread and prints its bytes.
fn fill(contender: usize, sigma: f64, operations: usize) -> Result<(), Box<dyn Error>> {
    let (_, fill) = CONTENDERS.get(contender).ok_or("no such contender")?;
    let values = latencies(sigma, 1);
    let before = live_bytes();
    let kept = fill(operations, &values);
    println!("{}", live_bytes() - before);
    drop(kept);
    Ok(())
}
