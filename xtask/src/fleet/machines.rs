//! The processes of the fleet, and how they are told of each other.

use super::Tools;
use crate::servers::{Server, Webhook, free_address};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Requests a second, and passages that each searches.
pub(super) const SERVICES: [(&str, f64, usize); 3] =
    [("fleet-1", 60.0, 3_000), ("fleet-2", 30.0, 9_000), ("fleet-3", 15.0, 6_000)];

/// All of it; what is dropped ends.
pub(super) struct Machines {
    folder: PathBuf,
    tools: Tools,
    addresses: Addresses,
    pub(super) webhook: Webhook,
    services: Vec<Option<Server>>,
    text: Option<Server>,
    _native: Server,
    _victoria: Server,
    _alertmanager: Server,
    _gateway: Server,
}

struct Addresses {
    services: Vec<SocketAddr>,
    text: SocketAddr,
    native: SocketAddr,
    victoria: SocketAddr,
    alertmanager: SocketAddr,
    gateway: SocketAddr,
}

impl Machines {
    /// Starts everything; `folder` has `sla.toml` and `rules.yml`.
    pub(super) fn start(tools: Tools, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let addresses = Addresses::free()?;
        let webhook = Webhook::spawn()?;
        for job in ["text", "native"] {
            fs::write(folder.join(format!("{job}.yml")), addresses.prometheus_yml(job))?;
        }
        fs::write(folder.join("alertmanager.yml"), alertmanager_yml(&webhook))?;

        let mut victoria = Server::command("victoria-metrics");
        victoria.arg(format!("-storageDataPath={}", folder.join("victoria").display()));
        victoria.arg(format!("-httpListenAddr={}", addresses.victoria));
        // It waits so long for late samples before it answers with them.
        victoria.arg("-search.latencyOffset=0s");
        let ready = format!("http://{}/health", addresses.victoria);
        let victoria = Server::spawn("victoria-metrics", victoria, folder, &ready)?;

        let mut gateway = Server::command("prometheus-pushgateway");
        gateway.arg(format!("--web.listen-address={}", addresses.gateway));
        // Debian's keeps what it has, wherever it is started.
        gateway.arg(format!("--persistence.file={}", folder.join("gateway.db").display()));
        let ready = format!("http://{}/-/ready", addresses.gateway);
        let gateway = Server::spawn("pushgateway", gateway, folder, &ready)?;

        let mut alertmanager = Server::command("prometheus-alertmanager");
        alertmanager.arg(format!("--config.file={}", folder.join("alertmanager.yml").display()));
        alertmanager.arg(format!("--storage.path={}", folder.join("alertmanager").display()));
        alertmanager.arg(format!("--web.listen-address={}", addresses.alertmanager));
        alertmanager.arg("--cluster.listen-address=");
        let ready = format!("http://{}/-/ready", addresses.alertmanager);
        let alertmanager = Server::spawn("alertmanager", alertmanager, folder, &ready)?;

        let native = prometheus(folder, "native", addresses.native)?;
        let text = prometheus(folder, "text", addresses.text)?;
        let mut machines = Machines {
            folder: folder.to_owned(),
            tools,
            addresses,
            webhook,
            services: Vec::new(),
            text: Some(text),
            _native: native,
            _victoria: victoria,
            _alertmanager: alertmanager,
            _gateway: gateway,
        };
        for index in 0..SERVICES.len() {
            let service = machines.service(index)?;
            machines.services.push(Some(service));
        }
        Ok(machines)
    }

    /// The Prometheus that scrapes text, and has the rules.
    pub(super) fn text(&self) -> String {
        format!("http://{}", self.addresses.text)
    }

    /// The Prometheus that scrapes native histograms.
    pub(super) fn native(&self) -> String {
        format!("http://{}", self.addresses.native)
    }

    /// What the services write to.
    pub(super) fn victoria(&self) -> String {
        format!("http://{}", self.addresses.victoria)
    }

    pub(super) fn gateway(&self) -> String {
        format!("http://{}", self.addresses.gateway)
    }

    /// The address of a service, which is its label `instance` too.
    pub(super) fn instance(&self, index: usize) -> String {
        self.addresses.services[index].to_string()
    }

    /// Says a line to one service.
    pub(super) fn tell(&mut self, index: usize, line: &str) -> Result<(), Box<dyn Error>> {
        let service = self.services[index].as_mut().and_then(Server::stdin);
        Ok(writeln!(service.ok_or("the service has ended")?, "{line}")?)
    }

    /// Says a line to all of them.
    pub(super) fn tell_all(&mut self, line: &str) -> Result<(), Box<dyn Error>> {
        (0..SERVICES.len()).try_for_each(|index| self.tell(index, line))
    }

    /// Ends one service, which first writes what it has not written yet.
    pub(super) fn stop_service(&mut self, index: usize) -> Result<(), Box<dyn Error>> {
        self.services[index].take().ok_or("the service has ended")?.close()
    }

    /// Starts it again, with nothing measured.
    pub(super) fn start_service(&mut self, index: usize) -> Result<(), Box<dyn Error>> {
        self.services[index] = Some(self.service(index)?);
        Ok(())
    }

    /// Ends the Prometheus with the rules, and starts it again on its data.
    pub(super) fn restart_prometheus(&mut self) -> Result<(), Box<dyn Error>> {
        self.text.take().ok_or("it has ended")?.terminate()?;
        self.text = Some(prometheus(&self.folder, "text", self.addresses.text)?);
        Ok(())
    }

    /// One more Prometheus, which takes the first service for `count` of them, and has the rules; where it is.
    pub(super) fn spawn_many(&self, count: usize) -> Result<(Server, String), Box<dyn Error>> {
        let address = free_address()?;
        let mut text = "global:\n  scrape_interval: 15s\n  evaluation_interval: 15s\nrule_files: [rules.yml]\n\
                        scrape_configs:\n  - job_name: fleet\n    static_configs:\n"
            .to_owned();
        for number in 0..count {
            let service = self.addresses.services[0];
            text += &format!(
                "      - targets: ['{service}']\n        labels: {{instance: 'copy-{number}'}}\n"
            );
        }
        text += &format!(
            "  - job_name: prometheus\n    static_configs:\n      - targets: ['{address}']\n"
        );
        fs::write(self.folder.join("many.yml"), text)?;
        Ok((prometheus(&self.folder, "many", address)?, format!("http://{address}")))
    }

    fn service(&self, index: usize) -> Result<Server, Box<dyn Error>> {
        let ((name, rate, passages), address) = (SERVICES[index], self.addresses.services[index]);
        let mut command = Command::new(&self.tools.service);
        command.stdin(Stdio::piped());
        command.args(["--listen", &address.to_string(), "--instance", &address.to_string()]);
        command.args(["--rate", &rate.to_string(), "--passages", &passages.to_string()]);
        command.args(["--remote-write", &format!("{}/api/v1/write", self.victoria())]);
        command.args(["--pushgateway", &self.gateway()]);
        command.arg("--sla").arg(self.folder.join("sla.toml"));
        Server::spawn(name, command, &self.folder, &format!("http://{address}/healthz"))
    }
}

impl Addresses {
    fn free() -> Result<Self, Box<dyn Error>> {
        Ok(Addresses {
            services: SERVICES.iter().map(|_| free_address()).collect::<Result<_, _>>()?,
            text: free_address()?,
            native: free_address()?,
            victoria: free_address()?,
            alertmanager: free_address()?,
            gateway: free_address()?,
        })
    }

    fn prometheus_yml(&self, name: &str) -> String {
        let targets: Vec<_> = self.services.iter().map(|address| format!("'{address}'")).collect();
        let mut text = format!(
            "global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\nscrape_configs:\n  - job_name: fleet\n    \
             static_configs:\n      - targets: [{}]\n",
            targets.join(", ")
        );
        if name == "text" {
            text += &format!(
                "  - job_name: prometheus\n    static_configs:\n      - targets: ['{}']\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n    - static_configs:\n        - targets: \
                 ['{}']\n",
                self.text, self.alertmanager
            );
        }
        text
    }
}

fn prometheus(folder: &Path, name: &str, address: SocketAddr) -> Result<Server, Box<dyn Error>> {
    let mut command = Server::command("prometheus");
    command.arg(format!("--config.file={}", folder.join(format!("{name}.yml")).display()));
    command.arg(format!("--storage.tsdb.path={}", folder.join(format!("{name}-data")).display()));
    command.arg(format!("--web.listen-address={address}"));
    if name == "native" {
        command.arg("--enable-feature=native-histograms");
    }
    let server = format!("prometheus-{name}");
    Server::spawn(&server, command, folder, &format!("http://{address}/-/ready"))
}

fn alertmanager_yml(webhook: &Webhook) -> String {
    format!(
        "route:\n  receiver: webhook\n  group_by: [alertname]\n  group_wait: 1s\n  group_interval: 1s\n  \
         repeat_interval: 1h\nreceivers:\n  - name: webhook\n    webhook_configs:\n      - url: '{}'\n        \
         send_resolved: true\n",
        webhook.url()
    )
}
