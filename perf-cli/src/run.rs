//! `perfkit run`: any command, measured from outside.

mod child_usage;
mod figures;
mod interrupt;
mod measured_run;
mod preflight;
mod record;
mod spawn_error;
mod summary;
mod watching;

use crate::demo::{a_number, a_time, at_least_one};
use crate::output::{write_file, write_stdout};
use crate::terminal;
use clap::{Args, ValueEnum};
use interrupt::Interrupt;
use measured_run::{MeasuredRun, Task, exit_code};
use perfkit::report::{Console, Report};
use perfkit::sla::{SlaConfig, Status};
use record::Record;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use summary::{Summary, WarmUps};

/// Run any command; measure its time, CPU, memory and IO, and judge them.
///
/// What the command writes is passed through; the summary goes to standard error. Time, CPU, IO and context
/// switches are the kernel's account of the command and all processes it waits for. Memory, threads and
/// open files are those of the command and its children together, looked at time and again, and so is CPU
/// of children that nobody waits for. CPU use is of one core; in `[resources]` of an SLA file it is of all
/// that can be had.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// How often to run it
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    runs: usize,
    /// Run it so often before, which counts for nothing; the warm-up of the SLA file is kept too
    #[arg(long, value_name = "N", default_value = "0", value_parser = a_number)]
    warmup: usize,
    /// The SLA file to judge by: calls of the operation `run`, and `[resources]`
    #[arg(long, value_name = "FILE")]
    sla: Option<PathBuf>,
    /// What the SLA file calls the command
    #[arg(long, value_name = "OPERATION", default_value = "run")]
    name: String,
    /// How often to look at the processes; the first looks are closer together. A look takes about
    /// 0.05 ms for each process of the command, and the pause after it is 20 times as long at least
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = a_time)]
    interval: Duration,
    /// Discard what the command writes to standard output and standard error
    #[arg(long)]
    quiet: bool,
    /// How to write the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write the summary; - is standard output [default: standard error; JSON with --quiet: standard
    /// output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write a report too: .html, .md or .json
    #[arg(long, value_name = "FILE", value_parser = a_report)]
    report: Option<PathBuf>,
    /// The command and its arguments. Its standard input is ours; with several runs it is empty
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  perfkit run -- cargo build
  perfkit run --runs 20 --warmup 2 -- sh -c 'sort words | uniq -c > counts'
  perfkit run --runs 30 --sla sla.toml --report report.html -- ./import data.csv
  perfkit run --runs 5 --quiet --format json -- ./search needle | jq .figures.wall_ns

Exit codes:
  without --sla that of the command, of the first run that failed; 128 + N if signal N ended it
  with --sla that of the verdict; a run that fails is a failure of the operation
  3 when the command cannot be run or the summary not be written, 130 after Ctrl-C,
  128 + N when signal N asks it to end, which the command is told too";

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// A table, and the verdict
    Text,
    /// One object, units in the keys
    Json,
}

fn a_report(text: &str) -> Result<PathBuf, String> {
    match Path::new(text).extension().and_then(|extension| extension.to_str()) {
        Some("html" | "md" | "json") => Ok(text.into()),
        _ => Err("must end with .html, .md or .json".to_owned()),
    }
}

impl Run {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let sla =
            self.sla.as_ref().map(|path| preflight::read_sla(path, &self.name)).transpose()?;
        let output = self.output.as_deref().filter(|path| *path != Path::new("-"));
        let written: Vec<&Path> = output.into_iter().chain(self.report.as_deref()).collect();
        preflight::check_files(&written, self.sla.as_deref())?;
        let interrupt = Interrupt::listen()?;
        let warm_up = sla.as_ref().and_then(SlaConfig::warm_up);
        let task = Task {
            command: &self.command,
            interval: self.interval,
            discards_output: self.quiet,
            // What the first run has read, the next could not read again.
            has_input: self.runs == 1 && self.warmup == 0 && warm_up.is_none(),
            interrupt: &interrupt,
        };
        let warm_ups = self.warm_up(&task, warm_up)?;
        if let Some(code) = interrupt.code() {
            terminal::tell("interrupted before the first run that counts");
            return Ok(ExitCode::from(code));
        }
        let record = Record::new(&self.name, sla.as_ref())?;
        let (runs, failure) = self.measure(&task, &record);
        if let (Some(error), true) = (&failure, runs.is_empty()) {
            return Err(error.to_string().into());
        }
        let interrupted = interrupt.code();
        let (report, verdict) = record.close(&runs, sla.as_ref());
        let summary = Summary {
            command: &self.command,
            runs: &runs,
            warm_ups,
            interrupted: interrupted.is_some(),
            verdict,
        };
        self.write(&summary, &report)?;
        failure.map_or(Ok(()), Err)?;
        let of_the_runs =
            || runs.iter().map(|run| exit_code(run.status)).find(|code| *code != 0).unwrap_or(0);
        let code = interrupted.or(verdict.map(Status::exit_code)).unwrap_or_else(of_the_runs);
        Ok(ExitCode::from(code))
    }

    /// Runs that count for nothing, until there were enough or they were interrupted.
    fn warm_up(
        &self,
        task: &Task<'_>,
        length: Option<Duration>,
    ) -> Result<WarmUps, Box<dyn Error>> {
        let begun = Instant::now();
        let mut warm_ups = WarmUps::default();
        while warm_ups.runs < self.warmup || length.is_some_and(|length| begun.elapsed() < length) {
            let status = task.run()?.status;
            if task.interrupt.has_ended(status) {
                break;
            }
            warm_ups.runs += 1;
            warm_ups.failures += usize::from(!status.success());
        }
        Ok(warm_ups)
    }

    /// The runs that count, and why there are no more of them. One that was interrupted does not count,
    /// unless it is all there is to tell of.
    fn measure(
        &self,
        task: &Task<'_>,
        record: &Record,
    ) -> (Vec<MeasuredRun>, Option<Box<dyn Error>>) {
        let mut runs = Vec::new();
        while runs.len() < self.runs && task.interrupt.code().is_none() {
            let run = match task.run() {
                Ok(run) => run,
                Err(error) => return (runs, Some(error)),
            };
            if !task.interrupt.has_ended(run.status) {
                record.add(&run);
                runs.push(run);
            } else if runs.is_empty() {
                runs.push(run);
            }
        }
        (runs, None)
    }

    fn write(&self, summary: &Summary<'_>, report: &Report) -> Result<(), Box<dyn Error>> {
        match self.report.as_deref().map(|path| (path, path.extension())) {
            Some((path, Some(extension))) if extension == "html" => report.write_html(path)?,
            Some((path, Some(extension))) if extension == "md" => report.write_markdown(path)?,
            Some((path, _)) => report.write_json(path)?,
            None => {}
        }
        let to_stdout = match &self.output {
            Some(path) => path == Path::new("-"),
            None => self.format == Format::Json && self.quiet,
        };
        let text = match self.format {
            Format::Json => summary.to_json(report)?,
            Format::Text if self.output.is_some() => summary.to_text(report, &Console::plain(80)),
            Format::Text => summary.to_text(report, &terminal::stderr()),
        };
        match &self.output {
            _ if to_stdout => write_stdout(|out| Ok(out.write_all(text.as_bytes())?))?,
            Some(path) => write_file(path, |out| Ok(out.write_all(text.as_bytes())?))?,
            None => match io::stderr().lock().write_all(text.as_bytes()) {
                // Whoever reads it has gone away.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => written.map_err(|error| format!("standard error: {error}"))?,
            },
        }
        if terminal::is_github_job() {
            // Standard output is the command's; such a job reads both.
            let _ = io::stderr().write_all(report.to_github_annotations().as_bytes());
        }
        Ok(())
    }
}
