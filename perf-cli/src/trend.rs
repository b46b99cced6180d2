//! `perfkit logs trend`: where a log goes by the minute, the hour or the day.

mod grid;

use crate::log_input::LogInput;
use crate::output::write_file;
use crate::terminal::{self, say};
use clap::{Args, ValueEnum};
use grid::Grid;
use perfkit::export::Entry;
use perfkit::report::{Step, wording};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Say by the minute, hour or day how many requests there were, how long they took and how many failed,
/// and whether that rises or falls
///
/// A request counts when it ends. Percentiles are those of all requests, failed ones too. Increasing and
/// decreasing are told when the change is more than 10 % and chance alone would seldom order the periods so
/// (Mann-Kendall, 95 %).
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit logs trend logs/
  perfkit logs trend logs/ --by hour --operation retrieval --svg trend.svg
  perfkit logs trend --access nginx /var/log/nginx/access.log --by day")]
pub(crate) struct Trend {
    #[command(flatten)]
    input: LogInput,
    /// What a row stands for; without it, the shortest that gives at most 120 rows
    #[arg(long, value_enum, value_name = "STEP")]
    by: Option<By>,
    /// Only this operation, or this stage of requests; without it, requests as a whole
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Write a chart too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    Minute,
    Hour,
    Day,
}

impl Trend {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let by = self.by.map(|by| match by {
            By::Minute => Step::Minute,
            By::Hour => Step::Hour,
            By::Day => Step::Day,
        });
        let mut grid = Grid::new(by);
        let mut result = Ok(());
        let mut without_time = 0_u64;
        let read = self.input.read(&mut |entry| {
            if result.is_ok() {
                match entry.started {
                    None => without_time += 1,
                    Some(_) => result = self.add(&mut grid, entry),
                }
            }
        })?;
        result?;
        let title = self.operation.as_deref().unwrap_or("requests");
        let Some(periods) = grid.periods(title) else {
            return Err(match (&self.operation, without_time) {
                (Some(name), 0) => {
                    format!("no operation or stage {:?}", wording::one_line(name, 60))
                }
                _ => "no request has a time; of logs of others, --time-field names it".to_owned(),
            }
            .into());
        };
        // The file comes first: whoever reads the output may go away.
        if let Some(path) = &self.svg {
            write_file(path, |out| {
                let written = out.write_all(periods.to_svg().as_bytes());
                written.map_err(|error| format!("{}: {error}", path.display()).into())
            })?;
        }
        say(&periods.to_console(&terminal::stdout()))?;
        if without_time > 0 {
            say(&format!(
                " {} requests without a time are left out\n",
                wording::count(without_time)
            ))?;
        }
        read.say_skipped()?;
        Ok(ExitCode::SUCCESS)
    }

    /// The whole request, or the stages that were asked for.
    fn add(&self, grid: &mut Grid, entry: &Entry<'_>) -> Result<(), String> {
        let started = entry.started.unwrap_or_default();
        let Some(name) = &self.operation else {
            return grid.add(started, entry.total, entry.failure.is_some());
        };
        if entry.operation.as_deref() == Some(name.as_str()) {
            grid.add(started, entry.total, entry.failure.is_some())?;
        }
        for span in entry.spans.iter().filter(|span| span.stage == *name) {
            let started = started.saturating_add(span.start);
            grid.add(started, span.duration, span.failure.is_some())?;
        }
        Ok(())
    }
}
