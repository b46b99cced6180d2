//! One service of a fleet: it searches a text for somebody, is scraped, writes to a remote server, and can be told
//! to become slow. `cargo xtask fleet` starts three of them.
//!
//! ```sh
//! cargo run --release -p perfkit --features full,server --example fleet_service -- \
//!     --listen 127.0.0.1:9464 --sla sla.toml --rate 50 --passages 400
//! ```
//!
//! It reads lines from standard input: `slow` (every request searches 30 times as much), `normal`, `pause`,
//! `resume`, `report FILE` (what was measured, exactly, as JSON). At the end of the input it ends.

mod traffic;
mod work;

use perfkit::alert::Monitoring;
use perfkit::export::prometheus::Exposition;
use perfkit::export::push::{Pushgateway, RemoteWrite};
use perfkit::report::Report;
use perfkit::resources::{SamplerConfig, spawn_sampler};
use perfkit::sla::SlaConfig;
use perfkit::{Profiler, Server};
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;
use traffic::Traffic;
use work::Library;

struct Options {
    listen: String,
    sla: PathBuf,
    remote_write: Option<String>,
    pushgateway: Option<String>,
    instance: String,
    rate: f64,
    passages: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let profiler = Profiler::builder().overall_operation("answer").build();
    let sla = SlaConfig::from_path(&options.sla)?;
    sla.watch(&profiler)?;
    let exposition = Exposition::new().with_sla(&sla);
    let _sampler = spawn_sampler(&profiler, SamplerConfig::new())?;
    let _timeline = profiler.spawn_timeline()?;
    let server = Server::new(&profiler).sla(sla.clone()).with_timeline().spawn(&options.listen)?;
    let writing = match &options.remote_write {
        Some(url) => Some(
            RemoteWrite::to(url)?
                .exposition(exposition.clone())
                .label("job", "fleet")?
                .label("instance", &options.instance)?
                .interval(Duration::from_secs(1))
                .spawn(&profiler)?,
        ),
        None => None,
    };
    // Who is to be told stands in the file, too, if anybody is.
    let monitoring = match sla.handlers() {
        [] => None,
        _ => Some(
            Monitoring::from_sla(&profiler, &sla)?
                .label("instance", &options.instance)
                .interval(Duration::from_secs(1))
                .spawn_monitoring()?,
        ),
    };
    println!("{} answers at http://{}/metrics", options.instance, server.local_addr());

    let traffic = Traffic::spawn(&profiler, Library::new(options.passages), options.rate);
    for line in std::io::stdin().lines() {
        let line = line?;
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("slow", _) => traffic.set_effort(30),
            ("normal", _) => traffic.set_effort(1),
            ("pause", _) => traffic.pause(true),
            ("resume", _) => traffic.pause(false),
            ("report", path) => {
                let lifetime = profiler.lifetime();
                Report::new(&lifetime).with_sla(&sla.evaluate(&lifetime)).write_json(path)?;
            }
            _ => eprintln!("{line:?} is none of slow, normal, pause, resume, report FILE"),
        }
    }
    // First the work, so that what is flushed is all there was.
    drop(traffic);
    server.stop();
    if let Some(monitoring) = monitoring {
        println!("{:?}", monitoring.stop());
    }
    if let Some(writing) = writing {
        println!("{:?}", writing.stop());
    }
    if let Some(url) = &options.pushgateway {
        let gateway = Pushgateway::to(url, "fleet")?.grouping("instance", &options.instance)?;
        gateway.exposition(exposition).push(&profiler.lifetime())?;
    }
    Ok(())
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        listen: "127.0.0.1:9464".to_owned(),
        sla: PathBuf::new(),
        remote_write: None,
        pushgateway: None,
        instance: "fleet-0".to_owned(),
        rate: 50.0,
        passages: 400,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--listen" => options.listen = value,
            "--sla" => options.sla = value.into(),
            "--remote-write" => options.remote_write = Some(value),
            "--pushgateway" => options.pushgateway = Some(value),
            "--instance" => options.instance = value,
            "--rate" => options.rate = value.parse()?,
            "--passages" => options.passages = value.parse()?,
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    Ok(options)
}
