//! GPUs, through the real nvml-wrapper and a library that stands for NVML.

mod readings;
mod states;
mod stub;
mod tracker;
