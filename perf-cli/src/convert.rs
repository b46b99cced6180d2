//! `perfkit logs convert`: a log in the formats of other tools.

use crate::log_input::LogInput;
use crate::output::{write_file, write_stdout};
use crate::terminal::tell;
use clap::{Args, ValueEnum};
use perfkit::export::convert::{self, ChromeTrace, Csv, Folded, OtlpJson, Prometheus};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Write logs in the format of another tool
///
/// csv: a row a request and a row a stage (long form); prometheus: histograms of requests and stages;
/// chrome-trace: for Perfetto, speedscope and chrome://tracing; otlp-json: a line of TracesData a request;
/// folded: summed stacks for flame graphs.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit logs convert logs/ --to csv -o requests.csv
  perfkit logs convert logs/ --to prometheus --buckets 0.1,0.3,1 | promtool check metrics
  perfkit logs convert logs/ --to chrome-trace -o trace.json    # open in ui.perfetto.dev
  perfkit logs convert logs/ --to folded | inferno-flamegraph > flame.svg
  perfkit logs convert --access nginx access.log --to otlp-json --service shop -o traces.jsonl")]
pub(crate) struct Convert {
    #[command(flatten)]
    input: LogInput,
    /// The format
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Format,
    /// Write to this file; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What names of metrics begin with: prometheus alone
    #[arg(long, value_name = "NAME", default_value = "rag")]
    prefix: String,
    /// The upper edges of buckets in s, such as 0.1,0.5,2.5: prometheus alone
    #[arg(long, value_name = "SECONDS", value_delimiter = ',')]
    buckets: Vec<f64>,
    /// The name of the service: otlp-json alone
    #[arg(long, value_name = "NAME", default_value = "unknown_service")]
    service: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Prometheus,
    ChromeTrace,
    OtlpJson,
    Folded,
}

impl Convert {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let mut format = self.format()?;
        let mut read = None;
        let write = |out: &mut dyn Write| -> Result<(), Box<dyn Error>> {
            let mut written = Ok(());
            read = Some(self.input.read(&mut |entry| {
                if written.is_ok() {
                    written = format.entry(entry, out);
                }
            })?);
            written.and_then(|()| format.finish(out)).map_err(|error| {
                let place = self.output.as_ref().map(|path| path.display().to_string());
                let place = place.unwrap_or_else(|| "standard output".to_owned());
                format!("{place}: cannot be written: {error}").into()
            })
        };
        match &self.output {
            Some(path) => write_file(path, write)?,
            None => write_stdout(write)?,
        }
        // Standard output may be the file.
        if let Some(read) = read {
            for skipped in &read.skipped {
                tell(skipped);
            }
            if let Some(path) = &self.output {
                tell(format_args!("{}: {} requests", path.display(), read.entries));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn format(&self) -> Result<Box<dyn convert::Convert>, Box<dyn Error>> {
        Ok(match self.to {
            Format::Csv => Box::new(Csv::new()),
            Format::ChromeTrace => Box::new(ChromeTrace::new()),
            Format::OtlpJson => Box::new(OtlpJson::new(&self.service)),
            Format::Folded => Box::new(Folded::new("request")),
            Format::Prometheus => {
                let told = |error| format!("--prefix: {error}");
                let mut prometheus = Prometheus::new().prefix(&self.prefix).map_err(told)?;
                if !self.buckets.is_empty() {
                    let told = |error| format!("--buckets: {error}");
                    prometheus = prometheus.buckets(&self.buckets).map_err(told)?;
                }
                Box::new(prometheus)
            }
        })
    }
}
