//! HTTPS, with a server that is not ours, where `openssl` and `python3` are on PATH.

use perf_core::Profiler;
use perf_export::push::{Endpoint, Pushgateway};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SERVER: &str = r#"
import http.server, ssl, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(202)
        self.end_headers()
    def log_message(self, *arguments):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

/// A certificate of an authority, and one of a server that it vouches for.
fn make_certificates(folder: &Path) -> bool {
    let run = |arguments: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        openssl.status().is_ok_and(|status| status.success())
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    let request = |arguments: &[&str]| run(&[&["req"], &key[..], arguments].concat());
    request(&["-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority"])
        && request(
            &[
                &["-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key"][..],
                &["-out", "server.pem", "-subj", "/CN=server", "-addext"],
                &["subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
            ]
            .concat(),
        )
}

/// Ends with the test.
struct Python(Child);

impl Drop for Python {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_server_is_trusted_by_its_authority_and_by_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let is_made = make_certificates(folder.path());
    let mut python = Command::new("python3");
    python.args(["-c", SERVER]).current_dir(folder.path()).stdout(Stdio::piped());
    let process = is_made.then(|| python.spawn().ok()).flatten();
    let Some(mut process) = process.map(Python) else {
        println!("skipped: openssl (3.0 or newer) or python3 is not on PATH");
        return;
    };
    let mut port = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let url = format!("https://127.0.0.1:{}", port.trim());
    let endpoint = || Endpoint::new(&url).unwrap().timeout(Duration::from_secs(60));
    let push = |endpoint: Endpoint, seconds| {
        let gateway = Pushgateway::at(endpoint, "job").unwrap();
        gateway.deadline(Duration::from_secs(seconds)).push(&Profiler::new().lifetime())
    };
    let authority = fs::read(folder.path().join("ca.pem")).unwrap();
    push(endpoint().trust(&authority).unwrap(), 60).unwrap();
    let stranger = push(endpoint(), 1).unwrap_err().to_string();
    assert!(stranger.contains("certificate"), "{stranger}");
}
