//! What the work costs: CPU, memory, files and IO of a process, and what its container allows.
#![forbid(unsafe_code)]

mod cgroup;
mod process;
mod text_file;

pub use cgroup::{
    Cgroup, CgroupCpu, CgroupMemory, CgroupSample, Limit, Pressure, PressureScope, Pressures, Stall,
};
pub use process::{
    ContextSwitches, CpuUsage, IoBytes, ProcessSample, ProcessSampler, ProcessTree, TreeSample,
};
