//! Readings by NVML, through nvml-wrapper.

use super::gpu_sample::GpuSample;
use super::gpu_snapshot::{MissingGpu, MissingReason};
use super::nvml_device::{Fields, Gone, code_of, read_device, reading_of};
use super::reading::NvmlCode;
use super::source::{Read, Source};
use nvml_wrapper::Nvml;
use nvml_wrapper::error::NvmlError;
use std::path::PathBuf;

/// NVML. A `Device` of the wrapper borrows its `Nvml`, so devices are looked up in each reading.
pub(super) struct NvmlSource {
    library: Option<PathBuf>,
    nvml: Option<Nvml>,
}

impl NvmlSource {
    pub(super) fn new(library: Option<PathBuf>) -> Self {
        NvmlSource { library, nvml: None }
    }
}

impl Source for NvmlSource {
    fn open(&mut self) -> Result<(), String> {
        let mut builder = Nvml::builder();
        if let Some(library) = &self.library {
            builder.lib_path(library.as_os_str());
        }
        self.nvml = Some(builder.init().map_err(|error| error.to_string())?);
        Ok(())
    }

    fn read(&mut self) -> Result<Read, String> {
        let nvml = self.nvml.as_ref().ok_or("NVML is closed")?;
        let count = nvml.device_count().map_err(|error| error.to_string())?;
        let mut read = Read {
            driver: reading_of(nvml.sys_driver_version()).map_err(Gone::reason)?,
            gpus: Vec::new(),
            missing: Vec::new(),
        };
        for index in 0..count {
            match read_one(nvml, index) {
                Ok(gpu) => read.gpus.push(gpu),
                Err(Gone::Driver(code)) => return Err(code.to_string()),
                Err(Gone::Device(reason)) => read.missing.push(MissingGpu { index, reason }),
            }
        }
        Ok(read)
    }

    fn close(&mut self) {
        // Shuts NVML down and unloads it, so that a driver that was replaced is loaded anew.
        self.nvml = None;
    }
}

fn read_one(nvml: &Nvml, index: u32) -> Result<GpuSample, Gone> {
    match nvml.device_by_index(index) {
        Ok(device) => read_device(&device, index, &mut Fields::default()),
        Err(NvmlError::NoPermission) => Err(Gone::Device(MissingReason::NoPermission)),
        Err(error) => Err(match Gone::of(error) {
            Ok(gone) => gone,
            // No handle at all is no answer at all.
            Err(NvmlError::Unknown) => Gone::Device(MissingReason::Lost(NvmlCode::UNKNOWN)),
            Err(error) => Gone::Device(MissingReason::Failed(code_of(error))),
        }),
    }
}
