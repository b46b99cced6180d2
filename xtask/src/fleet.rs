//! A fleet on one machine: three services, two Prometheus, VictoriaMetrics, a Pushgateway and Alertmanager, all
//! real; what they say of the services is held against what the services counted themselves.

mod checks;
mod machines;
mod table;

use crate::bench::workspace_root;
use crate::debian;
use crate::servers::{build_release, build_service};
use checks::Checks;
use machines::Machines;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use table::Table;

/// What it needs, and the package that has it.
const PROGRAMS: [(&str, &str); 5] = [
    ("promtool", "prometheus"),
    ("prometheus", "prometheus"),
    ("prometheus-alertmanager", "prometheus-alertmanager"),
    ("prometheus-pushgateway", "prometheus-pushgateway"),
    ("victoria-metrics", "victoria-metrics"),
];

/// Between these lines of docs/fleet.md the table stands.
const MARKS: [&str; 2] = ["<!-- table -->\n", "<!-- end of table -->"];

/// Our own programs.
pub(crate) struct Tools {
    perfkit: PathBuf,
    service: PathBuf,
}

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let (mut keep, mut installs) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--install" => installs = true,
            "--keep" => keep = true,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    if installs {
        debian::install(&PROGRAMS)?;
    }
    debian::require(&PROGRAMS, "fleet")?;
    let folder = workspace_root().join("target/fleet");
    // What was measured before is none of this run's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("sla.toml"), include_str!("fleet/sla.toml"))?;

    let tools = Tools {
        perfkit: build_release(&["--package", "perf-cli"], "perfkit")?,
        service: build_service()?,
    };
    let mut table = Table::default();
    generate(&tools, &folder, &mut table)?;
    let perfkit = tools.perfkit.clone();
    let mut machines = Machines::start(tools, &folder)?;
    println!("running; the logs are in {}", folder.display());
    Checks::new(&mut machines, &mut table, &folder, &perfkit).run()?;

    let text = table.to_markdown();
    fs::write(folder.join("table.md"), &text)?;
    if keep {
        into_document(&text)?;
    }
    let failures = table.failures();
    println!("{failures} of the claims do not hold");
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Rules, their tests and the dashboard, and what promtool says of them.
fn generate(tools: &Tools, folder: &Path, table: &mut Table) -> Result<(), Box<dyn Error>> {
    for (what, file) in
        [("rules", "rules.yml"), ("tests", "tests.yml"), ("dashboard", "dashboard.json")]
    {
        let mut command = Command::new(&tools.perfkit);
        command.args(["generate", what, "--sla", "sla.toml", "--selector", "job=\"fleet\""]);
        command.args(["--interval", "1s"]);
        command.args(["--out", file]).current_dir(folder);
        if !command.status()?.success() {
            return Err(format!("perfkit generate {what} failed").into());
        }
    }
    let promtool = |arguments: &[&str]| -> Result<(bool, String), Box<dyn Error>> {
        let output = Command::new("promtool").args(arguments).current_dir(folder).output()?;
        let said = [output.stdout, output.stderr].concat();
        let last =
            String::from_utf8_lossy(&said).trim().lines().last().unwrap_or("").trim().to_owned();
        Ok((output.status.success(), last))
    };
    let (holds, said) = promtool(&["check", "rules", "--lint=all", "--lint-fatal", "rules.yml"])?;
    table.row(holds, "`promtool check rules --lint=all --lint-fatal`", "clean", said);
    let (holds, said) = promtool(&["test", "rules", "tests.yml"])?;
    table.row(holds, "`promtool test rules`", "all pass", said);
    Ok(())
}

fn into_document(table: &str) -> Result<(), Box<dyn Error>> {
    let path = workspace_root().join("docs/fleet.md");
    let document = fs::read_to_string(&path)?;
    let begin = document.find(MARKS[0]).ok_or("docs/fleet.md has no place for the table")?;
    let begin = begin + MARKS[0].len();
    let end = document.find(MARKS[1]).ok_or("docs/fleet.md has no place for the table")?;
    fs::write(path, [&document[..begin], table, &document[end..]].concat())?;
    Ok(())
}
