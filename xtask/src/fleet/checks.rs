//! What is claimed of the fleet, one after the other.

use super::machines::{Machines, SERVICES};
use super::table::Table;
use crate::servers::{Http, Sample, until};
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Between two scrapes there is a second; after so long everybody has seen what was last.
const SETTLED: Duration = Duration::from_secs(4);
const NORMAL: Duration = Duration::from_secs(75);
/// Services that one more Prometheus is to think it scrapes, and for how long.
const COPIES: usize = 500;
const MANY: Duration = Duration::from_secs(120);
const PATIENCE: Duration = Duration::from_secs(180);

pub(super) struct Checks<'a> {
    machines: &'a mut Machines,
    table: &'a mut Table,
    folder: &'a Path,
    perfkit: &'a Path,
    http: Http,
}

impl<'a> Checks<'a> {
    pub(super) fn new(
        machines: &'a mut Machines,
        table: &'a mut Table,
        folder: &'a Path,
        perfkit: &'a Path,
    ) -> Self {
        Checks { machines, table, folder, perfkit, http: Http::new() }
    }

    pub(super) fn run(&mut self) -> Result<(), Box<dyn Error>> {
        println!("normal traffic for {} s", NORMAL.as_secs());
        thread::sleep(NORMAL);
        self.exposition()?;
        self.dashboard()?;
        self.figures()?;
        self.quiet("first", "normal traffic")?;
        self.percentiles()?;
        self.objective()?;
        self.machines.tell_all("resume")?;
        self.alert()?;
        self.restart_of_a_service()?;
        self.restart_of_prometheus()?;
        self.many()
    }

    /// Pauses the traffic, has all written and scraped, and holds every counter against the services' own.
    fn quiet(&mut self, name: &str, when: &str) -> Result<(), Box<dyn Error>> {
        self.machines.tell_all("pause")?;
        thread::sleep(SETTLED);
        self.reports(name)?;
        thread::sleep(SETTLED);
        let engines = [
            ("Prometheus, text", self.machines.text()),
            ("Prometheus, native histograms", self.machines.native()),
            ("VictoriaMetrics, remote write", self.machines.victoria()),
        ];
        for (engine, url) in engines {
            let (mut same, mut seen) = (0, 0);
            for (index, (service, ..)) in SERVICES.iter().enumerate() {
                let counters = self.own_counters(name, index)?;
                if counters.iter().map(|(_, own)| own).sum::<f64>() <= 0.0 {
                    return Err(format!("{service} has counted nothing").into());
                }
                for (expression, own) in counters {
                    seen += 1;
                    // Both outcomes have a series, also where nothing failed.
                    let theirs = match self.http.query(&url, &expression)?.as_slice() {
                        [one] => one.value,
                        _ => f64::NAN,
                    };
                    if theirs == own {
                        same += 1;
                    } else {
                        println!("     {engine}: {expression} is {theirs}, our own {own}");
                    }
                }
            }
            let claim = format!("counters after {when}: {engine}");
            let expected = "equal to the services' own, exactly";
            self.table.row(
                same == seen && seen > 0,
                claim,
                expected,
                format!("{same} of {seen} equal"),
            );
        }
        Ok(())
    }

    /// Has every service write what it measured.
    fn reports(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        for index in 0..SERVICES.len() {
            let path = self.report_path(name, index);
            let _ = fs::remove_file(&path);
            self.machines.tell(index, &format!("report {}", path.display()))?;
            let text = || serde_json::from_slice::<Value>(&fs::read(&path).ok()?).ok();
            until(&format!("{} is written", path.display()), PATIENCE, text)?;
        }
        Ok(())
    }

    fn report_path(&self, name: &str, index: usize) -> PathBuf {
        self.folder.join(format!("{name}-{}.json", SERVICES[index].0))
    }

    fn report(&self, name: &str, index: usize) -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_slice(&fs::read(self.report_path(name, index))?)?)
    }

    /// Expressions, and what the service itself says that they are.
    fn own_counters(&self, name: &str, index: usize) -> Result<Vec<(String, f64)>, Box<dyn Error>> {
        let report = self.report(name, index)?;
        let instance = self.machines.instance(index);
        let mut counters = Vec::new();
        for operation in report["operations"].as_array().ok_or("a report has operations")? {
            let called = operation["name"].as_str().ok_or("an operation has a name")?;
            for (status, key) in [("success", "successes"), ("error", "failures")] {
                let labels =
                    format!("instance=\"{instance}\",operation=\"{called}\",status=\"{status}\"");
                let own = operation[key].as_f64().ok_or("an operation has counts")?;
                counters.push((format!("perf_operation_requests_total{{{labels}}}"), own));
            }
        }
        for check in report["verdict"]["checks"].as_array().ok_or("a report has checks")? {
            let (path, samples) = (check["path"].as_str(), check["samples"].as_f64());
            let bad = check["bad_at_most"].as_f64();
            let (Some(path), Some(samples), Some(bad)) = (path, samples, bad) else { continue };
            let labels = format!("instance=\"{instance}\",sla=\"{path}\"");
            counters.push((format!("perf_sla_events_total{{{labels}}}"), samples));
            counters.push((format!("perf_sla_good_total{{{labels}}}"), samples - bad));
        }
        Ok(counters)
    }

    fn exposition(&mut self) -> Result<(), Box<dyn Error>> {
        let body = self.http.get(&format!("http://{}/metrics", self.machines.instance(0)))?;
        let mut promtool = Command::new("promtool");
        promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut promtool = promtool.stderr(Stdio::piped()).spawn()?;
        promtool.stdin.take().ok_or("it has an input")?.write_all(body.as_bytes())?;
        let output = promtool.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        let seen = if said.is_empty() { "nothing to say".to_owned() } else { said };
        let claim = "`promtool check metrics` on a service";
        self.table.row(output.status.success() && seen == "nothing to say", claim, "clean", seen);
        Ok(())
    }

    /// What it costs: figures, not claims.
    fn figures(&mut self) -> Result<(), Box<dyn Error>> {
        let metrics = format!("http://{}/metrics", self.machines.instance(0));
        let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
        let bytes = [
            ("text", self.http.size(&metrics, "text/plain", "identity")?),
            ("text, gzip", self.http.size(&metrics, "text/plain", "gzip")?),
            ("protobuf with native histograms", self.http.size(&metrics, protobuf, "identity")?),
        ];
        let bytes: Vec<_> =
            bytes.iter().map(|(what, size)| format!("{size} bytes of {what}")).collect();
        self.table.figure("one scrape of a service", bytes.join(", "));
        for (what, url) in [("text", self.machines.text()), ("native", self.machines.native())] {
            let series = "max(scrape_samples_post_metric_relabeling{job=\"fleet\"})";
            let series = self.http.number(&url, series)?;
            let time = self.http.number(&url, "avg(scrape_duration_seconds{job=\"fleet\"})")?;
            let figures = format!("{series} series, {}", ms(time));
            self.table.figure(format!("scraped as {what}, a service"), figures);
        }
        let text = self.machines.text();
        let rules = self.http.number(&text, "sum(prometheus_rule_group_rules)")?;
        let time = "sum(avg_over_time(prometheus_rule_group_last_duration_seconds[30s]))";
        let time = self.http.number(&text, time)?;
        self.table.figure("one evaluation of all rules", format!("{rules} rules, {}", ms(time)));
        Ok(())
    }

    /// Every query of the dashboard, with its variables at "all", in both engines.
    fn dashboard(&mut self) -> Result<(), Box<dyn Error>> {
        let text = fs::read_to_string(self.folder.join("dashboard.json"))?;
        let dashboard: Value = serde_json::from_str(&text)?;
        let mut expressions = Vec::new();
        expressions_in(&dashboard, &mut expressions);
        for (engine, url) in
            [("Prometheus", self.machines.text()), ("VictoriaMetrics", self.machines.victoria())]
        {
            let mut empty = Vec::new();
            for (title, expression) in &expressions {
                let expression = expression
                    .replace("$__rate_interval", "15s")
                    .replace("$__interval", "15s")
                    .replace("$__range", "60s")
                    .replace("${datasource}", "prometheus");
                let expression =
                    ["job", "instance", "operation"].iter().fold(expression, |text, name| {
                        text.replace(&format!("${{{name}}}"), ".+")
                            .replace(&format!("${name}"), ".+")
                    });
                match self.http.query(&url, &expression) {
                    Ok(series) if !series.is_empty() => {}
                    Ok(_) => empty.push(title.clone()),
                    Err(error) => empty.push(format!("{title}: {error}")),
                }
            }
            let expected = "every query has data";
            let seen = match empty.as_slice() {
                [] => format!("{} of {}", expressions.len(), expressions.len()),
                _ => format!("without: {}", empty.join("; ")),
            };
            self.table.row(empty.is_empty(), format!("the dashboard in {engine}"), expected, seen);
        }
        Ok(())
    }

    /// The p95 of the fleet by PromQL, and by merging what the three measured.
    fn percentiles(&mut self) -> Result<(), Box<dyn Error>> {
        let merged = self.merged()?;
        let answer = operation(&merged, "answer").ok_or("there were answers")?;
        let exact = answer["p95_ns"].as_f64().ok_or("it has a p95")? / 1e9;

        let buckets = "sum by (le) (perf_operation_duration_seconds_bucket{operation=\"answer\"})";
        let edges = self.http.query(&self.machines.text(), buckets)?;
        let edge = |sample: &Sample| sample.labels.get("le")?.parse::<f64>().ok();
        let mut edges: Vec<f64> = edges.iter().filter_map(edge).collect();
        edges.sort_by(f64::total_cmp);
        let upper = edges.partition_point(|edge| *edge < exact);
        let (lower, upper) =
            (if upper == 0 { 0.0 } else { edges[upper - 1] }, edges.get(upper).copied());
        let upper = upper.unwrap_or(f64::INFINITY);
        let classic = self
            .http
            .number(&self.machines.text(), &format!("histogram_quantile(0.95, {buckets})"))?;
        // Ours is right within 1/128 itself.
        let holds =
            classic >= lower * (1.0 - 1.0 / 128.0) && classic <= upper * (1.0 + 1.0 / 128.0);
        let expected =
            format!("in the bucket of the exact {}: {} to {}", ms(exact), ms(lower), ms(upper));
        self.table.row(holds, "p95 of the fleet, classic buckets", expected, ms(classic));

        let native =
            "histogram_quantile(0.95, sum(perf_operation_duration_seconds{operation=\"answer\"}))";
        let native = self.http.number(&self.machines.native(), native)?;
        let error = native / exact - 1.0;
        let expected = format!("within 10 % of the exact {} (schema 3 or finer)", ms(exact));
        let seen = format!("{}, {:+.1} %", ms(native), error * 100.0);
        self.table.row(error.abs() <= 0.10, "p95 of the fleet, native histograms", expected, seen);
        Ok(())
    }

    /// The share of good events of the fleet as the rules record it, and as it was.
    fn objective(&mut self) -> Result<(), Box<dyn Error>> {
        let (mut good, mut events) = (0.0, 0.0);
        for index in 0..SERVICES.len() {
            for (expression, own) in self.own_counters("first", index)? {
                if expression.contains("objectives.fast answers") {
                    let sum = if expression.contains("good") { &mut good } else { &mut events };
                    *sum += own;
                }
            }
        }
        let exact = good / events;
        let recorded = "1 - perf_sla:error_ratio:increase1h{sla=\"objectives.fast answers\"}";
        let recorded = self.http.number(&self.machines.text(), recorded)?;
        let error = recorded / exact - 1.0;
        let expected = format!("within 1 % of the exact {:.3} %", exact * 100.0);
        let seen = format!("{:.3} %, {:+.2} %", recorded * 100.0, error * 100.0);
        self.table.row(error.abs() <= 0.01, "share of fast answers, recorded", expected, seen);
        Ok(())
    }

    /// One service degrades and recovers.
    fn alert(&mut self) -> Result<(), Box<dyn Error>> {
        // Those since the start: all has been well so far.
        thread::sleep(Duration::from_secs(20));
        let early: Vec<_> = self.machines.webhook.bodies().iter().flat_map(titles).collect();
        let seen = if early.is_empty() { "none".to_owned() } else { early.join(", ") };
        self.table.row(early.is_empty(), "alerts while all is well", "none", seen);
        // After so many that were there before.
        let arrives = |machines: &Machines, before: usize, status: &str| {
            let body = |body: &Value| {
                body["status"] == status && titles(body).iter().any(|title| title == "slow answers")
            };
            machines.webhook.bodies()[before..].iter().any(body).then_some(())
        };
        println!("{} becomes slow", SERVICES[2].0);
        let before = self.machines.webhook.bodies().len();
        self.machines.tell(2, "slow")?;
        let start = Instant::now();
        until("the alert fires", PATIENCE, || arrives(self.machines, before, "firing"))?;
        let seen = format!("at the webhook after {:.0} s", start.elapsed().as_secs_f64());
        self.table.row(true, "one service becomes slow", "the alert fires", seen);
        let before = self.machines.webhook.bodies().len();
        self.machines.tell(2, "normal")?;
        let start = Instant::now();
        until("the alert is resolved", PATIENCE, || arrives(self.machines, before, "resolved"))?;
        let seen = format!("at the webhook after {:.0} s", start.elapsed().as_secs_f64());
        self.table.row(true, "it recovers", "the alert is resolved", seen);
        Ok(())
    }

    /// A service ends and begins anew: what it counted is where it was written to.
    fn restart_of_a_service(&mut self) -> Result<(), Box<dyn Error>> {
        self.quiet("before", "one was slow")?;
        let own = self.own_counters("before", 1)?;
        self.machines.stop_service(1)?;
        let instance = self.machines.instance(1);
        let pushed = self.http.get(&format!("{}/metrics", self.machines.gateway()))?;
        let answers = operation(&self.report("before", 1)?, "answer")
            .and_then(|answer| answer["successes"].as_u64())
            .ok_or("there were answers")?;
        let is_pushed = pushed.lines().any(|line| {
            line.starts_with("perf_operation_requests_total{")
                && line.contains(&instance)
                && line.contains("operation=\"answer\"")
                && line.contains("status=\"success\"")
                && line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok())
                    == Some(answers as f64)
        });
        let seen = if is_pushed { "there" } else { "not there" };
        let claim = "what a service pushes at its end, in the Pushgateway";
        self.table.row(is_pushed, claim, format!("its {answers} answers"), seen);
        self.machines.start_service(1)?;
        thread::sleep(Duration::from_secs(15));
        // The new process counts from 0, and has not come that far.
        for (engine, url) in
            [("Prometheus", self.machines.text()), ("VictoriaMetrics", self.machines.victoria())]
        {
            let mut same = 0;
            for (expression, own) in &own {
                let most = self.http.query(&url, &format!("max_over_time({expression}[10m])"))?;
                same += usize::from(most.first().is_some_and(|one| one.value == *own));
            }
            let claim = format!("counters of a service that was restarted, {engine}");
            let seen = format!("{same} of {} equal", own.len());
            self.table.row(same == own.len(), claim, "what it had before is kept", seen);
        }
        self.quiet("after", "one was restarted")?;
        self.machines.tell_all("resume")
    }

    /// The Prometheus with the rules ends and begins anew.
    fn restart_of_prometheus(&mut self) -> Result<(), Box<dyn Error>> {
        // Of one time, so that what is scraped later makes up for nothing.
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let samples = format!(
            "sum(count_over_time(perf_operation_requests_total{{operation=\"answer\",status=\"success\"}}[10m] @ {now}))"
        );
        // It has been, once what was scraped until then is there.
        thread::sleep(SETTLED);
        let before = self.http.number(&self.machines.text(), &samples)?;
        self.machines.restart_prometheus()?;
        thread::sleep(SETTLED);
        let after = self.http.number(&self.machines.text(), &samples)?;
        let seen = format!("{before} before, {after} after");
        self.table.row(
            after == before && before > 0.0,
            "samples over a restart of Prometheus",
            "none is lost",
            seen,
        );
        self.quiet("last", "Prometheus was restarted")
    }

    /// What a Prometheus needs for many processes: figures, not claims.
    fn many(&mut self) -> Result<(), Box<dyn Error>> {
        println!("a Prometheus of {COPIES} services for {} s", MANY.as_secs());
        self.machines.tell_all("resume")?;
        let (_prometheus, url) = self.machines.spawn_many(COPIES)?;
        thread::sleep(MANY);
        let series = self.http.number(&url, "prometheus_tsdb_head_series")?;
        let bytes = self.http.number(&url, "process_resident_memory_bytes{job=\"prometheus\"}")?;
        let cores =
            self.http.number(&url, "rate(process_cpu_seconds_total{job=\"prometheus\"}[60s])")?;
        let rules = "sum(avg_over_time(prometheus_rule_group_last_duration_seconds[45s]))";
        let rules = self.http.number(&url, rules)?;
        let figures = format!(
            "{series} series, {:.0} MB resident, {cores:.2} cores; one evaluation of all rules {}",
            bytes / 1e6,
            ms(rules)
        );
        self.table
            .figure(format!("a Prometheus that scrapes {COPIES} services every 15 s"), figures);
        Ok(())
    }

    fn merged(&self) -> Result<Value, Box<dyn Error>> {
        let path = self.folder.join("merged.json");
        let mut command = Command::new(self.perfkit);
        command.args(["report", "merge"]);
        command.args((0..SERVICES.len()).map(|index| self.report_path("first", index)));
        let status = command.arg("--json").arg(&path).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err("perfkit report merge failed".into());
        }
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }
}

/// The expressions of all panels, with their titles.
fn expressions_in(value: &Value, found: &mut Vec<(String, String)>) {
    let panels = value["panels"].as_array().into_iter().flatten();
    for panel in panels {
        let title = panel["title"].as_str().unwrap_or("a panel without a title");
        for target in panel["targets"].as_array().into_iter().flatten() {
            if let Some(expression) = target["expr"].as_str() {
                found.push((title.to_owned(), expression.to_owned()));
            }
        }
        expressions_in(panel, found);
    }
}

fn operation<'r>(report: &'r Value, name: &str) -> Option<&'r Value> {
    report["operations"].as_array()?.iter().find(|operation| operation["name"] == name)
}

/// The names of the alerts of a notification.
fn titles(body: &Value) -> Vec<String> {
    let alerts = body["alerts"].as_array().into_iter().flatten();
    alerts.filter_map(|alert| Some(alert["labels"]["alertname"].as_str()?.to_owned())).collect()
}

fn ms(seconds: f64) -> String {
    format!("{:.2} ms", seconds * 1e3)
}
