//! A web service on this machine that answers as it is told, connection by connection.

use crate::PATIENCE;
#[cfg(feature = "tls")]
use crate::certificate::Certificate;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// What the service does with one request.
#[derive(Clone)]
pub(crate) enum Play {
    /// Status line without the version, headers (each with its line end), body.
    Answer(&'static str, &'static str, String),
    /// Reads the request and closes.
    Close,
    /// Says what is no HTTP.
    Garbage,
    /// Says nothing until the sink is dropped.
    Hang,
    /// Says so much and never ends.
    Endless,
    /// 400 if the body holds this text, else 200.
    RefuseIf(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) authorization: String,
    pub(crate) body: serde_json::Value,
}

pub(crate) struct Sink {
    scheme: &'static str,
    address: SocketAddr,
    shared: Arc<Shared>,
    _hold: mpsc::Sender<()>,
}

struct Shared {
    plays: Mutex<Vec<Play>>,
    /// After those.
    then: Play,
    requests: Mutex<Vec<Request>>,
    held: Mutex<mpsc::Receiver<()>>,
}

impl Sink {
    /// Does this, in order, then always answers 200.
    pub(crate) fn play(plays: Vec<Play>) -> Self {
        Self::play_then(plays, Play::Answer("200 OK", "", "ok".to_owned()))
    }

    pub(crate) fn play_then(plays: Vec<Play>, then: Play) -> Self {
        Self::spawn("http", plays, then, serve)
    }

    /// Answers 200, over TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn encrypted(certificate: &Certificate) -> Self {
        let config = certificate.server();
        let well = Play::Answer("200 OK", "", "ok".to_owned());
        Self::spawn("https", Vec::new(), well, move |stream, shared| {
            let tls =
                rustls::ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
            serve(rustls::StreamOwned::new(tls, stream), shared)
        })
    }

    fn spawn(
        scheme: &'static str,
        plays: Vec<Play>,
        then: Play,
        serve: impl Fn(TcpStream, &Shared) -> std::io::Result<()> + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (hold, held) = mpsc::channel();
        let (plays, held) = (Mutex::new(plays), Mutex::new(held));
        let shared = Arc::new(Shared { plays, then, requests: Mutex::default(), held });
        let serves = Arc::downgrade(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), Some(shared)) = (stream, serves.upgrade()) else { return };
                let serve = serve.clone();
                thread::spawn(move || {
                    // A client may close whenever it likes.
                    let _ = stream
                        .set_read_timeout(Some(PATIENCE))
                        .and_then(|()| serve(stream, &shared));
                });
            }
        });
        Sink { scheme, address, shared, _hold: hold }
    }

    /// With user, password and path, none of which anybody is to see.
    pub(crate) fn url(&self) -> String {
        format!("{}://user:hunter2hunter2@{}/services/T0000/topsecret", self.scheme, self.address)
    }

    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // So that the listener's thread looks up.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: impl Read + Write, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("").to_owned();
    let (mut length, mut content_type, mut authorization) = (0, String::new(), String::new());
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "content-type" => content_type = value.trim().to_owned(),
            "authorization" => authorization = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let request = Request { at: Instant::now(), path, content_type, authorization, body };
    let play = {
        let mut plays = shared.plays.lock().unwrap();
        shared.requests.lock().unwrap().push(request);
        if plays.is_empty() { shared.then.clone() } else { plays.remove(0) }
    };
    let stream = reader.get_mut();
    let mut answer = |status: &str, headers: &str, body: &str| {
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
        )?;
        stream.flush()
    };
    match play {
        Play::Answer(status, headers, body) => answer(status, headers, &body),
        Play::RefuseIf(part) if text.contains(part) => answer("400 Bad Request", "", "bad label"),
        Play::RefuseIf(_) => answer("200 OK", "", ""),
        Play::Close => Ok(()),
        Play::Garbage => stream.write_all(b"\x00\x01 what? \r\n\r\n"),
        Play::Hang => {
            let _ = shared.held.lock().unwrap().recv_timeout(Duration::from_secs(120));
            Ok(())
        }
        Play::Endless => {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[b'x'; 65_536])?;
            }
        }
    }
}
