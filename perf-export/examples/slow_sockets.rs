//! How long a scrape takes while hundreds of sockets hold connections and never end their request, ask once and stay,
//! or ask for a page and do not wait for it.
//!
//! ```text
//! cargo run --release -p perf-export --features server --example slow_sockets -- [SOCKETS] [SCRAPES]
//! ```
//!
//! A socket that is closed is opened anew; of those that do not wait, all are, all the time. Each scrape has a connection of its own.

use perf_core::Profiler;
use perf_export::server::MetricsServer;
use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

const SCRAPE: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

/// What a socket sends, and whether it stays then.
type Attack = (&'static str, &'static [u8], bool);

const HALF: Attack = ("with half a request", b"GET /metrics HTTP/1.1", true);
const ASKED: Attack = ("that asked once", b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n", true);
const GONE: Attack = ("that do not wait", b"GET /page HTTP/1.1\r\nHost: here\r\n\r\n", false);

/// The time that a page takes to render.
const RENDER: Duration = Duration::from_millis(8);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| match arguments.next() {
        Some(text) => text.parse(),
        None => Ok(default),
    };
    let (sockets, scrapes) = (number(500)?, number(200)?);
    let profiler = Profiler::new();
    for operation in 0..100 {
        let operation = profiler.operation(&format!("operation {operation}"));
        (1..=1_000).for_each(|micros| operation.record(Duration::from_micros(micros * 50)));
    }
    for (title, most, attacks) in [
        ("128 connections at most", 128, &[HALF, ASKED, GONE][..]),
        ("all of them held", sockets + 10, &[HALF]),
    ] {
        let server = MetricsServer::new(&profiler)
            .max_connections(most)
            .route("/page", "text/plain", || {
                thread::sleep(RENDER);
                Ok("x".repeat(200_000))
            })
            .spawn("127.0.0.1:0")?;
        let address = server.local_addr();
        say(title, "no slow sockets", measured(address, scrapes)?);
        for attack in attacks {
            let (over, opened) = (AtomicBool::new(false), AtomicUsize::new(0));
            let times = thread::scope(|scope| {
                scope.spawn(|| hold(address, sockets, *attack, &opened, &over));
                while opened.load(Relaxed) < sockets {
                    thread::yield_now();
                }
                let (before, begun) = (opened.load(Relaxed), Instant::now());
                let times = measured(address, scrapes);
                let a_second =
                    (opened.load(Relaxed) - before) as f64 / begun.elapsed().as_secs_f64();
                println!("{a_second:.0} opened a second");
                over.store(true, Relaxed);
                times
            })?;
            say(title, &format!("{sockets} sockets {}", attack.0), times);
        }
    }
    Ok(())
}

/// Keeps so many sockets open.
fn hold(
    address: SocketAddr,
    sockets: usize,
    (_, request, stays): Attack,
    opened: &AtomicUsize,
    over: &AtomicBool,
) {
    let open = || -> Option<TcpStream> {
        let mut socket = TcpStream::connect(address).ok()?;
        socket.write_all(request).ok()?;
        socket.set_nonblocking(true).ok()?;
        opened.fetch_add(1, Relaxed);
        Some(socket)
    };
    let mut held: Vec<Option<TcpStream>> = (0..sockets).map(|_| open()).collect();
    while !over.load(Relaxed) {
        for place in &mut held {
            let is_open = place.as_mut().is_some_and(|socket| match socket.read(&mut [0; 1_024]) {
                Ok(length) => length > 0,
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            });
            if !is_open || !stays {
                *place = open();
            }
        }
        // An attack that never rests would measure the processors, and not the server.
        thread::park_timeout(Duration::from_millis(10));
    }
}

/// Sorted.
fn measured(address: SocketAddr, scrapes: usize) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::new();
    let mut answer = Vec::new();
    for _ in 0..scrapes {
        let begun = Instant::now();
        let mut client = TcpStream::connect(address)?;
        client.write_all(SCRAPE)?;
        answer.clear();
        client.read_to_end(&mut answer)?;
        times.push(begun.elapsed());
        if !answer.starts_with(b"HTTP/1.1 200 OK\r\n") {
            return Err(String::from_utf8_lossy(&answer).into());
        }
    }
    times.sort_unstable();
    Ok(times)
}

fn say(title: &str, what: &str, times: Vec<Duration>) {
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{title}, {what}: p50 {:.1?}, p99 {:.1?}, max {:.1?}", at(0.5), at(0.99), at(1.0));
}
