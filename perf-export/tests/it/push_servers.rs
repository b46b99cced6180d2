//! What real servers have got, where they are on PATH: Debian's `prometheus`, `victoria-metrics` and
//! `prometheus-pushgateway`.

use super::exposition::{scraped, service};
use super::write_request::{Labels, expected};
use perf_core::Profiler;
use perf_export::prometheus::Exposition;
use perf_export::push::{Pushgateway, RemoteWrite};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a port of its own. It ends with the test.
struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    /// `None` where there is no such program. `{port}` and `{folder}` in arguments are its own.
    fn start(program: &str, arguments: &[&str], ready: &str) -> Option<Server> {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("empty.yml"), "{}\n").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let own = |argument: &&str| {
            let folder = folder.path().to_str().unwrap();
            argument.replace("{port}", &port.to_string()).replace("{folder}", folder)
        };
        let mut command = Command::new(program);
        command.args(arguments.iter().map(own)).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(process) = command.spawn() else {
            println!("skipped: {program} is not on PATH");
            return None;
        };
        let server = Server { process, port, _folder: folder };
        wait_for(|| server.try_get(ready));
        Some(server)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn try_get(&self, path: &str) -> Option<String> {
        ureq::get(self.url(path)).call().ok()?.body_mut().read_to_string().ok()
    }

    fn get(&self, path: &str) -> String {
        self.try_get(path).unwrap_or_else(|| panic!("no answer to {path}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn wait_for<T>(condition: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        match condition() {
            Some(value) => return value,
            None => assert!(began.elapsed() < PATIENCE, "not in {PATIENCE:?}"),
        }
        thread::park_timeout(Duration::from_millis(50));
    }
}

/// One spelling of every edge: some servers write them in their own way.
fn normal(samples: BTreeMap<Labels, f64>) -> BTreeMap<Labels, f64> {
    let spell = |(mut labels, value): (Labels, f64)| {
        if let Some(edge) = labels.get_mut("le") {
            *edge = edge.parse::<f64>().unwrap().to_string();
        }
        (labels, value)
    };
    samples.into_iter().map(spell).collect()
}

fn labels(object: &Value) -> Labels {
    let pairs = object.as_object().unwrap().iter();
    pairs.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn number(text: &Value) -> f64 {
    text.as_str().unwrap().parse().unwrap()
}

/// The answer to a query in PromQL.
fn vector(server: &Server, query: &str, time: SystemTime) -> BTreeMap<Labels, f64> {
    let time = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    let answer = server.get(&format!("/api/v1/query?query={query}&time={time:.3}"));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let results = answer["data"]["result"].as_array().unwrap().iter();
    results.map(|result| (labels(&result["metric"]), number(&result["value"][1]))).collect()
}

fn prometheus() -> Option<Server> {
    let arguments = [
        "--config.file={folder}/empty.yml",
        "--storage.tsdb.path={folder}/data",
        "--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
    ];
    Server::start("prometheus", &arguments, "/-/ready")
}

#[test]
fn prometheus_has_exactly_what_was_written() {
    let Some(server) = prometheus() else { return };
    let (snapshot, now) = (service().lifetime(), SystemTime::now());
    let write =
        RemoteWrite::to(&server.url("/api/v1/write")).unwrap().label("job", "shop").unwrap();
    write.deadline(PATIENCE).write(&snapshot, now).unwrap();
    let text = expected(&scraped(&Exposition::new(), &snapshot), &[("job", "shop")]);
    assert_eq!(vector(&server, "{job=%22shop%22}", now), text);
}

#[test]
fn in_prometheus_graphs_end_when_the_thread_does() {
    let Some(server) = prometheus() else { return };
    let profiler = Profiler::new();
    profiler.record("search", Duration::from_millis(20));
    let write =
        RemoteWrite::to(&server.url("/api/v1/write")).unwrap().label("job", "shop").unwrap();
    let write = write.interval(Duration::from_millis(50)).deadline(PATIENCE);
    let writing = write.spawn(&profiler).unwrap();
    let count = "perf_operation_duration_seconds_count";
    let seen = || vector(&server, count, SystemTime::now());
    assert_eq!(*wait_for(|| seen().into_values().next()).to_string(), *"1");
    let totals = writing.stop();
    assert_eq!((totals.unsent.samples, totals.refused.samples), (0, 0), "{totals:?}");
    let now = SystemTime::now() + Duration::from_secs(1);
    assert!(vector(&server, &format!("count_over_time({count}[1h])"), now).len() == 1);
    assert_eq!(vector(&server, "{job=%22shop%22}", now), BTreeMap::new());
}

#[test]
fn victoria_metrics_has_exactly_what_was_written() {
    let arguments = ["-storageDataPath={folder}", "-httpListenAddr=127.0.0.1:{port}"];
    let Some(server) = Server::start("victoria-metrics", &arguments, "/health") else { return };
    let (snapshot, now) = (service().lifetime(), SystemTime::now());
    let write =
        RemoteWrite::to(&server.url("/api/v1/write")).unwrap().label("job", "shop").unwrap();
    write.deadline(PATIENCE).write(&snapshot, now).unwrap();
    let text = expected(&scraped(&Exposition::new(), &snapshot), &[("job", "shop")]);
    let stored = wait_for(|| {
        server.get("/internal/force_flush");
        let lines = server.get("/api/v1/export?match[]={job=%22shop%22}");
        let samples = lines.lines().map(|line| {
            let series: Value = serde_json::from_str(line).unwrap();
            (labels(&series["metric"]), series["values"][0].as_f64().unwrap())
        });
        Some(samples.collect::<BTreeMap<_, _>>()).filter(|samples| samples.len() >= text.len())
    });
    assert_eq!(stored, text);
}

#[test]
fn a_pushgateway_has_exactly_what_was_pushed_until_it_is_deleted() {
    // Debian's would keep what it has for the next one.
    let arguments = ["--web.listen-address=127.0.0.1:{port}", "--persistence.file="];
    let Some(server) = Server::start("prometheus-pushgateway", &arguments, "/-/ready") else {
        return;
    };
    let snapshot = service().lifetime();
    let group = [("job", "nightly run"), ("path", "/var/tmp"), ("az", ""), ("up", "..")];
    let text = normal(expected(&scraped(&Exposition::new(), &snapshot), &group));
    let mut gateway = Pushgateway::to(&server.url("/"), group[0].1).unwrap().deadline(PATIENCE);
    for (name, value) in &group[1..] {
        gateway = gateway.grouping(name, value).unwrap();
    }
    gateway.push(&snapshot).unwrap();
    assert_eq!(normal(pushed(&server)), text);
    gateway.delete().unwrap();
    assert!(pushed(&server).is_empty());
    gateway.as_protobuf().add(&snapshot).unwrap();
    assert_eq!(normal(pushed(&server)), text);
}

/// What the gateway's own interface says that it has.
fn pushed(server: &Server) -> BTreeMap<Labels, f64> {
    let answer: Value = serde_json::from_str(&server.get("/api/v1/metrics")).unwrap();
    let mut samples = BTreeMap::new();
    for (family, content) in
        answer["data"].as_array().unwrap().iter().flat_map(|group| group.as_object().unwrap())
    {
        if family.starts_with("push_") {
            continue;
        }
        for metric in content["metrics"].as_array().into_iter().flatten() {
            let mut add = |suffix: &str, edge: Option<&str>, value: &Value| {
                let mut labels = labels(&metric["labels"]);
                labels.retain(|_, value| !value.is_empty());
                labels.insert("__name__".to_owned(), format!("{family}{suffix}"));
                labels.extend(edge.map(|edge| ("le".to_owned(), edge.to_owned())));
                samples.insert(labels, number(value));
            };
            match metric["buckets"].as_object() {
                Some(buckets) => {
                    buckets.iter().for_each(|(edge, count)| add("_bucket", Some(edge), count));
                    add("_bucket", Some("+Inf"), &metric["count"]);
                    add("_sum", None, &metric["sum"]);
                    add("_count", None, &metric["count"]);
                }
                None => add("", None, &metric["value"]),
            }
        }
    }
    samples
}
