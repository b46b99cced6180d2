//! Trackers from a TOML file: a table for each.

use super::{OptionValue, Tracker, TrackerError, tracker};
use perf_core::Profiler;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use toml::Spanned;
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
/// [`TrackerError::At`] with the place: as [`tracker`], and when the text is no TOML or has anything but such
/// tables.
pub fn trackers_from_toml(profiler: &Profiler, text: &str) -> Result<Vec<Tracker>, TrackerError> {
    read(profiler, text).map_err(|fault| fault.in_file(None, text))
}

/// The same from a file of at most 1 MiB.
///
/// # Errors
///
/// As [`trackers_from_toml`], and when the file cannot be read or is longer. All of them name the file.
pub fn trackers_from_file(
    profiler: &Profiler,
    path: impl AsRef<Path>,
) -> Result<Vec<Tracker>, TrackerError> {
    let path = path.as_ref();
    let text = text_of(path).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display()))
    })?;
    read(profiler, &text).map_err(|fault| fault.in_file(Some(path), &text))
}

fn text_of(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_SIZE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SIZE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is longer than 1 MiB"));
    }
    Ok(text)
}

/// What is wrong, and from which byte of the text on.
struct Fault {
    byte: usize,
    error: TrackerError,
}

impl Fault {
    fn new(byte: usize, reason: impl Into<Box<str>>) -> Self {
        Fault { byte, error: TrackerError::File(reason.into()) }
    }

    fn in_file(self, path: Option<&Path>, text: &str) -> TrackerError {
        let before = text.get(..self.byte).unwrap_or(text);
        TrackerError::At {
            path: path.map(Into::into),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            error: Box::new(self.error),
        }
    }
}

fn read(profiler: &Profiler, text: &str) -> Result<Vec<Tracker>, Fault> {
    let table = DeTable::parse(text).map_err(|error| {
        Fault::new(
            error.span().map_or(0, |span| span.start),
            format!("no TOML: {}", error.message()),
        )
    })?;
    let mut tables = Vec::new();
    for (name, value) in table.get_ref() {
        let DeValue::Table(options) = value.get_ref() else {
            return Err(Fault::new(name.span().start, format!("{} is no table", name.get_ref())));
        };
        tables.push((name.span().start, name.get_ref(), options));
    }
    tables.sort_by_key(|(place, ..)| *place);
    let trackers = tables.into_iter().map(|(place, name, options)| {
        let mut values = Vec::new();
        for (key, value) in options.iter() {
            values.push((key.get_ref().as_ref(), option(key.get_ref(), value)?));
        }
        tracker(profiler, name, values)
            .map_err(|error| Fault { byte: place_in(options, &error).unwrap_or(place), error })
    });
    trackers.collect()
}

fn option(name: &str, value: &Spanned<DeValue<'_>>) -> Result<OptionValue, Fault> {
    let known = match value.get_ref() {
        DeValue::String(text) => Some(OptionValue::Text(text.to_string())),
        DeValue::Boolean(flag) => Some(OptionValue::Flag(*flag)),
        DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .map(|whole| OptionValue::Number(whole as f64)),
        DeValue::Float(float) => float.as_str().parse().ok().map(OptionValue::Number),
        _ => None,
    };
    let reason = || format!("{name} is no text, number, true or false");
    known.ok_or_else(|| Fault::new(value.span().start, reason()))
}

/// Where the option stands that the error is about, if it is about one.
fn place_in(options: &DeTable<'_>, error: &TrackerError) -> Option<usize> {
    match error {
        // The error has the beginning of a name that is too long to tell.
        TrackerError::UnknownOption { name, .. } => {
            let keys = options.iter().map(|(key, _)| key);
            keys.filter(|key| key.get_ref().starts_with(&**name)).map(|key| key.span().start).min()
        }
        TrackerError::WrongValue { option, .. } | TrackerError::Unavailable { option, .. } => {
            options.get(*option).map(|value| value.span().start)
        }
        _ => None,
    }
}
