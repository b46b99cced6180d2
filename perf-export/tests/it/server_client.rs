//! A client that sends what it is told, byte by byte, and reads what comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Long for a machine that does ten other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An answer, its head apart from its body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case, as `name: value`.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|line| line == header)
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.set_write_timeout(Some(PATIENCE)).unwrap();
    client
}

/// Asks for `path` on a connection of its own.
pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    get_with(address, path, "")
}

/// The same with more header lines, each with its end.
pub(crate) fn get_with(address: SocketAddr, path: &str, headers: &str) -> Answer {
    let head = format!("GET {path} HTTP/1.1\r\nHost: here\r\n{headers}\r\n");
    let mut client = connect(address);
    client.write_all(head.as_bytes()).unwrap();
    read_answer(&mut BufReader::new(client), true)
}

/// Sends all of this, and reads until the server closes; what cannot be sent is not.
pub(crate) fn send(address: SocketAddr, bytes: &[u8]) -> String {
    let mut client = connect(address);
    let _ = client.write_all(bytes);
    let _ = client.shutdown(Shutdown::Write);
    let mut all = Vec::new();
    // A reset is an answer too.
    let _ = client.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

/// Reads one answer; `has_body` is false for that to HEAD.
pub(crate) fn read_answer(stream: &mut impl BufRead, has_body: bool) -> Answer {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let first = line();
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status: {first:?}"));
    let mut headers = Vec::new();
    loop {
        match line() {
            end if end.is_empty() => break,
            header => {
                let (name, value) = header.split_once(": ").unwrap();
                headers.push(format!("{}: {value}", name.to_lowercase()));
            }
        }
    }
    let length = headers.iter().find_map(|line| line.strip_prefix("content-length: "));
    let length = if has_body { length.map_or(0, |length| length.parse().unwrap()) } else { 0 };
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    Answer { status, headers, body }
}
