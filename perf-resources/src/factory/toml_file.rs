//! Trackers from a TOML file: a table for each.

use super::{OptionValue, Tracker, TrackerError, tracker};
use perf_core::Profiler;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// No such file is longer.
const MAX_SIZE: u64 = 1 << 20;

/// Trackers from TOML, in the order of the text: each table is one, called like the tracker.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_core::Profiler;
/// use perf_resources::trackers_from_toml;
///
/// let text = r#"
///     [latency]
///     time_unit = "us"
///
///     [memory]
///     unit = "MiB"
///     sampling_interval = 0.1
/// "#;
/// let trackers = trackers_from_toml(&Profiler::new(), text)?;
/// let names: Vec<&str> = trackers.iter().map(|tracker| tracker.metric()).collect();
/// assert_eq!(names, ["latency", "memory_usage"]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`TrackerError`]: as [`tracker`], and when the text is no TOML or has anything but such tables.
pub fn trackers_from_toml(profiler: &Profiler, text: &str) -> Result<Vec<Tracker>, TrackerError> {
    let table = DeTable::parse(text).map_err(|error| file_error(&error.to_string()))?;
    let mut tables = Vec::new();
    for (name, value) in table.get_ref() {
        let DeValue::Table(options) = value.get_ref() else {
            return Err(file_error(&format!("{} is no table", name.get_ref())));
        };
        tables.push((name.span().start, name.get_ref(), options));
    }
    tables.sort_by_key(|(place, ..)| *place);
    let trackers = tables.into_iter().map(|(_, name, options)| {
        let mut values = Vec::new();
        for (key, value) in options.iter() {
            let key = key.get_ref();
            values.push((key.as_ref(), option(key, value.get_ref())?));
        }
        tracker(profiler, name, values)
    });
    trackers.collect()
}

/// The same from a file of at most 1 MiB.
///
/// # Errors
///
/// As [`trackers_from_toml`], and when the file cannot be read or is longer.
pub fn trackers_from_file(
    profiler: &Profiler,
    path: impl AsRef<Path>,
) -> Result<Vec<Tracker>, TrackerError> {
    let mut text = String::new();
    File::open(path)?.take(MAX_SIZE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SIZE {
        return Err(file_error("the file is longer than 1 MiB"));
    }
    trackers_from_toml(profiler, &text)
}

fn option(name: &str, value: &DeValue<'_>) -> Result<OptionValue, TrackerError> {
    let number = |text: &str| text.parse::<f64>().ok().map(OptionValue::Number);
    let value = match value {
        DeValue::String(text) => Some(OptionValue::Text(text.to_string())),
        DeValue::Boolean(flag) => Some(OptionValue::Flag(*flag)),
        DeValue::Integer(integer) => number(integer.as_str()),
        DeValue::Float(float) => number(float.as_str()),
        _ => None,
    };
    value.ok_or_else(|| file_error(&format!("{name} is no text, number, true or false")))
}

fn file_error(reason: &str) -> TrackerError {
    TrackerError::File(reason.trim_end().into())
}
