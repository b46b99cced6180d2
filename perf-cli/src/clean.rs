//! `perfkit logs clean`: what a log would do with its old files, by hand.

use crate::terminal::{counted, say, tell};
use clap::Args;
use perfkit::export::{LogAction, Planned, Retention};
use perfkit::report::wording;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

/// Delete and compress old files of a request log; without --yes it only says what it would do
///
/// Files are those of a request log by their names, YYYYMMDD_performance.jsonl and what is made of it; all
/// others are left alone, and so are links and folders. Days are those of UTC.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit logs clean logs/ --keep-days 30
  perfkit logs clean logs/ --keep-days 30 --compress-after-days 1 --yes")]
pub(crate) struct Clean {
    /// The folder of the log
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Delete files of days so long ago: 1 is all but today's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_days: u32,
    /// Compress files of days so long ago with gzip: 1 is all but today's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    compress_after_days: Option<u32>,
    /// Do it
    #[arg(long)]
    yes: bool,
}

/// How many files something was done with, and their bytes.
#[derive(Default)]
struct Sum {
    files: usize,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }

    fn told(&self) -> String {
        format!("{} of {}", counted(self.files, "file"), wording::bytes(self.bytes))
    }
}

impl Clean {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let mut retention = Retention::default().keep_days(self.keep_days);
        if let Some(days) = self.compress_after_days {
            retention = retention.compress_after_days(days);
        }
        let folder = self.folder.display();
        let plan = retention.plan(&self.folder, SystemTime::now());
        let plan = plan.map_err(|error| format!("{folder}: cannot be read: {error}"))?;
        if plan.is_empty() {
            say(&format!(" {folder} has no files of a request log\n"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let (mut deleted, mut compressed, mut kept) = Default::default();
        let (mut freed, mut failed) = (0, 0);
        let width = plan.iter().map(|planned| name(planned).chars().count()).max().unwrap_or(0);
        for planned in &plan {
            let (sum, would, does): (&mut Sum, _, _) = match planned.action() {
                LogAction::Keep => (&mut kept, "stays", "stays"),
                LogAction::Compress => (&mut compressed, "would be compressed", "compressed"),
                LogAction::Delete => (&mut deleted, "would be deleted", "deleted"),
            };
            let said = match self.yes.then(|| planned.apply()) {
                None => would.to_owned(),
                Some(Ok(bytes)) => {
                    freed += bytes;
                    does.to_owned()
                }
                Some(Err(error)) => {
                    failed += 1;
                    tell(format_args!("{}: {error}", planned.path().display()));
                    say(&line(planned, width, "failed"))?;
                    continue;
                }
            };
            sum.add(planned.bytes());
            say(&line(planned, width, &said))?;
        }
        let will = if self.yes { "" } else { "would be " };
        say(&format!(
            " {} {will}deleted, {} {will}compressed, {} left\n",
            deleted.told(),
            compressed.told(),
            kept.told()
        ))?;
        match self.yes {
            true => say(&format!(" {} freed\n", wording::bytes(freed)))?,
            false if deleted.files + compressed.files > 0 => {
                say(" nothing was done: --yes does it\n")?;
            }
            false => {}
        }
        match failed {
            0 => Ok(ExitCode::SUCCESS),
            count => Err(format!("{} left as it was", counted(count, "file")).into()),
        }
    }
}

fn name(planned: &Planned) -> String {
    planned.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn line(planned: &Planned, width: usize, said: &str) -> String {
    format!(" {:width$}  {:>10}  {said}\n", name(planned), wording::bytes(planned.bytes()))
}
