//! `perfkit sla`: what an SLA file says, before anything is measured.

use crate::terminal::{counted, say, tell};
use clap::{Args, Subcommand};
use perfkit::alert::Rules;
use perfkit::sla::{SlaConfig, json_schema};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Check an SLA file, have it explained, take it from OpenSLO or to it, or print the schema of such files.
#[derive(Args)]
pub(crate) struct Sla {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say everything that is wrong with a file: with line, column and remedy
    #[command(
        after_help = "Examples:\n  perfkit sla check sla.toml\n  perfkit sla check *.yaml --strict"
    )]
    Check {
        /// TOML, YAML or JSON
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A warning is an error
        #[arg(long)]
        strict: bool,
    },
    /// Say in plain words what each target means, how many samples a firm verdict needs, and what an
    /// error budget allows
    #[command(after_help = "Examples:\n  perfkit sla explain sla.toml")]
    Explain {
        /// TOML, YAML or JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the promises of OpenSLO v1 documents as an SLA file; what cannot be judged is told on standard
    /// error
    #[command(
        after_help = "Examples:\n  perfkit sla import slo.yaml > sla.toml\n  perfkit sla import slo.yaml | tee sla.toml"
    )]
    Import {
        /// YAML with any number of documents, or JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print an SLA file as OpenSLO v1 documents; what they cannot say is told on standard error
    #[command(
        after_help = "Examples:\n  perfkit sla export sla.toml > slo.yaml\n  perfkit sla export sla.toml --service shop"
    )]
    Export {
        /// TOML, YAML or JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The name of the service; that of the file if absent
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
    },
    /// Print the JSON Schema of SLA files, for editors
    #[command(after_help = "Examples:\n  perfkit sla schema > sla.schema.json")]
    Schema,
}

impl Sla {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        match self.command {
            Command::Check { files, strict } => check(&files, strict),
            Command::Explain { file } => {
                let sla = SlaConfig::from_path(&file)?;
                warn(&file, &sla);
                say(&sla.explain())?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Import { file } => import(&file),
            Command::Export { file, service } => export(&file, service.as_deref()),
            Command::Schema => {
                say(&json_schema())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn check(files: &[PathBuf], strict: bool) -> Result<ExitCode, Box<dyn Error>> {
    let mut refused = 0;
    for file in files {
        match SlaConfig::from_path(file) {
            Ok(sla) => {
                warn(file, &sla);
                refused += usize::from(strict && !sla.warnings().is_empty());
                if let Err(error) = Rules::from_sla(&sla) {
                    tell(error);
                    refused += 1;
                    continue;
                }
                say(&format!("{}: {}\n", file.display(), contents(&sla)))?;
            }
            Err(error) => {
                tell(error);
                refused += 1;
            }
        }
    }
    match refused {
        0 => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::from(crate::BAD_INPUT)),
    }
}

fn import(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let import = SlaConfig::from_openslo_path(file)?;
    warn(file, &import.config);
    for problem in &import.left_out {
        let place =
            problem.position.map_or_else(String::new, |(line, column)| format!("{line}:{column}:"));
        tell(format_args!("{}:{place} left out: {}", file.display(), problem.message));
    }
    say(&import.config.to_toml())?;
    Ok(ExitCode::SUCCESS)
}

fn export(file: &Path, service: Option<&str>) -> Result<ExitCode, Box<dyn Error>> {
    let sla = SlaConfig::from_path(file)?;
    warn(file, &sla);
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let export = sla.to_openslo(service.unwrap_or(stem.as_deref().unwrap_or("service")));
    for message in &export.left_out {
        tell(format_args!("{}: left out: {message}", file.display()));
    }
    say(&export.yaml)?;
    Ok(ExitCode::SUCCESS)
}

/// `3 targets, 1 objective`
fn contents(sla: &SlaConfig) -> String {
    let parts = [
        (sla.targets().len(), "target"),
        (sla.objectives().len(), "objective"),
        (sla.metrics().len(), "metric"),
        (sla.exclusions().len(), "exclusion"),
        (sla.alerts().len(), "alert"),
        (sla.warnings().len(), "warning"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, noun)| counted(count, noun)).collect::<Vec<_>>().join(", ")
}

/// Says what can be read but can hardly be meant.
pub(crate) fn warn(file: &Path, sla: &SlaConfig) {
    for warning in sla.warnings() {
        let place = warning.position.map_or_else(String::new, |(line, _)| format!("{line}:"));
        tell(format_args!("{}:{place} warning: {}", file.display(), warning.message));
    }
}
