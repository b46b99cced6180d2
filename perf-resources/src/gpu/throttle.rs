//! Why the clocks of a GPU are not higher.

use std::fmt;

/// One reason. It prints as the value of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ThrottleReason {
    /// `gpu_idle`: there is nothing to do.
    GpuIdle,
    /// `applications_clocks`: somebody set them so.
    ApplicationsClocks,
    /// `sw_power_cap`: it would draw more than it may.
    SwPowerCap,
    /// `hw_slowdown`: heat, power or a brake from outside halved them, or more.
    HwSlowdown,
    /// `sync_boost`: another GPU of its group is slower.
    SyncBoost,
    /// `sw_thermal_slowdown`: the chip or its memory is too hot.
    SwThermalSlowdown,
    /// `hw_thermal_slowdown`: it is so hot that they were halved, or more.
    HwThermalSlowdown,
    /// `hw_power_brake`: the power supply asked for it.
    HwPowerBrake,
    /// `display_clocks`: a display sets them.
    DisplayClocks,
}

impl ThrottleReason {
    /// All of them, in the order of NVML.
    pub const ALL: [ThrottleReason; 9] = [
        ThrottleReason::GpuIdle,
        ThrottleReason::ApplicationsClocks,
        ThrottleReason::SwPowerCap,
        ThrottleReason::HwSlowdown,
        ThrottleReason::SyncBoost,
        ThrottleReason::SwThermalSlowdown,
        ThrottleReason::HwThermalSlowdown,
        ThrottleReason::HwPowerBrake,
        ThrottleReason::DisplayClocks,
    ];

    /// What it prints as.
    pub fn name(self) -> &'static str {
        self.label()[0].1
    }

    /// It as a label.
    pub(super) fn label(self) -> &'static [(&'static str, &'static str)] {
        match self {
            ThrottleReason::GpuIdle => &[("reason", "gpu_idle")],
            ThrottleReason::ApplicationsClocks => &[("reason", "applications_clocks")],
            ThrottleReason::SwPowerCap => &[("reason", "sw_power_cap")],
            ThrottleReason::HwSlowdown => &[("reason", "hw_slowdown")],
            ThrottleReason::SyncBoost => &[("reason", "sync_boost")],
            ThrottleReason::SwThermalSlowdown => &[("reason", "sw_thermal_slowdown")],
            ThrottleReason::HwThermalSlowdown => &[("reason", "hw_thermal_slowdown")],
            ThrottleReason::HwPowerBrake => &[("reason", "hw_power_brake")],
            ThrottleReason::DisplayClocks => &[("reason", "display_clocks")],
        }
    }

    /// NVML's bit: the order of [`ALL`](Self::ALL) is that of the bits.
    fn bit(self) -> u64 {
        1 << self as u64
    }
}

impl fmt::Display for ThrottleReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of reasons; empty when the clocks are as high as they go. It prints as names with commas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ThrottleReasons(u64);

impl ThrottleReasons {
    /// Reads NVML's bits; those that have no name here are left out.
    pub(super) fn from_bits(bits: u64) -> Self {
        let known = ThrottleReason::ALL.iter().fold(0, |known, reason| known | reason.bit());
        ThrottleReasons(bits & known)
    }

    /// Whether this is one of them.
    pub fn contains(self, reason: ThrottleReason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// The reasons, in the order of [`ThrottleReason::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ThrottleReason> {
        ThrottleReason::ALL.into_iter().filter(move |reason| self.contains(*reason))
    }

    /// Whether work is held back: by heat, power or another GPU, rather than for want of work or because
    /// somebody chose the clocks.
    pub fn is_slowed(self) -> bool {
        use ThrottleReason::{ApplicationsClocks, DisplayClocks, GpuIdle};
        self.iter().any(|reason| !matches!(reason, GpuIdle | ApplicationsClocks | DisplayClocks))
    }
}

impl fmt::Display for ThrottleReasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(ThrottleReason::name).collect();
        f.pad(&if names.is_empty() { "none".to_owned() } else { names.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nvml_wrapper::bitmasks::device::ThrottleReasons as Nvml;

    #[test]
    fn the_bits_are_those_of_nvml() {
        let bits = [
            Nvml::GPU_IDLE,
            Nvml::APPLICATIONS_CLOCKS_SETTING,
            Nvml::SW_POWER_CAP,
            Nvml::HW_SLOWDOWN,
            Nvml::SYNC_BOOST,
            Nvml::SW_THERMAL_SLOWDOWN,
            Nvml::HW_THERMAL_SLOWDOWN,
            Nvml::HW_POWER_BRAKE_SLOWDOWN,
            Nvml::DISPLAY_CLOCK_SETTING,
        ];
        for (reason, bit) in ThrottleReason::ALL.into_iter().zip(bits) {
            let only: Vec<_> = ThrottleReasons::from_bits(bit.bits()).iter().collect();
            assert_eq!(only, [reason]);
        }
    }

    #[test]
    fn heat_and_power_hold_work_back_and_idleness_does_not() {
        let named = ThrottleReasons::from_bits(0b0110_0101);
        assert_eq!(
            named.to_string(),
            "gpu_idle, sw_power_cap, sw_thermal_slowdown, hw_thermal_slowdown"
        );
        assert!(named.is_slowed());
        assert!(!ThrottleReasons::from_bits(0b1_0000_0011).is_slowed());
        assert_eq!(ThrottleReasons::from_bits(1 << 40).to_string(), "none");
    }
}
