//! The options of one tracker, each of which must be known and of its kind.

use super::option_value::OptionValue;
use super::tracker_error::TrackerError;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// What each tracker knows.
pub(super) fn known(tracker: &str) -> &'static [&'static str] {
    match tracker {
        "latency" => &["metric_name", "time_unit", "include_timestamps"],
        "throughput" => &["metric_name", "time_unit", "window_size", "include_timestamps"],
        "memory" => &[
            "metric_name",
            "track_gpu",
            "gpu_device",
            "gpu_library",
            "unit",
            "track_peak",
            "sampling_interval",
            "include_timestamps",
        ],
        "gpu" => &[
            "metric_name",
            "gpu_device",
            "gpu_library",
            "unit",
            "sampling_interval",
            "include_timestamps",
        ],
        _ => &[
            "metric_name",
            "track_per_core",
            "track_process",
            "track_system",
            "sampling_interval",
            "include_timestamps",
        ],
    }
}

pub(super) struct Options {
    tracker: &'static str,
    values: BTreeMap<&'static str, OptionValue>,
}

impl Options {
    /// An option that is given twice counts as given last.
    pub(super) fn new<'o>(
        tracker: &'static str,
        options: impl IntoIterator<Item = (&'o str, OptionValue)>,
    ) -> Result<Self, TrackerError> {
        let known = known(tracker);
        let mut values = BTreeMap::new();
        for (name, value) in options {
            let Some(name) = known.iter().find(|known| **known == name) else {
                return Err(TrackerError::unknown_option(tracker, name));
            };
            values.insert(*name, value);
        }
        Ok(Options { tracker, values })
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, TrackerError> {
        match self.values.remove(name) {
            None => Ok(None),
            Some(OptionValue::Flag(flag)) => Ok(Some(flag)),
            Some(value) => Err(self.wrong(name, value, "true or false")),
        }
    }

    /// A name: 1 to 200 bytes, without control characters.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, TrackerError> {
        let is_name =
            |text: &str| (1..=200).contains(&text.len()) && !text.contains(char::is_control);
        match self.values.remove(name) {
            None => Ok(None),
            Some(OptionValue::Text(text)) if is_name(&text) => Ok(Some(text)),
            Some(value) => Err(self.wrong(name, value, "a text of 1 to 200 bytes")),
        }
    }

    pub(super) fn parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, TrackerError> {
        let Some(value) = self.values.remove(name) else { return Ok(None) };
        let parsed = match &value {
            OptionValue::Text(text) => text.parse().ok(),
            _ => None,
        };
        parsed.map(Some).ok_or_else(|| self.wrong(name, value, expected))
    }

    /// More than nothing, and at most a day.
    pub(super) fn seconds(&mut self, name: &'static str) -> Result<Option<Duration>, TrackerError> {
        match self.values.remove(name) {
            None => Ok(None),
            Some(OptionValue::Number(seconds)) if (0.001..=86_400.0).contains(&seconds) => {
                Ok(Some(Duration::from_secs_f64(seconds)))
            }
            Some(value) => Err(self.wrong(name, value, "a number of seconds, 0.001 to 86400")),
        }
    }

    /// A second, or more of them, and at most a day.
    pub(super) fn whole_seconds(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Duration>, TrackerError> {
        match self.values.remove(name) {
            None => Ok(None),
            Some(OptionValue::Number(seconds))
                if (1.0..=86_400.0).contains(&seconds) && seconds.fract() == 0.0 =>
            {
                Ok(Some(Duration::from_secs(seconds as u64)))
            }
            Some(value) => Err(self.wrong(name, value, "a whole number of seconds, 1 to 86400")),
        }
    }

    pub(super) fn whole(&mut self, name: &'static str) -> Result<Option<u32>, TrackerError> {
        match self.values.remove(name) {
            None => Ok(None),
            Some(OptionValue::Number(number))
                if (0.0..=f64::from(u32::MAX)).contains(&number) && number.fract() == 0.0 =>
            {
                Ok(Some(number as u32))
            }
            Some(value) => Err(self.wrong(name, value, "a whole number from 0 on")),
        }
    }

    /// A switch of what takes the feature `system`: who asks for it by name and cannot have it is told.
    pub(super) fn system(&mut self, name: &'static str) -> Result<bool, TrackerError> {
        let available = cfg!(feature = "system");
        match self.flag(name)? {
            Some(true) if !available => {
                Err(TrackerError::Unavailable { option: name, needs: "the feature `system`" })
            }
            wanted => Ok(wanted.unwrap_or(available)),
        }
    }

    fn wrong(
        &self,
        option: &'static str,
        value: OptionValue,
        expected: &'static str,
    ) -> TrackerError {
        TrackerError::WrongValue { tracker: self.tracker, option, value, expected }
    }
}
