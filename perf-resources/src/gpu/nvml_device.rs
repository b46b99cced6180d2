//! One GPU, by NVML: each figure is asked for by itself, and none that is missing loses the others.

use super::gpu_sample::{
    EccErrors, GpuClocks, GpuMemory, GpuProcess, GpuSample, GpuUtilization, MigInstance,
};
use super::gpu_snapshot::MissingReason;
use super::reading::{NvmlCode, Reading};
use super::throttle::ThrottleReasons;
use nvml_wrapper::Device;
use nvml_wrapper::enum_wrappers::device::{Clock, EccCounter, MemoryError, TemperatureSensor};
use nvml_wrapper::enums::device::UsedGpuMemory;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::struct_wrappers::device::{MemoryInfo, ProcessInfo, Utilization};
use std::collections::BTreeMap;

/// What no figure comes after.
pub(super) enum Gone {
    Device(MissingReason),
    Driver(NvmlCode),
}

impl Gone {
    /// Whether an error is one, or else the error.
    pub(super) fn of(error: NvmlError) -> Result<Self, NvmlError> {
        match error {
            NvmlError::GpuLost | NvmlError::ResetRequired => {
                Ok(Gone::Device(MissingReason::Lost(code_of(error))))
            }
            NvmlError::Uninitialized
            | NvmlError::DriverNotLoaded
            | NvmlError::LibRmVersionMismatch => Ok(Gone::Driver(code_of(error))),
            error => Err(error),
        }
    }

    pub(super) fn reason(self) -> String {
        match self {
            Gone::Driver(code) => code.to_string(),
            Gone::Device(reason) => format!("{reason:?}"),
        }
    }
}

/// Whether a GPU answers at all.
#[derive(Default)]
pub(super) struct Fields {
    values: u32,
    unknown: u32,
}

impl Fields {
    fn read<T>(&mut self, result: Result<T, NvmlError>) -> Result<Reading<T>, Gone> {
        let reading = reading_of(result)?;
        match reading {
            Reading::Value(_) => self.values += 1,
            Reading::Failed(NvmlCode::UNKNOWN) => self.unknown += 1,
            _ => {}
        }
        Ok(reading)
    }

    /// A number whose largest value stands for none.
    fn number<T: Into<u64>>(
        &mut self,
        result: Result<T, NvmlError>,
        none: u64,
    ) -> Result<Reading<u64>, Gone> {
        let known = |number: u64| if number == none { None } else { Some(number) };
        let reading = self.read(result)?;
        Ok(match reading.map(|number| known(number.into())) {
            Reading::Value(None) => Reading::NotSupported,
            reading => reading.map(Option::unwrap_or_default),
        })
    }

    /// An unknown error in one call is that call's; in all of them the GPU is gone.
    fn check(&self) -> Result<(), Gone> {
        if self.values == 0 && self.unknown > 0 {
            return Err(Gone::Device(MissingReason::Lost(NvmlCode::UNKNOWN)));
        }
        Ok(())
    }
}

/// Reads a GPU, unless it is gone.
pub(super) fn read_device(
    device: &Device<'_>,
    index: u32,
    fields: &mut Fields,
) -> Result<GpuSample, Gone> {
    // A driver tells these from its memory, whatever became of the GPU: they are no sign of life.
    let (name, uuid) = (reading_of(device.name())?, reading_of(device.uuid())?);
    let thousandths = |count: u64| count as f64 / 1e3;
    let small = u64::from(u32::MAX);
    let sample = GpuSample {
        index,
        name,
        uuid,
        utilization: fields.read(device.utilization_rates())?.map(utilization),
        memory: fields.read(device.memory_info())?.map(memory),
        power_watts: fields.number(device.power_usage(), small)?.map(thousandths),
        power_limit_watts: fields.number(device.enforced_power_limit(), small)?.map(thousandths),
        energy_joules: fields.number(device.total_energy_consumption(), u64::MAX)?.map(thousandths),
        temperature_celsius: fields
            .number(device.temperature(TemperatureSensor::Gpu), small)?
            .map(|degrees| degrees as f64),
        clocks: GpuClocks {
            graphics_hertz: clock(device, Clock::Graphics, fields)?,
            sm_hertz: clock(device, Clock::SM, fields)?,
            memory_hertz: clock(device, Clock::Memory, fields)?,
        },
        throttle: fields
            .read(device.current_throttle_reasons())?
            .map(|reasons| ThrottleReasons::from_bits(reasons.bits())),
        ecc_corrected: ecc(device, MemoryError::Corrected, fields)?,
        ecc_uncorrected: ecc(device, MemoryError::Uncorrected, fields)?,
        processes: processes(device, fields)?,
        mig: mig(device, fields)?,
    };
    fields.check()?;
    Ok(sample)
}

fn utilization(percent: Utilization) -> GpuUtilization {
    let ratio = |percent: u32| f64::from(percent) / 100.0;
    GpuUtilization { gpu: ratio(percent.gpu), memory: ratio(percent.memory) }
}

fn memory(info: MemoryInfo) -> GpuMemory {
    GpuMemory { used_bytes: info.used, total_bytes: info.total, reserved_bytes: info.reserved }
}

fn clock(device: &Device<'_>, clock: Clock, fields: &mut Fields) -> Result<Reading<u64>, Gone> {
    let megahertz = fields.number(device.clock_info(clock), u64::from(u32::MAX))?;
    Ok(megahertz.map(|megahertz| megahertz * 1_000_000))
}

fn ecc(device: &Device<'_>, error: MemoryError, fields: &mut Fields) -> Result<EccErrors, Gone> {
    let mut count = |counter| fields.number(device.total_ecc_errors(error, counter), u64::MAX);
    Ok(EccErrors {
        volatile: count(EccCounter::Volatile)?,
        aggregate: count(EccCounter::Aggregate)?,
    })
}

/// Those that compute and those that draw; who does both is one process.
fn processes(device: &Device<'_>, fields: &mut Fields) -> Result<Reading<Vec<GpuProcess>>, Gone> {
    let compute = fields.read(device.running_compute_processes())?;
    let graphics = fields.read(device.running_graphics_processes())?;
    let mut by_id = BTreeMap::new();
    let mut is_known = false;
    for (list, is_compute) in [(compute.as_ref(), true), (graphics.as_ref(), false)] {
        let Reading::Value(list) = list else { continue };
        is_known = true;
        for info in list {
            let id = (info.pid, info.gpu_instance_id, info.compute_instance_id);
            let process = by_id.entry(id).or_insert_with(|| process(info));
            process.compute |= is_compute;
            process.graphics |= !is_compute;
        }
    }
    // Where one list is not to be had, the other is all that is known.
    Ok(if is_known {
        Reading::Value(by_id.into_values().collect())
    } else {
        compute.map(|_| Vec::new())
    })
}

fn process(info: &ProcessInfo) -> GpuProcess {
    GpuProcess {
        pid: info.pid,
        is_own: info.pid == std::process::id(),
        used_bytes: match info.used_gpu_memory {
            UsedGpuMemory::Used(bytes) => Reading::Value(bytes),
            UsedGpuMemory::Unavailable => Reading::NotSupported,
        },
        compute: false,
        graphics: false,
        mig_instance: info.gpu_instance_id,
    }
}

fn mig(device: &Device<'_>, fields: &mut Fields) -> Result<Reading<Vec<MigInstance>>, Gone> {
    let mode = fields.read(device.mig_mode())?;
    if mode.as_ref().map(|mode| mode.current).value() != Some(1) {
        return Ok(mode.map(|_| Vec::new()));
    }
    let count = match fields.read(device.mig_device_count())? {
        Reading::Value(count) => count,
        unknown => return Ok(unknown.map(|_| Vec::new())),
    };
    let mut instances = Vec::new();
    for index in 0..count {
        // Up to so many there may be, and each gap is an error.
        let Ok(part) = device.mig_device_by_index(index) else { continue };
        instances.push(MigInstance {
            index,
            name: reading_of(part.name())?,
            uuid: reading_of(part.uuid())?,
            memory: reading_of(part.memory_info())?.map(memory),
            utilization: reading_of(part.utilization_rates())?.map(utilization),
        });
    }
    Ok(Reading::Value(instances))
}

/// What became of one call.
pub(super) fn reading_of<T>(result: Result<T, NvmlError>) -> Result<Reading<T>, Gone> {
    let error = match result {
        Ok(value) => return Ok(Reading::Value(value)),
        Err(error) => Gone::of(error),
    };
    match error {
        Ok(gone) => Err(gone),
        Err(NvmlError::NoPermission) => Ok(Reading::NoPermission),
        // A driver older than the call, or than the layout of what the call fills.
        Err(
            NvmlError::NotSupported
            | NvmlError::FailedToLoadSymbol(_)
            | NvmlError::FunctionNotFound
            | NvmlError::UnexpectedVariant(25 | 26),
        ) => Ok(Reading::NotSupported),
        Err(error) => Ok(Reading::Failed(code_of(error))),
    }
}

pub(super) fn code_of(error: NvmlError) -> NvmlCode {
    NvmlCode::new(error.into())
}
