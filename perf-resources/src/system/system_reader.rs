//! The whole machine where it can be read, and nothing elsewhere.

use super::system_sample::{SystemCpu, SystemSample};

/// A `SystemSampler`, or nothing without the feature `system`.
#[derive(Debug)]
pub(crate) struct SystemReader {
    #[cfg(feature = "system")]
    sampler: Option<super::system_sampler::SystemSampler>,
}

impl SystemReader {
    /// Reads something if `wanted`.
    #[cfg_attr(not(feature = "system"), allow(unused_variables))]
    pub(crate) fn new(wanted: bool) -> Self {
        SystemReader {
            #[cfg(feature = "system")]
            sampler: if wanted { super::system_sampler::SystemSampler::new().ok() } else { None },
        }
    }

    #[cfg(feature = "system")]
    pub(crate) fn sample(&mut self) -> Option<SystemSample> {
        Some(self.sampler.as_mut()?.sample())
    }

    #[cfg(not(feature = "system"))]
    pub(crate) fn sample(&mut self) -> Option<SystemSample> {
        None
    }

    /// The CPU alone, which reads nothing more often than its shortest interval.
    #[cfg(feature = "system")]
    pub(crate) fn cpu(&mut self) -> Option<SystemCpu> {
        self.sampler.as_mut()?.cpu()
    }

    #[cfg(not(feature = "system"))]
    pub(crate) fn cpu(&mut self) -> Option<SystemCpu> {
        None
    }
}
