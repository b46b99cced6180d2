//! What a GPU tracker tells.

use super::byte_unit::ByteUnit;
use crate::gpu::{GpuSample, GpuState, Reading};
use std::time::{Duration, SystemTime};

/// A measurement that was stopped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GpuTracked {
    /// The label it was started with.
    pub label: Box<str>,
    /// The number of the GPU.
    pub device: u32,
    /// What the methods tell amounts of memory in.
    pub unit: ByteUnit,
    /// How it stood with the GPUs at the end: why there are no figures, where there are none, and whether
    /// those there are reach to the end.
    pub state: GpuState,
    /// Of all readings from start to stop; `None` when there was none of this GPU.
    pub figures: Option<GpuFigures>,
    /// How long it took.
    pub elapsed: Duration,
    /// When it was stopped; `None` where timestamps are not wanted.
    pub at: Option<SystemTime>,
}

/// What the GPU, not this piece of work alone, did meanwhile. Each figure says for itself why it is
/// missing, where no reading had it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GpuFigures {
    /// How many readings of the GPU there were.
    pub readings: u64,
    /// Memory in use, in bytes.
    pub memory_bytes: Reading<GpuSpan>,
    /// Memory of this process, in bytes.
    pub own_memory_bytes: Reading<GpuSpan>,
    /// Share of the time in which something ran, 0 to 1. The driver has it of the last 1/6 s to 1 s, so
    /// that shorter work is told with what was before.
    pub utilization: Reading<GpuSpan>,
    /// What it drew, in watts.
    pub power_watts: Reading<GpuSpan>,
    /// How hot it was, in degrees Celsius.
    pub temperature_celsius: Reading<GpuSpan>,
    /// What it has drawn in all at these times, in joules: [`GpuTracked::energy_joules`] is the
    /// difference.
    pub total_energy_joules: Reading<GpuSpan>,
}

/// One figure over the readings of a measurement. A spike between two readings is missed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GpuSpan {
    /// In the first reading that had it.
    pub start: f64,
    /// In the last.
    pub end: f64,
    /// The highest.
    pub peak: f64,
    /// The arithmetic mean of the readings.
    pub mean: f64,
    readings: u64,
}

impl GpuTracked {
    /// Memory in use when it was stopped, in the unit.
    pub fn memory(&self) -> Option<f64> {
        self.memory_span().map(|span| self.in_unit(span.end))
    }

    /// The peak of the memory in use, in the unit.
    pub fn peak_memory(&self) -> Option<f64> {
        self.memory_span().map(|span| self.in_unit(span.peak))
    }

    /// The mean of the memory in use, in the unit.
    pub fn mean_memory(&self) -> Option<f64> {
        self.memory_span().map(|span| self.in_unit(span.mean))
    }

    /// What was added to the memory in use from start to stop, in the unit; negative when some was given
    /// back.
    pub fn memory_change(&self) -> Option<f64> {
        self.memory_span().map(|span| self.in_unit(span.end) - self.in_unit(span.start))
    }

    /// What the GPU drew from start to stop, in joules. `None` where it does not count, and when the driver
    /// was loaded anew meanwhile.
    pub fn energy_joules(&self) -> Option<f64> {
        let span = self.figures.as_ref()?.total_energy_joules.value()?;
        (span.end >= span.start).then_some(span.end - span.start)
    }

    pub(super) fn memory_span(&self) -> Option<GpuSpan> {
        self.figures.as_ref()?.memory_bytes.value()
    }

    fn in_unit(&self, bytes: f64) -> f64 {
        bytes / self.unit.bytes()
    }
}

impl GpuFigures {
    /// Those of the first reading.
    pub(super) fn new(gpu: &GpuSample) -> Self {
        let mut figures = GpuFigures {
            readings: 0,
            memory_bytes: Reading::NotSupported,
            own_memory_bytes: Reading::NotSupported,
            utilization: Reading::NotSupported,
            power_watts: Reading::NotSupported,
            temperature_celsius: Reading::NotSupported,
            total_energy_joules: Reading::NotSupported,
        };
        figures.add(gpu);
        figures
    }

    pub(super) fn add(&mut self, gpu: &GpuSample) {
        self.readings += 1;
        let bytes = |bytes: u64| bytes as f64;
        add(&mut self.memory_bytes, gpu.memory.map(|memory| bytes(memory.used_bytes)));
        add(&mut self.own_memory_bytes, gpu.own_memory_bytes().map(bytes));
        add(&mut self.utilization, gpu.utilization.map(|ratio| ratio.gpu));
        add(&mut self.power_watts, gpu.power_watts);
        add(&mut self.temperature_celsius, gpu.temperature_celsius);
        add(&mut self.total_energy_joules, gpu.energy_joules);
    }
}

/// What a reading does not have changes nothing that others had.
fn add(span: &mut Reading<GpuSpan>, reading: Reading<f64>) {
    match (span, reading) {
        (Reading::Value(span), Reading::Value(value)) => {
            span.readings += 1;
            span.end = value;
            span.peak = span.peak.max(value);
            span.mean += (value - span.mean) / span.readings as f64;
        }
        (Reading::Value(_), _) => {}
        (span, reading) => *span = reading.map(GpuSpan::new),
    }
}

impl GpuSpan {
    fn new(value: f64) -> Self {
        GpuSpan { start: value, end: value, peak: value, mean: value, readings: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_of_the_readings_that_had_the_figure() {
        let mut span = Reading::NotSupported;
        add(&mut span, Reading::NoPermission);
        assert_eq!(span, Reading::NoPermission);
        let values = [3.0, 9.0, 1.0, 2.0];
        for value in values {
            add(&mut span, Reading::Value(value));
            add(&mut span, Reading::NotSupported);
        }
        let span = span.value().unwrap();
        assert_eq!((span.start, span.end, span.peak), (3.0, 2.0, 9.0));
        assert!((span.mean - values.iter().sum::<f64>() / 4.0).abs() < 1e-12);
    }
}
