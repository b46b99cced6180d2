//! Who is answered.

use super::error::ServerError;
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::hint::black_box;

/// Whose requests are answered: everybody's, until there is a credential.
#[derive(Clone, Default)]
pub(super) struct Access {
    credentials: Vec<Credential>,
    /// What is wrong with one of them.
    problem: Option<&'static str>,
}

#[derive(Clone)]
struct Credential {
    scheme: Scheme,
    /// As the header has it after the scheme.
    secret: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Basic,
}

impl Access {
    pub(super) fn add_bearer(&mut self, token: &str) {
        if token.is_empty() || token.bytes().any(|byte| !byte.is_ascii_graphic()) {
            self.problem =
                Some("the bearer token is empty, or has a character that no header can have");
        }
        self.credentials
            .push(Credential { scheme: Scheme::Bearer, secret: token.as_bytes().to_vec() });
    }

    pub(super) fn add_basic(&mut self, user: &str, password: &str) {
        let is_control = |text: &str| text.chars().any(char::is_control);
        if user.contains(':') || is_control(user) || is_control(password) {
            self.problem =
                Some("the user has a colon, or the user or password a control character");
        } else if password.is_empty() {
            self.problem = Some("the password is empty");
        }
        let secret = STANDARD.encode(format!("{user}:{password}")).into_bytes();
        self.credentials.push(Credential { scheme: Scheme::Basic, secret });
    }

    pub(super) fn check(&self) -> Result<(), ServerError> {
        match self.problem {
            Some(problem) => Err(ServerError::Credentials(problem.to_owned())),
            None => Ok(()),
        }
    }

    /// Whether a request with this `Authorization` is answered.
    pub(super) fn allows(&self, authorization: Option<&HeaderValue>) -> bool {
        if self.credentials.is_empty() {
            return true;
        }
        let Some((scheme, given)) = authorization.and_then(|header| split(header.as_bytes()))
        else {
            return false;
        };
        // All are compared, so that the time does not tell which one was nearly right.
        self.credentials.iter().fold(false, |known, credential| {
            let fits = credential.scheme == scheme && is_same(&credential.secret, given);
            known | fits
        })
    }

    /// The values of `WWW-Authenticate`.
    pub(super) fn challenges(&self) -> impl Iterator<Item = HeaderValue> {
        let challenges = [
            (Scheme::Bearer, "Bearer realm=\"perfkit\""),
            (Scheme::Basic, "Basic realm=\"perfkit\", charset=\"UTF-8\""),
        ];
        let asked = |scheme| self.credentials.iter().any(|credential| credential.scheme == scheme);
        challenges
            .into_iter()
            .filter(move |(scheme, _)| asked(*scheme))
            .map(|(_, challenge)| HeaderValue::from_static(challenge))
    }
}

/// The scheme, in any case, and what follows it.
fn split(header: &[u8]) -> Option<(Scheme, &[u8])> {
    let space = header.iter().position(|byte| *byte == b' ')?;
    let (scheme, rest) = header.split_at(space);
    let scheme = match scheme {
        name if name.eq_ignore_ascii_case(b"bearer") => Scheme::Bearer,
        name if name.eq_ignore_ascii_case(b"basic") => Scheme::Basic,
        _ => return None,
    };
    Some((scheme, rest.trim_ascii()))
}

/// Whether they are equal, in a time that depends on `given` alone, and not on where they differ.
fn is_same(secret: &[u8], given: &[u8]) -> bool {
    let mut difference = u8::from(secret.len() != given.len());
    for (byte, expected) in given.iter().zip(secret.iter().cycle()) {
        difference = black_box(difference | (byte ^ expected));
    }
    difference == 0
}

impl fmt::Debug for Access {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({} credentials)", self.credentials.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(access: &Access, header: &str) -> bool {
        access.allows(Some(&HeaderValue::from_str(header).unwrap()))
    }

    #[test]
    fn only_who_knows_a_credential_is_answered_and_the_scheme_has_any_case() {
        let mut access = Access::default();
        assert!(access.allows(None));
        access.add_bearer("s3cret");
        access.add_basic("prometheus", "pässword");
        assert!(access.check().is_ok());
        assert!(!access.allows(None));
        for good in ["Bearer s3cret", "bearer  s3cret", "Basic cHJvbWV0aGV1czpww6Rzc3dvcmQ="] {
            assert!(allows(&access, good), "{good}");
        }
        let bad = ["Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets3cret", "Bearer s3creT"];
        for bad in bad.into_iter().chain(["Basic s3cret", "Digest s3cret", "s3cret", ""]) {
            assert!(!allows(&access, bad), "{bad}");
        }
        assert_eq!(access.challenges().count(), 2);
        assert!(!format!("{access:?}").contains("s3cret"));
    }

    #[test]
    fn credentials_that_nobody_can_give_are_refused() {
        let refused = |add: fn(&mut Access)| {
            let mut access = Access::default();
            add(&mut access);
            access.check().unwrap_err().to_string()
        };
        assert!(refused(|access| access.add_bearer("")).contains("bearer token is empty"));
        assert!(refused(|access| access.add_bearer("line\nend")).contains("no header can have"));
        assert!(refused(|access| access.add_basic("a:b", "c")).contains("colon"));
        assert!(refused(|access| access.add_basic("a", "")).contains("password is empty"));
    }
}
