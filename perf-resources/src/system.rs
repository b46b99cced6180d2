//! The whole machine: memory, swap, load and CPU.

mod system_reader;
mod system_sample;
#[cfg(feature = "system")]
mod system_sampler;

pub(crate) use system_reader::SystemReader;
pub use system_sample::{SystemCpu, SystemMemory, SystemSample};
#[cfg(feature = "system")]
pub use system_sampler::SystemSampler;
