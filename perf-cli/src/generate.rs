//! `perfkit generate`: from an SLA file to Prometheus and Grafana.

use crate::demo::a_time;
use crate::output::{write_file, write_stdout};
use crate::sla::warn;
use crate::terminal::{inert, tell};
use clap::{Args, Subcommand, ValueEnum};
use perfkit::export::generate::Generator;
use perfkit::export::prometheus::Naming;
use perfkit::sla::SlaConfig;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Write Prometheus rules, their tests or a Grafana dashboard from an SLA file
///
/// The services expose their promises with Exposition::with_sla; docs/export.md shows how it all is put together.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit generate rules --sla sla.toml --selector 'job=\"api\"' --out rules.yml
  perfkit generate tests --sla sla.toml --selector 'job=\"api\"' --out tests.yml && promtool test rules tests.yml
  perfkit generate dashboard --sla sla.toml > dashboard.json")]
pub(crate) struct Generate {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Recording and alerting rules for Prometheus, from version 2.42 on
    #[command(
        after_help = "Examples:\n  perfkit generate rules --sla sla.toml --selector 'job=\"api\"' --out rules.yml\n  promtool check rules --lint=all rules.yml"
    )]
    Rules(Options),
    /// Unit tests of these rules, for promtool
    #[command(
        after_help = "Examples:\n  perfkit generate tests --sla sla.toml --out tests.yml    # beside rules.yml\n  promtool test rules tests.yml"
    )]
    Tests {
        #[command(flatten)]
        options: Options,
        /// The file with the rules, as seen from the tests
        #[arg(long, value_name = "FILE", default_value = "rules.yml")]
        rules: String,
    },
    /// A dashboard for Grafana, from version 10 on, in JSON
    #[command(
        after_help = "Examples:\n  perfkit generate dashboard --sla sla.toml --out /var/lib/grafana/dashboards/sla.json"
    )]
    Dashboard(Options),
}

#[derive(Args)]
struct Options {
    /// The SLA file: TOML, YAML or JSON
    #[arg(long, value_name = "FILE")]
    sla: PathBuf,
    /// Write to this file; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Which processes are meant, as PromQL has it: job="api",env=~"prod|stage"
    #[arg(long, value_name = "MATCHERS", default_value = "")]
    selector: String,
    /// What names of metrics begin with
    #[arg(long, value_name = "PREFIX", default_value = "perf_")]
    prefix: String,
    /// What families of operations are called
    #[arg(long, value_enum, value_name = "NAMING", default_value = "operations")]
    naming: Names,
    /// How often Prometheus scrapes and evaluates, in whole seconds up to 60s
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = a_time)]
    interval: Duration,
}

#[derive(Clone, Copy, ValueEnum)]
enum Names {
    Operations,
    Stages,
    Inference,
}

impl Generate {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let (options, text) = match self.what {
            What::Rules(options) => {
                let generator = options.generator()?;
                for left_out in generator.left_out() {
                    tell(format_args!("{}: left out: {}", options.sla.display(), inert(&left_out)));
                }
                (options, generator.rules())
            }
            What::Tests { options, rules } => {
                let text = options.generator()?.tests(&rules);
                (options, text)
            }
            What::Dashboard(options) => {
                let text = options.generator()?.dashboard();
                (options, text)
            }
        };
        match &options.out {
            Some(path) => write_file(path, |out| {
                let refuse = |error| format!("{}: cannot be written: {error}", path.display());
                Ok(out.write_all(text.as_bytes()).map_err(refuse)?)
            })?,
            None => write_stdout(|out| {
                let refuse = |error| format!("standard output: cannot be written: {error}");
                Ok(out.write_all(text.as_bytes()).map_err(refuse)?)
            })?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Options {
    fn generator(&self) -> Result<Generator, Box<dyn Error>> {
        let sla = SlaConfig::from_path(&self.sla)?;
        warn(&self.sla, &sla);
        let naming = match self.naming {
            Names::Operations => Naming::Operations,
            Names::Stages => Naming::Stages,
            Names::Inference => Naming::Inference,
        };
        let told = |option: &'static str| move |error| format!("{option}: {error}");
        Ok(Generator::new(&sla)
            .naming(naming)
            .prefix(&self.prefix)
            .map_err(told("--prefix"))?
            .selector(&self.selector)
            .map_err(told("--selector"))?
            .interval(self.interval)
            .map_err(told("--interval"))?)
    }
}
