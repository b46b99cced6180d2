//! The server over TLS, asked by rustls, and by curl where there is one. A test's name is the claim.

use super::server_client::{connect, read_answer, send};
use perf_core::Profiler;
use perf_export::server::{MetricsServer, ServerError};
use rcgen::CertifiedKey;
use std::io::{BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const HERE: &str = "127.0.0.1:0";

struct Pair {
    certificate: String,
    key: String,
    roots: RootCertStore,
}

fn pair() -> Pair {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    Pair { certificate: cert.pem(), key: signing_key.serialize_pem(), roots }
}

fn client(roots: RootCertStore, name: &'static str) -> ClientConnection {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), name.try_into().unwrap()).unwrap()
}

#[test]
fn a_client_that_trusts_the_certificate_is_answered_and_others_are_not() {
    let pair = pair();
    let server = MetricsServer::new(&Profiler::new())
        .tls(&pair.certificate, &pair.key)
        .bearer_token("s3cret")
        .spawn(HERE)
        .unwrap();
    let ask = |roots: RootCertStore, name| {
        let mut stream = StreamOwned::new(client(roots, name), connect(server.local_addr()));
        let head =
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n\r\n";
        stream.write_all(head.as_bytes())?;
        std::io::Result::Ok(read_answer(&mut BufReader::new(stream), true))
    };
    let answer = ask(pair.roots.clone(), "localhost").unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("perf_export_server_scrapes_total 1\n"));
    assert!(ask(RootCertStore::empty(), "localhost").is_err(), "nobody vouches for it");
    assert!(ask(pair.roots.clone(), "example.org").is_err(), "it is another's");
    // Without TLS there is no answer, and the next one with it is.
    let plain = send(server.local_addr(), b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(!plain.contains("HTTP"), "{plain}");
    assert_eq!(ask(pair.roots.clone(), "localhost").unwrap().status, 200);
}

#[test]
fn curl_is_answered_over_tls_when_it_trusts_the_certificate() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no curl");
        return;
    }
    let pair = pair();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, &pair.certificate).unwrap();
    let server =
        MetricsServer::new(&Profiler::new()).tls(&pair.certificate, &pair.key).spawn(HERE).unwrap();
    let port = server.local_addr().port();
    let curl = |arguments: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--max-time", "60"]);
        curl.args(["--resolve", &format!("localhost:{port}:127.0.0.1")]).args(arguments);
        let output = curl.arg(format!("https://localhost:{port}/healthz")).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let trusting = ["--cacert", authority.to_str().unwrap()];
    assert_eq!(curl(&trusting), (Some(0), "ok\n".to_owned()));
    let old = [&trusting[..], &["--tls-max", "1.2"]].concat();
    assert_eq!(curl(&old), (Some(0), "ok\n".to_owned()));
    // 60: nobody vouches for it.
    assert_eq!(curl(&[]), (Some(60), String::new()));
}

#[test]
fn slow_handshakes_do_not_keep_a_scrape_out() {
    let pair = pair();
    let server = MetricsServer::new(&Profiler::new())
        .tls(&pair.certificate, &pair.key)
        .max_connections(16)
        .spawn(HERE)
        .unwrap();
    let slow: Vec<_> = (0..100).map(|_| connect(server.local_addr())).collect();
    let tls = client(pair.roots, "localhost");
    let mut stream = StreamOwned::new(tls, connect(server.local_addr()));
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(read_answer(&mut BufReader::new(stream), true).status, 200);
    drop(slow);
}

#[test]
fn what_is_no_certificate_or_no_key_of_it_is_refused() {
    let (one, other) = (pair(), pair());
    let spawn = |certificate: &str, key: &str| {
        let server = MetricsServer::new(&Profiler::new()).tls(certificate, key);
        match server.spawn(HERE).unwrap_err() {
            ServerError::Tls(sentence) => sentence,
            other => panic!("{other}"),
        }
    };
    assert!(spawn("", &one.key).contains("-----BEGIN CERTIFICATE-----"));
    assert!(spawn(&one.certificate, "no key").contains("private key cannot be read"));
    assert!(spawn(&one.certificate, &other.key).contains("not for each other"));
}
