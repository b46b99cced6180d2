//! A server that takes whatever is sent to it, and answers as it was told to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// As long as a busy machine may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Status(u16),
    /// A status, lines of the header, each with its end, and a body.
    Full(u16, &'static str, &'static str),
    /// Takes the request and says nothing.
    Hang,
    /// Takes the request and closes the connection.
    Close,
    /// What is no HTTP.
    Garbage,
}

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut of_name = self.headers.iter().filter(|(known, _)| known == name);
        let first = of_name.next().map(|(_, value)| value.as_str());
        assert!(of_name.next().is_none(), "{name} is there twice");
        first
    }
}

#[derive(Debug)]
pub(crate) struct HttpSink {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    received: Mutex<Vec<Received>>,
    changed: Condvar,
    /// The last one is for ever.
    replies: Mutex<VecDeque<Reply>>,
}

impl HttpSink {
    pub(crate) fn playing(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let replies = Mutex::new(replies.iter().copied().collect());
        let shared =
            Arc::new(Shared { received: Mutex::default(), changed: Condvar::new(), replies });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&served);
                thread::spawn(move || shared.serve(stream));
            }
        });
        HttpSink { port, shared }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Waits until what was received is enough.
    pub(crate) fn wait_until(&self, is_enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let began = Instant::now();
        let mut received = self.shared.received.lock().unwrap();
        while !is_enough(&received) {
            assert!(began.elapsed() < PATIENCE, "{} requests in {PATIENCE:?}", received.len());
            // It may ask for what changes without a request.
            let waited = self.shared.changed.wait_timeout(received, Duration::from_millis(20));
            received = waited.unwrap().0;
        }
        received.clone()
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut writer = stream;
        while let Some(request) = read_request(&mut reader) {
            let reply = {
                let mut replies = self.replies.lock().unwrap();
                if replies.len() > 1 { replies.pop_front().unwrap() } else { replies[0] }
            };
            self.received.lock().unwrap().push(request);
            self.changed.notify_all();
            let text = match reply {
                Reply::Status(204) => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
                Reply::Status(status) => {
                    format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n")
                }
                Reply::Full(status, headers, body) => {
                    let length = body.len();
                    format!(
                        "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n{body}"
                    )
                }
                Reply::Hang => {
                    // Until the client has gone.
                    let _ = reader.read(&mut [0]);
                    return;
                }
                Reply::Close => return,
                Reply::Garbage => "\u{1}\u{2}no HTTP\r\n\r\n".to_owned(),
            };
            if writer.write_all(text.as_bytes()).is_err() || matches!(reply, Reply::Garbage) {
                return;
            }
        }
    }
}

/// `None` when the client has gone.
fn read_request(reader: &mut impl BufRead) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received { method, path, headers, body: Vec::new(), at: Instant::now() };
    assert_eq!(request.header("transfer-encoding"), None, "older servers want a length");
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}
