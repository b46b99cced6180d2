//! What is told at the end: a table for people, an object for machines.

use super::figures::{FIGURES, Figure, Spread, Unit};
use super::measured_run::{MeasuredRun, signal};
use crate::terminal::counted;
use perfkit::report::wording::{self, one_line};
use perfkit::report::{Console, Report};
use perfkit::sla::Status;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;

/// Characters of the command that the table shows.
const COMMAND_WIDTH: usize = 60;

pub(super) struct Summary<'a> {
    pub(super) command: &'a [OsString],
    pub(super) runs: &'a [MeasuredRun],
    pub(super) warm_ups: WarmUps,
    pub(super) interrupted: bool,
    pub(super) verdict: Option<Status>,
}

/// Runs that count for nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct WarmUps {
    pub(super) runs: usize,
    pub(super) failures: usize,
}

impl Summary<'_> {
    /// The table, and the verdict below it, if there is one.
    pub(super) fn to_text(&self, report: &Report, console: &Console) -> String {
        let command: Vec<_> = self.command.iter().map(|word| word.to_string_lossy()).collect();
        let mut text = format!(
            "\n {} of {}\n",
            counted(self.runs.len(), "run"),
            one_line(&command.join(" "), COMMAND_WIDTH)
        );
        if self.runs.len() > 1 {
            text += &row("", ["min", "median", "p95", "max"].map(str::to_owned));
        }
        for figure in &FIGURES {
            let Some(spread) = figure.spread(self.runs) else { continue };
            let Spread { min, median, p95, max } = spread;
            text += &match self.runs {
                [_] => row(figure.title, [figure.worded(median)]),
                _ => row(figure.title, [min, median, p95, max].map(|value| figure.worded(value))),
            };
        }
        let mut endings = BTreeMap::<String, usize>::new();
        for run in self.runs {
            *endings.entry(run.status.to_string()).or_default() += 1;
        }
        for (ending, count) in endings {
            text += &match self.runs {
                [_] => format!(" {ending}\n"),
                _ => format!(" {ending} ({})\n", counted(count, "run")),
            };
        }
        text += &self.notes();
        if self.interrupted {
            text += " interrupted\n";
        }
        if self.verdict.is_some() {
            text += "\n";
            text += &report.to_console(console);
        }
        if console.unicode { text } else { wording::ascii(&text) }
    }

    /// What the table does not say, a line each.
    fn notes(&self) -> String {
        let mut text = String::new();
        let left = self.left_running();
        if left > 0 {
            text += &format!(
                " note: when the command had ended, up to {left} of its processes ran on: what they use \
                 from then on is left out\n"
            );
        }
        let unwaited =
            self.runs.iter().map(MeasuredRun::unwaited_cpu_time).max().unwrap_or_default();
        if !unwaited.is_zero() {
            text += &format!(
                " note: up to {} of the CPU time is of processes that nobody waited for: user and system \
                 leave it out\n",
                wording::duration(unwaited.as_nanos() as u64)
            );
        }
        let known_at_most = self.runs.iter().filter(|run| run.peak_bytes().is_none());
        if let Some(bytes) = known_at_most.filter_map(MeasuredRun::peak_bytes_at_most).max() {
            text += &format!(
                " note: too short to be looked at: peak memory was {} at most\n",
                wording::bytes(bytes)
            );
        }
        let WarmUps { runs, failures } = self.warm_ups;
        if failures > 0 {
            text += &format!(" note: {failures} of {} failed\n", counted(runs, "warm-up run"));
        }
        text
    }

    /// The object, on many lines.
    pub(super) fn to_json(&self, report: &Report) -> Result<String, Box<dyn Error>> {
        let mut figures = Map::new();
        for figure in &FIGURES {
            let spread = figure.spread(self.runs).map(|Spread { min, median, p95, max }| {
                let number = |value| number(figure, value);
                json!({
                    "min": number(min),
                    "median": number(median),
                    "p95": number(p95),
                    "max": number(max),
                })
            });
            figures.insert(figure.key.to_owned(), spread.unwrap_or(Value::Null));
        }
        let verdict = match self.verdict {
            // As the report has it, check by check.
            Some(_) => serde_json::from_str::<Value>(&report.to_json()?)?["verdict"].take(),
            None => Value::Null,
        };
        let command: Vec<_> = self.command.iter().map(|word| word.to_string_lossy()).collect();
        let object = json!({
            "schema": "perfkit-run",
            "schema_version": "1.0",
            "command": command,
            "warm_up_runs": self.warm_ups.runs,
            "warm_up_failures": self.warm_ups.failures,
            "interrupted": self.interrupted,
            "figures": figures,
            "runs": self.runs.iter().map(run_to_json).collect::<Vec<_>>(),
            "verdict": verdict,
        });
        Ok(serde_json::to_string_pretty(&object)? + "\n")
    }

    fn left_running(&self) -> u64 {
        let left = self.runs.iter().filter_map(|run| Some(run.watched?.left_running));
        left.max().unwrap_or(0)
    }
}

/// ` wall time         1.02 s     1.05 s`
fn row<const N: usize>(title: &str, cells: [String; N]) -> String {
    let cells = cells.map(|cell| format!(" {cell:>11}")).concat();
    format!(" {title:<19}{cells}\n")
}

fn run_to_json(run: &MeasuredRun) -> Value {
    let mut object: Map<String, Value> = FIGURES
        .iter()
        .map(|figure| {
            let value = (figure.of)(run).map_or(Value::Null, |value| number(figure, value));
            (figure.key.to_owned(), value)
        })
        .collect();
    object.insert("exit_code".to_owned(), json!(run.status.code()));
    object.insert("signal".to_owned(), json!(signal(run.status)));
    let left = run.watched.map(|watched| watched.left_running);
    object.insert("processes_left_running".to_owned(), json!(left));
    Value::Object(object)
}

/// All but ratios are whole.
fn number(figure: &Figure, value: f64) -> Value {
    match figure.unit {
        Unit::Cores => json!(value),
        _ => json!(value as u64),
    }
}
