//! Alerts of a service, by a real Alertmanager to a webhook: firing, sent again, silenced by another, over.

use crate::bench::workspace_root;
use crate::debian;
use crate::servers::{Http, Server, Webhook, build_service, free_address, until};
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const PROGRAMS: [(&str, &str); 1] = [("prometheus-alertmanager", "prometheus-alertmanager")];
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it stays quiet, and how long it is watched while it fires.
const WATCHED: Duration = Duration::from_secs(20);

/// Warnings of an operation are silenced by what is critical of it.
const CONFIGURATION: &str = "route:\n  receiver: webhook\n  group_by: [alertname]\n  group_wait: 1s\n  \
                             group_interval: 1s\n  repeat_interval: 1h\ninhibit_rules:\n  - source_matchers: \
                             ['severity = \"critical\"']\n    target_matchers: ['severity = \"warning\"']\n    \
                             equal: [operation]\nreceivers:\n  - name: webhook\n    webhook_configs:\n      - \
                             url: 'WEBHOOK'\n        send_resolved: true\n";

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    match arguments {
        [] => {}
        [flag] if flag == "--install" => debian::install(&PROGRAMS)?,
        _ => return Err("usage: cargo xtask alertmanager [--install]".into()),
    }
    debian::require(&PROGRAMS, "alertmanager")?;
    let folder = workspace_root().join("target/alertmanager");
    // What was told before is none of this run's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let program = build_service()?;
    println!("the logs are in {}", folder.display());
    let failures = Run::start(&program, &folder)?.claims()?;
    println!("{failures} of the claims do not hold");
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Run {
    url: String,
    webhook: Webhook,
    service: Server,
    _alertmanager: Server,
    http: Http,
    failures: usize,
}

impl Run {
    fn start(program: &Path, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let webhook = Webhook::spawn()?;
        let (address, listen, nobody) = (free_address()?, free_address()?, free_address()?);
        fs::write(folder.join("am.yml"), CONFIGURATION.replace("WEBHOOK", &webhook.url()))?;
        let sla = include_str!("alertmanager/sla.toml");
        let sla = sla.replace("ALERTMANAGER", &address.to_string());
        fs::write(folder.join("sla.toml"), sla.replace("NOBODY", &nobody.to_string()))?;

        let mut command = Server::command("prometheus-alertmanager");
        command.arg(format!("--config.file={}", folder.join("am.yml").display()));
        command.arg(format!("--storage.path={}", folder.join("data").display()));
        command.arg(format!("--web.listen-address={address}"));
        command.arg("--cluster.listen-address=");
        let url = format!("http://{address}");
        let alertmanager =
            Server::spawn("alertmanager", command, folder, &format!("{url}/-/ready"))?;

        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).arg("--sla").arg(folder.join("sla.toml"));
        command.args(["--listen", &listen.to_string(), "--rate", "20", "--passages", "6000"]);
        let service =
            Server::spawn("service", command, folder, &format!("http://{listen}/healthz"))?;
        let http = Http::new();
        Ok(Run { url, webhook, service, _alertmanager: alertmanager, http, failures: 0 })
    }

    fn claims(mut self) -> Result<usize, Box<dyn Error>> {
        thread::sleep(WATCHED);
        self.claim(self.webhook.bodies().is_empty(), "while all is well, nobody is told");

        self.tell("slow")?;
        self.arrives("slow answers", "firing", "the alert fires and arrives")?;
        let first = self.stored("slow answers")?;
        let told = self.told("slow answers", "firing");
        thread::sleep(WATCHED);
        let later = self.stored("slow answers")?;
        let same = first["startsAt"] == later["startsAt"] && first["labels"] == later["labels"];
        self.claim(same, "sent again, it is the same alert: labels and start");
        let is_sent_again =
            first["updatedAt"] != later["updatedAt"] && first["endsAt"] != later["endsAt"];
        self.claim(
            is_sent_again,
            "it is sent again and again: Alertmanager has it until a later time",
        );
        self.claim(
            told == 1 && self.told("slow answers", "firing") == 1,
            "the webhook hears of it once",
        );
        let warning = self.stored("rather slow answers")?;
        let is_inhibited = warning["status"]["state"] == "suppressed"
            && warning["status"]["inhibitedBy"].as_array().is_some_and(|by| !by.is_empty());
        self.claim(is_inhibited, "the warning of the same operation is there, and inhibited");
        self.claim(
            self.told("rather slow answers", "firing") == 0,
            "the webhook does not hear of it",
        );

        self.tell("normal")?;
        self.arrives("slow answers", "resolved", "it recovers, and that arrives")?;

        self.tell("slow")?;
        let second = |run: &Run| (run.told("slow answers", "firing") >= 2).then_some(());
        until("it fires again", PATIENCE, || second(&self))?;
        let resolved = self.told("slow answers", "resolved");
        self.service.kill();
        let start = Instant::now();
        let is_over = |run: &Run| (run.told("slow answers", "resolved") > resolved).then_some(());
        until("a killed service's alert ends", PATIENCE, || is_over(&self))?;
        let took = start.elapsed().as_secs();
        self.claim(
            true,
            &format!("the service is killed: its alert ends by itself, after {took} s"),
        );
        Ok(self.failures)
    }

    fn tell(&mut self, line: &str) -> Result<(), Box<dyn Error>> {
        println!("     the service is told: {line}");
        Ok(writeln!(self.service.stdin().ok_or("it has no input")?, "{line}")?)
    }

    fn claim(&mut self, holds: bool, claim: &str) {
        println!("{} {claim}", if holds { "ok  " } else { "FAIL" });
        self.failures += usize::from(!holds);
    }

    fn arrives(&mut self, alert: &str, status: &str, claim: &str) -> Result<(), Box<dyn Error>> {
        let start = Instant::now();
        until(claim, PATIENCE, || (self.told(alert, status) > 0).then_some(()))?;
        let took = start.elapsed().as_secs();
        self.claim(true, &format!("{claim}, after {took} s"));
        Ok(())
    }

    /// How often the webhook was told of this alert.
    fn told(&self, alert: &str, status: &str) -> usize {
        let bodies = self.webhook.bodies();
        let of_alert = |body: &&Value| {
            let alerts = body["alerts"].as_array().into_iter().flatten();
            let mut meant = alerts.filter(|one| one["labels"]["alertname"] == alert);
            meant.any(|one| one["status"] == status)
        };
        bodies.iter().filter(of_alert).count()
    }

    /// What Alertmanager has of it.
    fn stored(&self, alert: &str) -> Result<Value, Box<dyn Error>> {
        let text = self.http.get(&format!("{}/api/v2/alerts", self.url))?;
        let all: Vec<Value> = serde_json::from_str(&text)?;
        let found = all.into_iter().find(|one| one["labels"]["alertname"] == alert);
        Ok(found.ok_or_else(|| format!("Alertmanager has no {alert:?}: {text}"))?)
    }
}
