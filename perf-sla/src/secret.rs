//! Secrets and addresses of handlers, as the file has them: never the secret itself.

use std::fmt;
use std::path::PathBuf;

/// Where a secret is; what it is, no SLA file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The environment variable of this name: `env:NAME`.
    Env(String),
    /// This file, without the line end it may have: `file:PATH`.
    File(PathBuf),
}

/// Where a web service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An `http` or `https` URL without a user or password in it.
    Url(String),
    /// One that nobody else is to know.
    Secret(Secret),
}

impl Secret {
    /// Reads `env:NAME` or `file:PATH`. What it refuses is not told again: it may be the secret itself.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let remedy = "a secret does not stand in the file; write \"env:NAME\" for an environment variable or \
                      \"file:PATH\" for a file that holds it";
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        match text.split_once(':') {
            Some(("env", name)) if is_name(name) => Ok(Secret::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Secret::File(path.into())),
            _ => Err(remedy.to_owned()),
        }
    }
}

impl fmt::Display for Secret {
    /// As the file has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Env(name) => write!(f, "env:{name}"),
            Secret::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl Address {
    /// Reads a URL, or where one is.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("env:") || text.starts_with("file:") {
            return Secret::parse(text).map(Address::Secret);
        }
        check_url(text)?;
        Ok(Address::Url(text.to_owned()))
    }
}

impl fmt::Display for Address {
    /// As the file has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Url(url) => f.write_str(url),
            Address::Secret(secret) => secret.fmt(f),
        }
    }
}

fn check_url(text: &str) -> Result<(), String> {
    let after = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(after) = after else {
        return Err("is no URL; it begins with https:// or http://".to_owned());
    };
    let authority = after.split(['/', '?', '#']).next().unwrap_or("");
    if authority.contains('@') {
        // Not told again: it holds a password.
        return Err(
            "holds a user or a password; write \"env:NAME\" or \"file:PATH\" for the whole URL"
                .to_owned(),
        );
    }
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or("?"))),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_host = |c: char| match bracketed {
        Some(_) => c.is_ascii_hexdigit() || matches!(c, ':' | '.'),
        None => c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    };
    if host.is_empty() || !host.chars().all(is_host) {
        return Err(format!("{text:?} lacks its host: https://host/path"));
    }
    if port.is_some_and(|port| port.parse::<std::num::NonZeroU16>().is_err()) {
        return Err(format!("{text:?} has a port that is none; it lies in 1..=65535"));
    }
    match text.chars().find(|c| !c.is_ascii_graphic()) {
        Some(c) => Err(format!("{text:?} holds {c:?}, which a URL writes as %XX")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_refused_and_not_told_again() {
        for text in ["hunter2hunter2", "env:", "file:", "env:A B", "ENV:A", ""] {
            let told = Secret::parse(text).unwrap_err();
            assert!(told.contains("env:NAME") && !told.contains("hunter2"), "{text}: {told}");
        }
        for text in ["env:PAGER_KEY", "file:/run/secrets/pager"] {
            assert_eq!(Secret::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_address_is_a_url_or_where_one_is() {
        for text in [
            "http://h",
            "https://h:9093",
            "http://[::1]:9093/x",
            "https://a.b-c/d?e=f#g",
            "env:URL",
            "http://10.0.0.1/",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "h",
            "ftp://h",
            "http://",
            "http:///x",
            "http://h:0",
            "http://h:x",
            "http://h:65536",
            "http://a b",
            "http://h/ä",
            "http://[::1",
            "http://[::1]x",
            "http://h\n",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        let told = Address::parse("https://user:hunter2@h/x").unwrap_err();
        assert!(told.contains("password") && !told.contains("hunter2"), "{told}");
    }
}
