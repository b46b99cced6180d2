//! Which logs to read, and how.

use crate::terminal::say;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use perfkit::export::{
    AccessLog, Entry, FieldTest, LogFormat, LogReader, Mapping, MergedReader, Replay, Replayed,
    SkipReason, Skipped,
};
use perfkit::{TimeUnit, sla::SlaConfig};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Entries between two looks at the progress.
const STEP: u64 = 4_096;

#[derive(Args)]
pub(crate) struct LogInput {
    /// Request logs: files (plain, .gz, .zst), folders of them, or - for standard input; `check` takes reports
    /// and folders of them too
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Read the access log of a web server: nginx or apache (combined, with the request time at its end),
    /// or a pattern as nginx's log_format has it
    #[arg(
        long,
        value_name = "PATTERN",
        help_heading = "Logs of others",
        conflicts_with = "duration_field"
    )]
    access: Option<String>,
    /// Read CSV (by a name that ends with .csv) or JSON lines: the field that holds how long a request took
    #[arg(long, value_name = "FIELD", help_heading = "Logs of others")]
    duration_field: Option<String>,
    /// The unit of that field: s, ms, us or ns
    #[arg(long, value_name = "UNIT", help_heading = "Logs of others", requires = "duration_field")]
    unit: Option<String>,
    /// The field whose values are the operations
    #[arg(
        long,
        value_name = "FIELD",
        help_heading = "Logs of others",
        requires = "duration_field"
    )]
    operation_field: Option<String>,
    /// What a successful request passes, such as 'status<500' or ok=true
    #[arg(long, value_name = "TEST", help_heading = "Logs of others", requires = "duration_field")]
    ok_field: Option<String>,
    /// The field that holds when a request ended: RFC 3339, or s, ms, us or ns since 1970
    #[arg(
        long,
        value_name = "FIELD",
        help_heading = "Logs of others",
        requires = "duration_field"
    )]
    time_field: Option<String>,
}

/// What was read.
pub(crate) struct Read {
    pub(crate) entries: u64,
    /// What was skipped, a line a log.
    pub(crate) skipped: Vec<String>,
}

impl Read {
    /// Says what was skipped.
    pub(crate) fn say_skipped(&self) -> Result<(), String> {
        self.skipped.iter().try_for_each(|skipped| say(&format!(" {skipped}\n")))
    }
}

impl LogInput {
    /// What was given, as it was given.
    pub(crate) fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// Whether it was said how to read logs that are not ours.
    pub(crate) fn is_of_others(&self) -> bool {
        self.access.is_some() || self.duration_field.is_some()
    }

    /// The operation that stands for the whole: what the SLA file names, or else the request, which has stages. In
    /// logs whose lines are operations there is none, and all of them together are the whole.
    pub(crate) fn whole<'a>(&self, sla: Option<&'a SlaConfig>) -> Option<&'a str> {
        let names_operations = self.access.is_some() || self.operation_field.is_some();
        let request = (!names_operations).then_some("request");
        sla.and_then(SlaConfig::overall_operation).or(request)
    }

    /// Whether a folder has logs of the kind that is asked for.
    pub(crate) fn has_logs(&self, folder: &Path) -> bool {
        self.format(folder).is_ok_and(|format| LogReader::open(folder, format).is_ok())
    }

    /// Replays all of them. `sla` is told to watch first.
    pub(crate) fn replay(
        &self,
        sla: Option<&SlaConfig>,
    ) -> Result<(Replayed, Read), Box<dyn Error>> {
        let whole = self.whole(sla);
        let watched = sla.cloned();
        let mut replay = Replay::new(whole, move |profiler| {
            // Beyond four limits an operation is judged by its buckets.
            let _ = watched.map(|sla| sla.watch(profiler));
        });
        if sla.is_some_and(needs_timeline) {
            replay = replay.with_timeline();
        }
        if sla.is_some_and(needs_requests) {
            replay = replay.with_requests();
        }
        let read = self.read(&mut |entry| replay.entry(entry))?;
        Ok((replay.finish(), read))
    }

    /// Hands every entry of all of them to `take`, several logs by time.
    pub(crate) fn read(&self, take: &mut dyn FnMut(&Entry<'_>)) -> Result<Read, Box<dyn Error>> {
        let mut readers = Vec::new();
        for input in &self.inputs {
            readers.push(LogReader::open(input, self.format(input)?)?);
        }
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::with_template("{spinner} {pos} requests read")?);
        let mut entries = 0;
        let mut take = |entry: &Entry<'_>| {
            take(entry);
            entries += 1;
            if entries % STEP == 0 {
                bar.set_position(entries);
            }
        };
        let told = |skipped: &Skipped| (skipped.total() > 0).then(|| skipped.to_string());
        let skipped: Vec<String> = if let [reader] = &mut readers[..] {
            reader.read(&mut take)?;
            told(reader.skipped()).into_iter().collect()
        } else {
            let mut merged = MergedReader::new(readers)?;
            merged.read(&mut take)?;
            merged.skipped().filter_map(told).collect()
        };
        bar.finish_and_clear();
        if entries == 0 {
            let skipped: String = skipped.iter().map(|skipped| format!("; {skipped}")).collect();
            let advice = self.advice(&skipped);
            return Err(format!(
                "{}: no request was read{skipped}{advice}",
                self.inputs[0].display()
            )
            .into());
        }
        Ok(Read { entries, skipped })
    }

    /// What to do about a log of which nothing was read, if it is the access log of a web server.
    fn advice(&self, skipped: &str) -> &'static str {
        const UNTIMED: &str = "\n  how long a request took is not in the log: nginx writes it with $request_time at \
                               the end of log_format, Apache with %D at the end of LogFormat";
        const ACCESS: &str =
            "\n  it looks like the access log of a web server: --access nginx (or apache) reads it";
        if self.access.is_some() {
            let untimed = SkipReason::NoDuration.to_string();
            return if skipped.contains(&untimed) { UNTIMED } else { "" };
        }
        // Standard input is read up.
        let input = &self.inputs[0];
        if self.is_of_others() || input == Path::new("-") {
            return "";
        }
        let Ok(mut reader) = LogReader::open(input, LogFormat::Access(AccessLog::nginx())) else {
            return "";
        };
        let is_read = reader.read(&mut |_| {}).is_ok();
        let untimed = |(reason, _)| reason == SkipReason::NoDuration;
        let is_access = reader.entries() > 0 || reader.skipped().reasons().any(untimed);
        if is_read && is_access { ACCESS } else { "" }
    }

    fn format(&self, input: &Path) -> Result<LogFormat, Box<dyn Error>> {
        let Some(duration) = &self.duration_field else {
            return Ok(match self.access.as_deref() {
                None => LogFormat::Requests,
                Some("nginx") => LogFormat::Access(AccessLog::nginx()),
                Some("apache") => LogFormat::Access(AccessLog::apache()),
                Some(pattern) => LogFormat::Access(
                    AccessLog::pattern(pattern).map_err(|told| format!("--access {told}"))?,
                ),
            });
        };
        let unit = self.unit.as_deref().unwrap_or("s");
        let unit: TimeUnit = unit.parse().map_err(|error| format!("--unit {unit}: {error}"))?;
        let mut mapping = Mapping::new(duration, unit);
        if let Some(field) = &self.operation_field {
            mapping = mapping.operation(field);
        }
        if let Some(test) = &self.ok_field {
            mapping =
                mapping.ok(FieldTest::parse(test).map_err(|told| format!("--ok-field {told}"))?);
        }
        if let Some(field) = &self.time_field {
            mapping = mapping.time(field);
        }
        let name = input.to_string_lossy();
        let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
        Ok(if name.ends_with(".csv") { LogFormat::Csv(mapping) } else { LogFormat::Json(mapping) })
    }
}

/// Whether a window, or an objective, is judged by when its events were.
fn needs_timeline(sla: &SlaConfig) -> bool {
    let has_window = sla.targets().iter().any(|target| target.rule.window.is_some());
    has_window || !sla.objectives().is_empty()
}

/// Whether a condition is about several parts of one request.
fn needs_requests(sla: &SlaConfig) -> bool {
    let joint = |good: &perfkit::sla::Good| matches!(good, perfkit::sla::Good::Joint(_));
    sla.objectives().iter().any(|objective| joint(&objective.good))
}
