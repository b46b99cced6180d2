//! Events of objectives as a file, so that a budget outlives the process.

use crate::document::{self, Format, Lines, Node, Value};
use crate::error::{Problem, SlaError};
use crate::events::{Counts, EventHistory, Events};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

const VERSION: &str = "1";

/// A file is not read beyond this: a year of quarters of an hour for some ten objectives.
const MAX_BYTES: u64 = 32 << 20;

const DAY: Duration = Duration::from_secs(86_400);
/// What is older than any period.
const OLDEST: Duration = Duration::from_secs(400 * 86_400);
/// Stretches older than a day are merged up to this.
const COARSE: u128 = 900_000;

impl EventHistory {
    /// As TOML: under each objective's name its stretches as `[from, to, total, bad at least, bad at
    /// most]`, the times in ms since 1970. Stretches older than a day are merged to a quarter of an hour;
    /// those of 400 days ago are left out.
    pub fn to_toml(&self) -> String {
        let mut text = format!(
            "# Events of objectives: [from, to, total, bad at least, bad at most], times in ms since 1970.\n\
             version = {VERSION}\n\n[objectives]\n"
        );
        for (objective, events) in &self.objectives {
            let _ = writeln!(text, "{} = [", crate::writer::quoted(objective));
            for events in merged(events) {
                let (from, to) = (millis(events.from), millis(events.to));
                let (total, (least, most)) = (events.total, events.bad);
                let _ = writeln!(text, "  [{from}, {to}, {total}, {least}, {most}],");
            }
            text.push_str("]\n");
        }
        text.push_str("\n[end]\n");
        text
    }

    /// Writes [`to_toml`](Self::to_toml) to a file: beside it first, so that a crash leaves the old one or
    /// the new one.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let mut file = File::create(&beside)?;
        file.write_all(self.to_toml().as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    }

    /// Reads a file that [`save`](Self::save) wrote. A file that is not there is an empty history: the
    /// first process has none.
    ///
    /// # Errors
    ///
    /// [`SlaError`] when it cannot be read, or is no such file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SlaError> {
        let path = path.as_ref();
        let failed = |message: String| SlaError {
            file: Some(path.to_owned()),
            problems: vec![Problem { position: None, message }],
        };
        let mut text = String::new();
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(EventHistory::default());
            }
            Err(error) => return Err(failed(format!("cannot be read: {error}"))),
            Ok(file) => file
                .take(MAX_BYTES + 1)
                .read_to_string(&mut text)
                .map_err(|error| failed(format!("cannot be read: {error}")))?,
        };
        if text.len() as u64 > MAX_BYTES {
            return Err(failed("is larger than 32 MiB".to_owned()));
        }
        EventHistory::from_toml(&text)
            .map_err(|error| SlaError { file: Some(path.to_owned()), ..error })
    }

    /// Reads what [`to_toml`](Self::to_toml) wrote.
    ///
    /// # Errors
    ///
    /// [`SlaError`] with the first place that is wrong.
    pub fn from_toml(text: &str) -> Result<Self, SlaError> {
        let lines = Lines::new(text);
        let refuse = |(place, message): document::Fault| SlaError {
            file: None,
            problems: vec![Problem { position: Some(lines.position(place)), message }],
        };
        let documents = document::parse(text, Format::Toml);
        let mut documents = documents.map_err(|faults| SlaError {
            problems: faults.into_iter().take(1).flat_map(|f| refuse(f).problems).collect(),
            file: None,
        })?;
        let root = documents.pop().ok_or_else(|| SlaError { file: None, problems: Vec::new() })?;
        read(&root).map_err(refuse)
    }
}

fn read(root: &Node) -> Result<EventHistory, document::Fault> {
    let mut history = EventHistory::default();
    let entries = root.as_table().unwrap_or_default();
    let of = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    match of("version").map(|node| &node.value) {
        Some(Value::Number(version)) if version == VERSION => {}
        _ => return Err((root.place, format!("is no history of events of version {VERSION}"))),
    }
    let objectives = of("objectives").and_then(Node::as_table);
    let (Some(objectives), Some(_)) = (objectives, of("end")) else {
        let told = "is cut off: it has [objectives], and [end] as its last line";
        return Err((root.place, told.to_owned()));
    };
    for entry in objectives {
        let wrong = |node: &Node| {
            (node.place, "must be [from, to, total, bad at least, bad at most]".to_owned())
        };
        let mut end = SystemTime::UNIX_EPOCH;
        for item in entry.value.as_list().ok_or_else(|| wrong(&entry.value))? {
            let events = stretch(item).ok_or_else(|| wrong(item))?;
            if events.from < end {
                return Err((item.place, "begins before the one before it has ended".to_owned()));
            }
            end = events.to;
            history.push(&entry.key, events);
        }
    }
    Ok(history)
}

fn stretch(node: &Node) -> Option<Events> {
    let numbers: Vec<u64> = node
        .as_list()?
        .iter()
        .map(|item| match &item.value {
            Value::Number(number) => number.parse().ok(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let &[from, to, total, least, most] = numbers.as_slice() else { return None };
    let time = |millis: u64| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis));
    let events = Events { from: time(from)?, to: time(to)?, total, bad: (least, most) };
    (from <= to && least <= most && most <= total).then_some(events)
}

/// Neighbours within the same quarter of an hour together, where they are older than a day.
fn merged(events: &[Events]) -> Vec<Events> {
    let Some(latest) = events.last().map(|last| last.to) else { return Vec::new() };
    let age = |events: &Events| latest.duration_since(events.to).unwrap_or_default();
    let mut merged: Vec<Events> = Vec::new();
    for events in events.iter().filter(|events| age(events) < OLDEST) {
        let quarter = |time: SystemTime| millis(time) / COARSE;
        match merged.last_mut() {
            Some(last)
                if age(events) > DAY
                    && millis(last.to) == millis(events.from)
                    && quarter(last.from) == quarter(events.from) =>
            {
                let Counts { total, bad } = last.counts().plus(events.counts());
                *last = Events { from: last.from, to: events.to, total, bad };
            }
            _ => merged.push(*events),
        }
    }
    merged
}

fn millis(time: SystemTime) -> u128 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}
