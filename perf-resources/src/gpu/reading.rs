//! What a GPU answers when it is asked for one figure.

use std::fmt;

/// A figure, or why there is none. A figure that a GPU does not have is never 0.
///
/// ```
/// use perf_resources::Reading;
///
/// let power = Reading::Value(71.5);
/// assert_eq!((power.value(), power.to_string().as_str()), (Some(71.5), "71.5"));
/// assert_eq!(Reading::<f64>::NotSupported.value(), None);
/// assert_eq!(Reading::<f64>::NotSupported.to_string(), "not supported");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading<T> {
    /// The figure.
    Value(T),
    /// This GPU, this driver, or a GPU in this mode does not have it.
    NotSupported,
    /// This user or this container may not read it.
    NoPermission,
    /// The driver did not answer this time.
    Failed(NvmlCode),
}

impl<T> Reading<T> {
    /// The figure, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Reading::Value(value) => Some(value),
            Reading::NotSupported | Reading::NoPermission | Reading::Failed(_) => None,
        }
    }

    /// A look at the figure.
    pub fn as_ref(&self) -> Reading<&T> {
        match self {
            Reading::Value(value) => Reading::Value(value),
            Reading::NotSupported => Reading::NotSupported,
            Reading::NoPermission => Reading::NoPermission,
            Reading::Failed(code) => Reading::Failed(*code),
        }
    }

    /// The same of another figure that follows from this one.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Reading::Value(value) => Reading::Value(map(value)),
            Reading::NotSupported => Reading::NotSupported,
            Reading::NoPermission => Reading::NoPermission,
            Reading::Failed(code) => Reading::Failed(code),
        }
    }
}

/// Prints the figure, or why there is none.
impl<T: fmt::Display> fmt::Display for Reading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reading::Value(value) => value.fmt(f),
            Reading::NotSupported => f.pad("not supported"),
            Reading::NoPermission => f.pad("no permission"),
            Reading::Failed(code) => code.fmt(f),
        }
    }
}

/// A return code of NVML, other than success. It prints as NVML's header calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NvmlCode(u32);

impl NvmlCode {
    pub(super) const UNKNOWN: NvmlCode = NvmlCode(999);

    pub(super) fn new(code: u32) -> Self {
        NvmlCode(code)
    }

    /// The number.
    pub fn code(self) -> u32 {
        self.0
    }

    fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "UNINITIALIZED",
            2 => "INVALID_ARGUMENT",
            3 => "NOT_SUPPORTED",
            4 => "NO_PERMISSION",
            6 => "NOT_FOUND",
            7 => "INSUFFICIENT_SIZE",
            8 => "INSUFFICIENT_POWER",
            9 => "DRIVER_NOT_LOADED",
            10 => "TIMEOUT",
            11 => "IRQ_ISSUE",
            12 => "LIBRARY_NOT_FOUND",
            13 => "FUNCTION_NOT_FOUND",
            14 => "CORRUPTED_INFOROM",
            15 => "GPU_IS_LOST",
            16 => "RESET_REQUIRED",
            17 => "OPERATING_SYSTEM",
            18 => "LIB_RM_VERSION_MISMATCH",
            19 => "IN_USE",
            20 => "MEMORY",
            21 => "NO_DATA",
            23 => "INSUFFICIENT_RESOURCES",
            25 => "ARGUMENT_VERSION_MISMATCH",
            26 => "DEPRECATED",
            27 => "NOT_READY",
            28 => "GPU_NOT_FOUND",
            29 => "INVALID_STATE",
            999 => "UNKNOWN",
            _ => return None,
        })
    }
}

impl fmt::Display for NvmlCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(&format!("NVML_ERROR_{name}")),
            None => f.pad(&format!("NVML error {}", self.0)),
        }
    }
}
