//! What amounts of memory are shown in.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// A unit of memory. It prints as people write it, and is read from that, capitals or not.
///
/// ```
/// use perf_resources::ByteUnit;
///
/// let unit: ByteUnit = "MB".parse()?;
/// assert_eq!((unit.of(1_500_000), unit.to_string().as_str()), (1.5, "MB"));
/// assert_eq!(ByteUnit::Mebibytes.of(3 << 20), 3.0);
/// assert!("MBit".parse::<ByteUnit>().is_err());
/// # Ok::<(), perf_resources::UnknownByteUnit>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ByteUnit {
    /// `B`
    Bytes,
    /// `KB`: 1,000 bytes
    Kilobytes,
    /// `MB`: 1,000,000 bytes
    #[default]
    Megabytes,
    /// `GB`: 1,000,000,000 bytes
    Gigabytes,
    /// `KiB`: 1,024 bytes
    Kibibytes,
    /// `MiB`: 1,048,576 bytes
    Mebibytes,
    /// `GiB`: 1,073,741,824 bytes
    Gibibytes,
}

impl ByteUnit {
    /// How many of this unit `bytes` are.
    pub fn of(self, bytes: u64) -> f64 {
        bytes as f64 / self.bytes()
    }

    fn bytes(self) -> f64 {
        match self {
            ByteUnit::Bytes => 1.0,
            ByteUnit::Kilobytes => 1e3,
            ByteUnit::Megabytes => 1e6,
            ByteUnit::Gigabytes => 1e9,
            ByteUnit::Kibibytes => 1_024.0,
            ByteUnit::Mebibytes => 1_048_576.0,
            ByteUnit::Gibibytes => 1_073_741_824.0,
        }
    }

    fn name(self) -> &'static str {
        match self {
            ByteUnit::Bytes => "B",
            ByteUnit::Kilobytes => "KB",
            ByteUnit::Megabytes => "MB",
            ByteUnit::Gigabytes => "GB",
            ByteUnit::Kibibytes => "KiB",
            ByteUnit::Mebibytes => "MiB",
            ByteUnit::Gibibytes => "GiB",
        }
    }
}

const ALL: [ByteUnit; 7] = [
    ByteUnit::Bytes,
    ByteUnit::Kilobytes,
    ByteUnit::Megabytes,
    ByteUnit::Gigabytes,
    ByteUnit::Kibibytes,
    ByteUnit::Mebibytes,
    ByteUnit::Gibibytes,
];

impl fmt::Display for ByteUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ByteUnit {
    type Err = UnknownByteUnit;

    fn from_str(text: &str) -> Result<Self, UnknownByteUnit> {
        let named = ALL.into_iter().find(|unit| unit.name().eq_ignore_ascii_case(text));
        named.ok_or_else(|| UnknownByteUnit { text: text.chars().take(64).collect() })
    }
}

/// A text that names no [`ByteUnit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownByteUnit {
    /// At most 64 characters of it.
    text: Box<str>,
}

impl fmt::Display for UnknownByteUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown unit {:?}: expected B, KB, MB, GB, KiB, MiB or GiB", self.text)
    }
}

impl Error for UnknownByteUnit {}
