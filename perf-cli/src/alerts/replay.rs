//! `perfkit alerts replay`: what would have fired last night.

use super::night::Night;
use super::table;
use crate::demo::a_time;
use crate::log_input::LogInput;
use crate::sla::warn;
use crate::terminal::{self, say, tell};
use clap::{Args, ValueEnum};
use perfkit::alert::{Rule, Rules};
use perfkit::report::wording;
use perfkit::sla::{SlaConfig, Subject, Trigger};
use serde_json::json;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The timeline that is looked at has intervals of a second.
const SHORTEST_ROUND: Duration = Duration::from_secs(1);

/// Say what would have fired, had the alerts of an SLA file watched a log
///
/// The rules look at the log's own time, so a night takes seconds. Nobody is told of anything. Silences,
/// exclusions and inhibitions hold as they would have. A file without alerts is taken as if one of them
/// watched everything that it promises.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit alerts replay logs/ --sla sla.toml
  perfkit alerts replay logs/20261120_performance.jsonl.gz --sla sla.toml --every 30s
  perfkit alerts replay --access nginx /var/log/nginx/access.log.1 --sla sla.toml
  perfkit alerts replay logs/ --sla sla.toml --format jsonl | jq -r .summary

Exit codes:
  0  nobody would have been told
  1  something would have
  3  bad input, configuration or usage")]
pub(super) struct Replay {
    /// The SLA file with the alerts
    #[arg(long, value_name = "FILE")]
    sla: PathBuf,
    #[command(flatten)]
    input: LogInput,
    /// How often the rules look, at least 1s
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = a_time)]
    every: Duration,
    /// A table for people, one JSON document, or a line of JSON for each thing told
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Jsonl,
}

impl Replay {
    pub(super) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        if self.every < SHORTEST_ROUND {
            return Err("--every is at least 1s".into());
        }
        let sla = SlaConfig::from_path(&self.sla)?;
        warn(&self.sla, &sla);
        let rules = self.rules(&sla)?;
        self.tell_what_no_log_has(&sla);
        let mut night = Night::new(&sla, &rules, self.input.whole(Some(&sla)), self.every);
        let read = self.input.read(&mut |entry| night.add(entry))?;
        night.end();
        if night.is_empty() {
            return Err("no request has a time; of logs of others, --time-field names it"
                .to_owned()
                .into());
        }
        match self.format {
            Format::Text => {
                say(&table::render(&night, &terminal::stdout()))?;
                read.say_skipped()?;
            }
            Format::Json => {
                let mut document = night.to_json();
                document["sla"] = json!(self.sla.display().to_string());
                document["rules"] = json!(rules.names().collect::<Vec<_>>());
                say(&format!("{document:#}\n"))?;
                read.skipped.iter().for_each(tell);
            }
            Format::Jsonl => {
                for row in &night.told.rows {
                    say(&format!("{}\n", row.to_json()))?;
                }
                read.skipped.iter().for_each(tell);
            }
        }
        self.tell_left_over(&night);
        Ok(ExitCode::from(u8::from(night.told.fired() > 0)))
    }

    /// Those of the file, or else one for everything that it promises.
    fn rules(&self, sla: &SlaConfig) -> Result<Rules, Box<dyn Error>> {
        if !sla.alerts().is_empty() {
            return Ok(Rules::from_sla(sla)?);
        }
        let file = self.sla.display();
        // Several targets can have one path.
        let paths: BTreeSet<String> = sla.paths().collect();
        tell(format_args!(
            "{file}: has no [[alerts]]; all that it promises is watched, as watch = \"all\" does"
        ));
        Ok(Rules::with_sla(sla, paths.iter().map(|path| Rule::watching(path, path)))?)
    }

    fn tell_what_no_log_has(&self, sla: &SlaConfig) {
        for alert in sla.alerts() {
            if let Trigger::When { subject, .. } = &alert.trigger
                && matches!(subject, Subject::Metric(_) | Subject::Resources { .. })
            {
                let line = alert.line.map(|line| format!("{line}:")).unwrap_or_default();
                tell(format_args!(
                    "{}:{line} alert {:?} is about {subject}, of which logs have no data",
                    self.sla.display(),
                    alert.name
                ));
            }
        }
    }

    fn tell_left_over(&self, night: &Night) {
        let requests = |count| match count {
            1 => "1 request".to_owned(),
            count => format!("{} requests", wording::count(count)),
        };
        if night.without_time > 0 {
            tell(format_args!("left out: {} without a time", requests(night.without_time)));
        }
        let unknown = night.unknown_operations();
        if !unknown.is_empty() {
            let (unknown, known) = (unknown.into_iter().collect::<Vec<_>>(), night.operations());
            tell(format_args!(
                "{}: nothing was recorded of {}; in the log are {}",
                self.sla.display(),
                wording::one_line(&unknown.join(", "), 200),
                wording::one_line(&known.join(", "), 400)
            ));
        }
        if night.late > 0 {
            tell(format_args!(
                "{} ended more than 1 s before what stands above, and count as if they had ended with it",
                requests(night.late)
            ));
        }
    }
}
