//! Mail over SMTP.

use super::secrets::Secrets;
use super::text::{headline, summary};
#[cfg(feature = "tls")]
use super::web_service::certificates;
use crate::handler::{Handler, HandlerError, Retry};
use crate::notification::Notification;
use crate::text::{cut, one_line};
use crate::time::rfc3339;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::SmtpTransportBuilder;
use lettre::transport::smtp::authentication::Credentials;
#[cfg(feature = "tls")]
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use perf_sla::MailEncryption;
use std::fmt::{self, Write as _};
use std::time::{Duration, Instant};

/// No server has longer for one step.
const STEP: Duration = Duration::from_secs(10);
/// Characters of a subject, of which mail programs show fewer.
const MAX_SUBJECT: usize = 200;
/// Alerts that are described in one mail.
const MAX_ALERTS: usize = 100;

/// Sends a mail for each notification, over SMTP. Encryption needs the feature `tls`; with it an unencrypted
/// connection is used only when that is asked for.
///
/// A server that is silent for 10 s, or until the deadline, is waited for no longer. One that goes on to say a little now
/// and then can hold the handler's thread beyond that; nothing else waits for it.
///
/// ```
/// use perf_alert::EmailHandler;
/// use perf_sla::MailEncryption;
///
/// let local = MailEncryption::None;
/// let mail = EmailHandler::new("localhost", None, local, "perfkit@example.org", &["oncall@example.org"])?;
/// # let _ = mail;
/// # Ok::<(), perf_alert::HandlerError>(())
/// ```
pub struct EmailHandler {
    builder: SmtpTransportBuilder,
    host: String,
    #[cfg(feature = "tls")]
    encryption: MailEncryption,
    from: Mailbox,
    to: Vec<Mailbox>,
    secrets: Secrets,
}

impl EmailHandler {
    /// For a server, and from and to these addresses: `oncall@example.org`, `On call <oncall@example.org>`. The port
    /// is the usual one of the encryption if it is `None`.
    ///
    /// # Errors
    ///
    /// [`HandlerError`] when an address is none, nobody is to get the mail, or encryption is not part of this
    /// program.
    pub fn new(
        host: &str,
        port: Option<u16>,
        encryption: MailEncryption,
        from: &str,
        to: &[impl AsRef<str>],
    ) -> Result<Self, HandlerError> {
        let mailbox = |text: &str| {
            text.parse::<Mailbox>().map_err(|_| {
                HandlerError::new(format!("{text:?} is no address of mail"), Retry::Never)
            })
        };
        let (builder, usual) = server(host, encryption)?;
        let builder = builder.port(port.unwrap_or(usual));
        let to = to.iter().map(|to| mailbox(to.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            return Err(HandlerError::new("nobody is to get the mail", Retry::Never));
        }
        Ok(EmailHandler {
            builder,
            host: host.to_owned(),
            #[cfg(feature = "tls")]
            encryption,
            from: mailbox(from)?,
            to,
            secrets: Secrets::new([]),
        })
    }

    /// Trusts these authorities, certificates in PEM, in the place of those of Mozilla: for a server inside a company.
    /// Needs the feature `tls`.
    ///
    /// # Errors
    ///
    /// [`HandlerError`] when there is no certificate, or one that cannot be read, or nothing is encrypted.
    #[cfg(feature = "tls")]
    pub fn trust(mut self, authorities: &[u8]) -> Result<Self, HandlerError> {
        if self.encryption == MailEncryption::None {
            return Err(HandlerError::new(
                "without encryption nobody shows a certificate",
                Retry::Never,
            ));
        }
        self.builder = self.builder.tls(tls(&self.host, self.encryption, Some(authorities))?);
        Ok(self)
    }

    /// The user and password that the server wants.
    #[must_use]
    pub fn credentials(mut self, user: &str, password: &str) -> Self {
        let credentials = Credentials::new(user.to_owned(), password.to_owned());
        self.builder = self.builder.credentials(credentials);
        // As it is, and as a server is told it.
        let told = [password.to_owned(), format!("\0{user}\0{password}")];
        let [login, plain] = told.each_ref().map(|told| BASE64_STANDARD.encode(told));
        self.secrets = Secrets::new([password, &login, &plain]);
        self
    }

    fn message(&self, notification: &Notification) -> Result<Message, lettre::error::Error> {
        let mut message = Message::builder().from(self.from.clone()).subject(subject(notification));
        for to in &self.to {
            message = message.to(to.clone());
        }
        message.header(ContentType::TEXT_PLAIN).body(body(notification))
    }
}

impl Handler for EmailHandler {
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let error = |what: &dyn fmt::Display, retry| {
            HandlerError::new(format!("{}: {what}", self.host), retry)
        };
        let rest = deadline.saturating_duration_since(Instant::now()).min(STEP);
        if rest.is_zero() {
            return Err(error(&"no time is left", Retry::Later));
        }
        let message = self.message(notification).map_err(|told| error(&told, Retry::Never))?;
        let transport = self.builder.clone().timeout(Some(rest)).build();
        transport.send(&message).map(|_| ()).map_err(|told| {
            let retry = if told.is_permanent() { Retry::Never } else { Retry::Later };
            error(&self.secrets.hide(&told.to_string()), retry)
        })
    }
}

impl fmt::Debug for EmailHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailHandler").field("host", &self.host).finish_non_exhaustive()
    }
}

/// A connection so encrypted, and its usual port.
#[cfg(feature = "tls")]
fn server(
    host: &str,
    encryption: MailEncryption,
) -> Result<(SmtpTransportBuilder, u16), HandlerError> {
    let port = match encryption {
        MailEncryption::Tls => 465,
        MailEncryption::StartTls => 587,
        MailEncryption::None => 25,
    };
    Ok((SmtpTransport::builder_dangerous(host).tls(tls(host, encryption, None)?), port))
}

/// So encrypted, for a server that these authorities vouch for, or those of Mozilla.
#[cfg(feature = "tls")]
fn tls(
    host: &str,
    encryption: MailEncryption,
    authorities: Option<&[u8]>,
) -> Result<Tls, HandlerError> {
    let error =
        |what: &dyn fmt::Display| HandlerError::new(format!("{host}: {what}"), Retry::Never);
    let parameters = || {
        let mut builder = TlsParameters::builder(host.to_owned());
        if let Some(authorities) = authorities {
            builder = builder.certificate_store(CertificateStore::None);
            for one in certificates(authorities).map_err(|told| error(&told))? {
                let one = Certificate::from_der(one.der().to_vec()).map_err(|told| error(&told))?;
                builder = builder.add_root_certificate(one);
            }
        }
        builder.build().map_err(|told| error(&told))
    };
    Ok(match encryption {
        MailEncryption::Tls => Tls::Wrapper(parameters()?),
        MailEncryption::StartTls => Tls::Required(parameters()?),
        MailEncryption::None => Tls::None,
    })
}

/// A connection that is not encrypted, and its usual port.
#[cfg(not(feature = "tls"))]
fn server(
    host: &str,
    encryption: MailEncryption,
) -> Result<(SmtpTransportBuilder, u16), HandlerError> {
    match encryption {
        MailEncryption::None => Ok((SmtpTransport::builder_dangerous(host), 25)),
        _ => {
            let message = format!("{host}: encrypted mail needs the feature `tls`");
            Err(HandlerError::new(message, Retry::Never))
        }
    }
}

fn subject(notification: &Notification) -> String {
    cut(&headline(notification), MAX_SUBJECT)
}

fn body(notification: &Notification) -> String {
    let mut text = format!("{}\n", headline(notification));
    for alert in notification.alerts.iter().take(MAX_ALERTS) {
        let status = if alert.is_firing() { alert.severity.as_str() } else { "resolved" };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "\n{status}: {}", one_line(summary(alert)));
        let _ = writeln!(text, "  since     {}", rfc3339(alert.started));
        let ended = alert.ended.map(rfc3339);
        let facts = [
            ("until", &ended),
            ("observed", &alert.observed),
            ("limit", &alert.limit),
            ("runbook", &alert.runbook),
        ];
        for (what, value) in facts {
            if let Some(value) = value {
                let _ = writeln!(text, "  {what:<9} {}", one_line(value));
            }
        }
        for (name, value) in &alert.labels {
            let _ = writeln!(text, "  {}", one_line(&format!("{name}={value:?}")));
        }
        for line in alert.description.lines() {
            let _ = writeln!(text, "  {}", one_line(line));
        }
    }
    let more = notification.alerts.len().saturating_sub(MAX_ALERTS);
    if more > 0 {
        let _ = writeln!(text, "\nand {more} more");
    }
    let _ = writeln!(text, "\n-- \nperfkit: {}", notification.reason.as_str());
    text
}
