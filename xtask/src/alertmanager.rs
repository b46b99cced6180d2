//! Alerts of a service and its replica, by a real Alertmanager to a webhook: firing, sent again, silenced by another,
//! over.

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
/// Four times `resend` in sla.toml, and what a busy machine and Alertmanager's groups add.
const FORGOTTEN: Duration = Duration::from_secs(8 + 12);
/// The two services, by their label `instance`.
const REPLICAS: [&str; 2] = ["one", "other"];

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
    services: [Server; 2],
    _alertmanager: Server,
    http: Http,
    failures: usize,
}

impl Run {
    fn start(program: &Path, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let webhook = Webhook::spawn()?;
        let (address, nobody) = (free_address()?, free_address()?);
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

        let services = [
            start_service(program, folder, REPLICAS[0])?,
            start_service(program, folder, REPLICAS[1])?,
        ];
        let http = Http::new();
        Ok(Run { url, webhook, services, _alertmanager: alertmanager, http, failures: 0 })
    }

    fn claims(mut self) -> Result<usize, Box<dyn Error>> {
        thread::sleep(WATCHED);
        self.claim(self.webhook.bodies().is_empty(), "while all is well, nobody is told");

        self.tell(0, "slow")?;
        self.arrives("slow answers", 0, "firing", "the alert fires and arrives")?;
        self.is_sent_again()?;
        let warning = self.stored("rather slow answers", 0)?;
        let is_inhibited = warning["status"]["state"] == "suppressed"
            && warning["status"]["inhibitedBy"].as_array().is_some_and(|by| !by.is_empty());
        self.claim(is_inhibited, "the warning of the same operation is there, and inhibited");
        self.claim(
            self.told("rather slow answers", 0, "firing") == 0,
            "the webhook does not hear of it",
        );

        self.tell(1, "slow")?;
        self.arrives("slow answers", 1, "firing", "a replica's alert is another one, and arrives")?;
        self.tell(1, "normal")?;
        self.arrives("slow answers", 1, "resolved", "the replica recovers, and that arrives")?;
        let first = self.stored("slow answers", 0)?;
        thread::sleep(WATCHED);
        let later = self.stored("slow answers", 0)?;
        self.claim(
            first["endsAt"] != later["endsAt"] && self.told("slow answers", 0, "resolved") == 0,
            "the other one's alert fires on",
        );

        self.services[0].kill();
        let start = Instant::now();
        self.arrives("slow answers", 0, "resolved", "the service is killed: its alert ends")?;
        self.claim(start.elapsed() <= FORGOTTEN, "that is after four times its resend");
        Ok(self.failures)
    }

    /// Of the first service, while it fires.
    fn is_sent_again(&mut self) -> Result<(), Box<dyn Error>> {
        let first = self.stored("slow answers", 0)?;
        let told = self.told("slow answers", 0, "firing");
        thread::sleep(WATCHED);
        let later = self.stored("slow answers", 0)?;
        let same = first["startsAt"] == later["startsAt"] && first["labels"] == later["labels"];
        self.claim(same, "sent again, it is the same alert: labels and start");
        let is_sent_again =
            first["updatedAt"] != later["updatedAt"] && first["endsAt"] != later["endsAt"];
        self.claim(
            is_sent_again,
            "it is sent again and again: Alertmanager has it until a later time",
        );
        let is_told_once = told == 1 && self.told("slow answers", 0, "firing") == 1;
        self.claim(is_told_once, "the webhook hears of it once");
        Ok(())
    }

    fn tell(&mut self, service: usize, line: &str) -> Result<(), Box<dyn Error>> {
        println!("     service {:?} is told: {line}", REPLICAS[service]);
        let input = self.services[service].stdin().ok_or("it has no input")?;
        Ok(writeln!(input, "{line}")?)
    }

    fn claim(&mut self, holds: bool, claim: &str) {
        println!("{} {claim}", if holds { "ok  " } else { "FAIL" });
        self.failures += usize::from(!holds);
    }

    fn arrives(
        &mut self,
        alert: &str,
        service: usize,
        status: &str,
        claim: &str,
    ) -> Result<(), Box<dyn Error>> {
        let start = Instant::now();
        until(claim, PATIENCE, || (self.told(alert, service, status) > 0).then_some(()))?;
        let took = start.elapsed().as_secs();
        self.claim(true, &format!("{claim}, after {took} s"));
        Ok(())
    }

    /// How often the webhook was told of this alert of a service.
    fn told(&self, alert: &str, service: usize, status: &str) -> usize {
        let bodies = self.webhook.bodies();
        let of_alert = |body: &&Value| {
            let mut alerts = body["alerts"].as_array().into_iter().flatten();
            alerts.any(|one| is_it(one, alert, service) && one["status"] == status)
        };
        bodies.iter().filter(of_alert).count()
    }

    /// What Alertmanager has of it.
    fn stored(&self, alert: &str, service: usize) -> Result<Value, Box<dyn Error>> {
        let text = self.http.get(&format!("{}/api/v2/alerts", self.url))?;
        let all: Vec<Value> = serde_json::from_str(&text)?;
        let found = all.into_iter().find(|one| is_it(one, alert, service));
        Ok(found.ok_or_else(|| format!("Alertmanager has no {alert:?}: {text}"))?)
    }
}

fn is_it(one: &Value, alert: &str, service: usize) -> bool {
    one["labels"]["alertname"] == alert && one["labels"]["instance"] == REPLICAS[service]
}

fn start_service(program: &Path, folder: &Path, instance: &str) -> Result<Server, Box<dyn Error>> {
    let listen = free_address()?;
    let mut command = Command::new(program);
    command.stdin(Stdio::piped()).arg("--sla").arg(folder.join("sla.toml"));
    command.args(["--listen", &listen.to_string(), "--instance", instance]);
    command.args(["--rate", "20", "--passages", "6000"]);
    let name = format!("service-{instance}");
    Server::spawn(&name, command, folder, &format!("http://{listen}/healthz"))
}
