//! One process, and processes with their children: what they have used.

mod cpu_usage;
#[cfg(any(not(target_os = "linux"), all(test, feature = "system")))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
mod process_sample;
mod process_sampler;
mod stat;
#[cfg(target_os = "linux")]
mod switches;
mod tree;
mod tree_sample;
mod units;

pub use cpu_usage::CpuUsage;
pub use process_sample::{ContextSwitches, IoBytes, ProcessSample};
pub use process_sampler::ProcessSampler;
pub use tree::ProcessTree;
pub use tree_sample::TreeSample;
