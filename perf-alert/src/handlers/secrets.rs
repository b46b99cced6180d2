//! What an answer may repeat and nobody else is to know.

use crate::text::{cut, one_line};

/// What is shorter may stand in an answer by chance.
const SHORTEST: usize = 6;
/// Characters of an answer that are shown.
const SHOWN: usize = 200;

/// Secrets that somebody was told in confidence.
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        let mut secrets: Vec<String> = secrets.map(str::to_owned).collect();
        // One may be part of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Secrets(secrets)
    }

    /// An answer that can be shown: short, on one line, without any of them.
    pub(super) fn hide(&self, answer: &str) -> String {
        let mut answer = one_line(answer.trim());
        for secret in &self.0 {
            answer = answer.replace(secret.as_str(), "***");
        }
        cut(&answer, SHOWN)
    }
}
