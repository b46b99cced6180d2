//! The server over TLS, asked by rustls. A test's name is the claim.

use super::server_client::{connect, read_answer, send};
use perf_core::Profiler;
use perf_export::server::{MetricsServer, ServerError};
use rcgen::CertifiedKey;
use std::io::{BufReader, Write};
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
