//! A stand-in for `libnvidia-ml.so.1`, which tests build with rustc and load through nvml-wrapper.
//!
//! It does what the file beside it says, named as the library with `.script` at its end, which it reads at
//! each call. A line is one of:
//! * `devices 2`: so many GPUs (without it, one)
//! * `fail CALL CODE`, `fail CALL@GPU CODE`: the call returns the code; `*` is every call of a GPU
//! * `hang CALL`: the call does not come back while the line is there
//! * `mig GPU`: the GPU is divided, into parts 0 and 2
//! * `used GPU BYTES`, `energy MILLIJOULES`, `throttle BITS`: what it says instead of the default
//!
//! Built with `--cfg old_driver` it lacks the functions that drivers before 2021 did not have.
#![allow(non_snake_case, unused_unsafe)]

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::time::Duration;

const SUCCESS: c_uint = 0;
const INVALID_ARGUMENT: c_uint = 2;
const NOT_SUPPORTED: c_uint = 3;

/// A GPU is its number plus one; a part of it has the number of the part plus one 8 bits higher.
type Device = usize;

/// The layouts are those of nvml-wrapper-sys 0.10.
#[repr(C)]
pub struct Utilization {
    gpu: c_uint,
    memory: c_uint,
}

#[repr(C)]
pub struct MemoryV2 {
    version: c_uint,
    total: c_ulonglong,
    reserved: c_ulonglong,
    free: c_ulonglong,
    used: c_ulonglong,
}

#[repr(C)]
pub struct ProcessInfoV2 {
    pid: c_uint,
    used_gpu_memory: c_ulonglong,
    gpu_instance: c_uint,
    compute_instance: c_uint,
}

#[repr(C)]
struct DlInfo {
    file: *const c_char,
    base: *mut c_void,
    symbol: *const c_char,
    address: *mut c_void,
}

unsafe extern "C" {
    fn dladdr(address: *const c_void, info: *mut DlInfo) -> c_int;
}

/// The script of this copy of the library.
fn script() -> String {
    let mut info = DlInfo {
        file: std::ptr::null(),
        base: std::ptr::null_mut(),
        symbol: std::ptr::null(),
        address: std::ptr::null_mut(),
    };
    let path = unsafe {
        dladdr(script as *const c_void, &mut info);
        CStr::from_ptr(info.file).to_string_lossy().into_owned()
    };
    std::fs::read_to_string(format!("{path}.script")).unwrap_or_default()
}

/// The number at the end of the line that begins with `what`.
fn number(what: &str) -> Option<u64> {
    let script = script();
    script.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(' ')?.trim().parse().ok())
}

/// What a call returns by the script, when it comes back.
fn call(name: &str, device: Device) -> c_uint {
    while script().lines().any(|line| line == format!("hang {name}")) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let gpu = gpu(device);
    let fails = |call: &str| number(&format!("fail {call}"));
    let code = fails(name).or_else(|| fails(&format!("{name}@{gpu}")));
    let code = code.or_else(|| if device > 0 { fails("*") } else { None });
    let code = code.or_else(|| if device > 0 { fails(&format!("*@{gpu}")) } else { None });
    code.map_or(SUCCESS, |code| code as c_uint)
}

fn gpu(device: Device) -> u64 {
    ((device & 0xff) as u64).saturating_sub(1)
}

fn part(device: Device) -> Option<u64> {
    ((device >> 8) as u64).checked_sub(1)
}

fn is_divided(device: Device) -> bool {
    script().lines().any(|line| line == format!("mig {}", gpu(device)))
}

unsafe fn write_text(text: &str, to: *mut c_char, length: c_uint) {
    let text = &text.as_bytes()[..text.len().min(length as usize - 1)];
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr().cast(), to, text.len());
        *to.add(text.len()) = 0;
    }
}

/// A function of NVML, whose first argument is a GPU where it has one: it does what the script says, and
/// else returns what its body does.
macro_rules! nvml {
    ($name:ident($device:ident: Device $(, $arg:ident: $type:ty)*) $body:block) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($device: Device $(, $arg: $type)*) -> c_uint {
            match call(stringify!($name), $device) {
                SUCCESS => unsafe { $body },
                code => code,
            }
        }
    };
    ($name:ident($($arg:ident: $type:ty),*) $body:block) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $type),*) -> c_uint {
            match call(stringify!($name), 0) {
                SUCCESS => unsafe { $body },
                code => code,
            }
        }
    };
}

/// The body of one that fills one number.
macro_rules! fill {
    ($to:ident, $value:expr) => {{
        *$to = $value;
        SUCCESS
    }};
}

nvml!(nvmlInit_v2() { SUCCESS });
nvml!(nvmlShutdown() { SUCCESS });
nvml!(nvmlSystemGetDriverVersion(to: *mut c_char, length: c_uint) {
    write_text("580.82.07", to, length);
    SUCCESS
});
nvml!(nvmlDeviceGetCount_v2(count: *mut c_uint) { fill!(count, number("devices").unwrap_or(1) as c_uint) });
nvml!(nvmlDeviceGetHandleByIndex_v2(index: c_uint, device: *mut Device) {
    let count = number("devices").unwrap_or(1);
    *device = index as Device + 1;
    // It has no handle yet, so that the script is asked here once more, of this GPU.
    match call("nvmlDeviceGetHandleByIndex_v2", *device) {
        SUCCESS if u64::from(index) >= count => INVALID_ARGUMENT,
        code => code,
    }
});
nvml!(nvmlDeviceGetName(device: Device, to: *mut c_char, length: c_uint) {
    let name = match part(device) {
        Some(_) => "Fake <b>\"GPU\"| MIG 1g.10gb",
        None => "Fake <b>\"GPU\"|",
    };
    write_text(name, to, length);
    SUCCESS
});
nvml!(nvmlDeviceGetUUID(device: Device, to: *mut c_char, length: c_uint) {
    let uuid = match part(device) {
        Some(part) => format!("MIG-{}-{part}", gpu(device)),
        None => format!("GPU-{}", gpu(device)),
    };
    write_text(&uuid, to, length);
    SUCCESS
});
nvml!(nvmlDeviceGetUtilizationRates(device: Device, to: *mut Utilization) {
    let gpu = gpu(device) as c_uint;
    *to = Utilization { gpu: 40 + gpu, memory: 10 + gpu };
    if is_divided(device) { NOT_SUPPORTED } else { SUCCESS }
});
nvml!(nvmlDeviceGetPowerUsage(device: Device, to: *mut c_uint) {
    fill!(to, 100_250 + 1_000 * gpu(device) as c_uint)
});
nvml!(nvmlDeviceGetEnforcedPowerLimit(_device: Device, to: *mut c_uint) { fill!(to, 700_000) });
nvml!(nvmlDeviceGetTemperature(device: Device, _sensor: c_uint, to: *mut c_uint) {
    fill!(to, 50 + gpu(device) as c_uint)
});
nvml!(nvmlDeviceGetClockInfo(_device: Device, clock: c_uint, to: *mut c_uint) {
    fill!(to, 1_000 + 100 * clock)
});
nvml!(nvmlDeviceGetCurrentClocksThrottleReasons(_device: Device, to: *mut c_ulonglong) {
    fill!(to, number("throttle").unwrap_or(4))
});
nvml!(nvmlDeviceGetTotalEccErrors(_device: Device, error: c_uint, counter: c_uint, to: *mut c_ulonglong) {
    fill!(to, 1 + 10 * u64::from(error) + u64::from(counter))
});

#[cfg(not(old_driver))]
mod newer {
    use super::*;

    const NOT_FOUND: c_uint = 6;
    const INSUFFICIENT_SIZE: c_uint = 7;

    nvml!(nvmlDeviceGetTotalEnergyConsumption(_device: Device, to: *mut c_ulonglong) {
        fill!(to, number("energy").unwrap_or(5_000_500))
    });
    nvml!(nvmlDeviceGetMemoryInfo_v2(device: Device, to: *mut MemoryV2) {
        // The caller says which layout it has: this one, the second.
        if (*to).version as usize != size_of::<MemoryV2>() | 2 << 24 {
            return 25;
        }
        let used = match part(device) {
            Some(part) => (part + 1) << 20,
            None => number(&format!("used {}", gpu(device))).unwrap_or((gpu(device) + 1) << 30),
        };
        let total = if part(device).is_some() { 10 << 30 } else { 80 << 30 };
        let version = (*to).version;
        *to = MemoryV2 { version, total, reserved: 512 << 20, free: total - used, used };
        SUCCESS
    });
    nvml!(nvmlDeviceGetComputeRunningProcesses_v3(_device: Device, count: *mut c_uint, to: *mut ProcessInfoV2) {
        // An amount of all ones is none.
        processes(&[(std::process::id(), 1 << 30), (1, u64::MAX)], count, to)
    });
    nvml!(nvmlDeviceGetGraphicsRunningProcesses_v3(_device: Device, count: *mut c_uint, to: *mut ProcessInfoV2) {
        processes(&[(std::process::id(), 1 << 30)], count, to)
    });
    nvml!(nvmlDeviceGetMigMode(device: Device, current: *mut c_uint, pending: *mut c_uint) {
        *pending = 0;
        fill!(current, is_divided(device).into())
    });
    nvml!(nvmlDeviceGetMaxMigDeviceCount(_device: Device, to: *mut c_uint) { fill!(to, 7) });
    nvml!(nvmlDeviceGetMigDeviceHandleByIndex(device: Device, index: c_uint, to: *mut Device) {
        *to = device | (index as Device + 1) << 8;
        if matches!(index, 0 | 2) { SUCCESS } else { NOT_FOUND }
    });

    unsafe fn processes(list: &[(u32, u64)], count: *mut c_uint, to: *mut ProcessInfoV2) -> c_uint {
        let room = unsafe { std::mem::replace(&mut *count, list.len() as c_uint) };
        if to.is_null() || (room as usize) < list.len() {
            return INSUFFICIENT_SIZE;
        }
        for (index, &(pid, used_gpu_memory)) in list.iter().enumerate() {
            let none = c_uint::MAX;
            let process =
                ProcessInfoV2 { pid, used_gpu_memory, gpu_instance: none, compute_instance: none };
            unsafe { to.add(index).write(process) };
        }
        SUCCESS
    }
}
