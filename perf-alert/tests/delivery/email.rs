//! Mail, to a server that plays along and one that does not.

#[cfg(feature = "tls")]
use crate::certificate::Certificate;
use crate::{PATIENCE, alert, fired, over};
use perf_alert::{EmailHandler, Handler, HandlerError, Retry, Severity};
use perf_sla::MailEncryption;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Takes one mail and returns what it was told. Commands that begin with `refuse.0` are answered with `refuse.1`.
fn server(refuse: (&'static str, &'static str)) -> (u16, JoinHandle<String>) {
    spawn(move |stream, told| greet(stream).and_then(|stream| serve(stream, refuse, told)))
}

/// Serves one client, and returns what it told.
fn spawn(
    serve: impl FnOnce(TcpStream, &mut String) -> std::io::Result<()> + Send + 'static,
) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut told = String::new();
        // A client may close whenever it likes.
        let _ = serve(stream, &mut told);
        told
    });
    (port, thread)
}

fn greet<S: Write>(mut stream: S) -> std::io::Result<S> {
    stream.write_all(b"220 here\r\n")?;
    stream.flush()?;
    Ok(stream)
}

fn serve(
    stream: impl Read + Write,
    refuse: (&str, &str),
    told: &mut String,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut is_data = false;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        told.push_str(&line);
        let answer = match line.trim_end() {
            "." if is_data => {
                is_data = false;
                "250 taken"
            }
            _ if is_data => continue,
            command if !refuse.0.is_empty() && command.starts_with(refuse.0) => refuse.1,
            "DATA" => {
                is_data = true;
                "354 go on"
            }
            command if command.starts_with("EHLO") => "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            "STARTTLS" => GO_ON_ENCRYPTED,
            command if command.starts_with("AUTH") => "235 known",
            "QUIT" => "221 bye",
            _ => "250 well",
        };
        reader.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        reader.get_mut().flush()?;
        if answer == GO_ON_ENCRYPTED {
            return Ok(());
        }
    }
}

/// After this the client speaks TLS.
const GO_ON_ENCRYPTED: &str = "220 go on";

fn mail(port: u16) -> EmailHandler {
    let to = ["oncall@example.org", "Second <second@example.org>"];
    EmailHandler::new("127.0.0.1", Some(port), MailEncryption::None, "perfkit <a@example.org>", &to)
        .unwrap()
}

fn send(mut handler: EmailHandler) -> Result<(), HandlerError> {
    let mut hostile = alert("lost", Severity::Warning);
    hostile.summary = "x\r\nBcc: everybody@example.org\r\n.\r\nQUIT".to_owned();
    let mut first = alert("slow", Severity::Critical);
    first.summary = format!("{}\r\nBcc: everybody@example.org", first.summary);
    handler.handle(&fired(vec![first, over(hostile)]), Instant::now() + PATIENCE)
}

#[test]
fn a_mail_says_what_is_wrong_and_has_no_headers_but_ours() {
    let (port, server) = server(("", ""));
    send(mail(port)).unwrap();
    let told = server.join().unwrap();
    for line in [
        "MAIL FROM:<a@example.org>",
        "RCPT TO:<oncall@example.org>",
        "RCPT TO:<second@example.org>",
        "From: perfkit <a@example.org>",
        "To: oncall@example.org, Second <second@example.org>",
        "  observed  125.6 ms",
        "  since     2017-07-14T12:00:00Z",
        "resolved: x  Bcc: everybody@example.org  .  QUIT",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(told.contains("Subject: critical: slow: retrieval p95"), "{told}");
    assert!(
        !told.lines().any(|line| line.starts_with("Bcc") || line.starts_with("RCPT TO:<every")),
        "{told}"
    );
}

#[test]
fn what_the_server_refuses_for_good_is_not_tried_again() {
    for (refuse, retry) in [
        (("RCPT", "550 nobody of that name"), Retry::Never),
        (("RCPT", "451 later"), Retry::Later),
        (("MAIL", "421 busy"), Retry::Later),
    ] {
        let (port, server) = server(refuse);
        let error = send(mail(port)).unwrap_err();
        assert_eq!(error.retry(), retry, "{error}");
        server.join().unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(send(mail(port)).unwrap_err().retry(), Retry::Later);
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut handler = mail(listener.local_addr().unwrap().port());
    let begun = Instant::now();
    let notification = fired(vec![alert("slow", Severity::Warning)]);
    let error = handler.handle(&notification, begun + Duration::from_millis(300)).unwrap_err();
    assert_eq!(error.retry(), Retry::Later);
    assert!(begun.elapsed() < PATIENCE, "{error}");
}

#[test]
fn a_password_is_sent_and_told_to_nobody() {
    let echo = "535 wrong: hunter2hunter2 AG1lAGh1bnRlcjJodW50ZXIy aHVudGVyMmh1bnRlcjI=";
    let (port, server) = server(("AUTH", echo));
    let handler = mail(port).credentials("me", "hunter2hunter2");
    assert!(!format!("{handler:?}").contains("hunter2"));
    let error = send(handler).unwrap_err();
    assert_eq!(error.retry(), Retry::Never);
    let told = error.to_string();
    assert!(told.contains("***") && !told.contains("hunter2"), "{told}");
    assert!(
        !told.contains("aHVudGVyMmh1bnRlcjI") && !told.contains("AG1lAGh1bnRlcjJodW50ZXIy"),
        "{told}"
    );
    assert!(server.join().unwrap().contains("AUTH PLAIN"));
}

#[test]
fn what_is_no_address_is_told_when_the_handler_is_made() {
    let made =
        |from: &str, to: &[&str]| EmailHandler::new("h", None, MailEncryption::None, from, to);
    assert!(made("a@example.org", &["b@example.org"]).is_ok());
    assert!(made("a example", &["b@example.org"]).is_err());
    assert!(made("a@example.org", &["b@example.org\r\nBcc: c@example.org"]).is_err());
    assert!(made("a@example.org", &[]).is_err());
    let encrypted = EmailHandler::new(
        "example.org",
        None,
        MailEncryption::StartTls,
        "a@example.org",
        &["b@example.org"],
    );
    assert_eq!(encrypted.is_ok(), cfg!(feature = "tls"));
}

#[cfg(feature = "tls")]
#[test]
fn a_mail_goes_encrypted_to_a_server_that_is_trusted_and_to_no_other() {
    let ours = Certificate::new();
    for (encryption, trusted) in [
        (MailEncryption::Tls, true),
        (MailEncryption::Tls, false),
        (MailEncryption::StartTls, true),
        (MailEncryption::StartTls, false),
    ] {
        let config = ours.server();
        let (port, server) = spawn(move |mut stream, told| {
            let starts = encryption == MailEncryption::StartTls;
            if starts {
                greet(&stream)?;
                serve(&mut stream, ("", ""), told)?;
                assert_eq!(told.lines().last(), Some("STARTTLS"), "nothing else is in the clear");
            }
            let tls = rustls::ServerConnection::new(config).map_err(std::io::Error::other)?;
            let stream = rustls::StreamOwned::new(tls, stream);
            serve(if starts { stream } else { greet(stream)? }, ("", ""), told)
        });
        let to = ["oncall@example.org"];
        let mail = EmailHandler::new("127.0.0.1", Some(port), encryption, "a@example.org", &to);
        let authority = if trusted { ours.pem() } else { Certificate::new().pem() };
        let mail = mail.unwrap().trust(authority.as_bytes()).unwrap();
        let sent = send(mail.credentials("me", "hunter2hunter2"));
        let told = server.join().unwrap();
        assert_eq!(sent.is_ok(), trusted, "{encryption:?} {sent:?}");
        assert_eq!(told.contains("Subject: critical: slow"), trusted, "{encryption:?} {told}");
        assert_eq!(told.contains("AUTH PLAIN"), trusted, "{encryption:?} {told}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn a_server_that_offers_no_encryption_is_told_nothing() {
    let (port, server) = server(("STARTTLS", "502 what is that?"));
    let to = ["oncall@example.org"];
    let encryption = MailEncryption::StartTls;
    let mail = EmailHandler::new("127.0.0.1", Some(port), encryption, "a@example.org", &to);
    send(mail.unwrap().credentials("me", "hunter2hunter2")).unwrap_err();
    let told = server.join().unwrap();
    assert!(!told.contains("AUTH") && !told.contains("MAIL FROM"), "{told}");
}

#[cfg(feature = "tls")]
#[test]
fn what_vouches_for_nobody_is_told_when_the_handler_is_made() {
    let made = |encryption, pem: &str| {
        EmailHandler::new("h", None, encryption, "a@b.org", &["c@d.org"])
            .and_then(|mail| mail.trust(pem.as_bytes()))
    };
    let pem = Certificate::new().pem();
    assert!(made(MailEncryption::Tls, &pem).is_ok());
    assert!(made(MailEncryption::None, &pem).is_err());
    for nothing in ["", "no certificate", &pem.replace("MII", "???")] {
        assert!(made(MailEncryption::StartTls, nothing).is_err(), "{nothing}");
    }
}
