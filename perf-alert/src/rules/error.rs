//! Why rules were refused.

use perf_sla::SlaConfig;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;

/// Why rules were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    file: Option<PathBuf>,
    line: Option<usize>,
    rule: Option<String>,
    message: String,
}

impl RuleError {
    pub(crate) fn new(sla: &SlaConfig, line: Option<usize>, rule: &str, message: String) -> Self {
        let file = sla.source().filter(|_| line.is_some()).map(ToOwned::to_owned);
        RuleError { file, line, rule: Some(rule.to_owned()), message }
    }

    /// Of what holds for all rules.
    pub(crate) fn of_all(sla: &SlaConfig, message: String) -> Self {
        let line = sla.alerting().line;
        RuleError { rule: None, ..RuleError::new(sla, line, "", message) }
    }

    /// The line of the SLA file, from 1, if it is in one.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for RuleError {
    /// `sla.toml:12: alert "slow retrieval": …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{}:{line}: ", file.display())?,
            (None, Some(line)) => write!(f, "sla:{line}: ")?,
            _ => {}
        }
        match &self.rule {
            Some(rule) => write!(f, "alert {rule:?}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Error for RuleError {}
