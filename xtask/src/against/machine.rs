//! What besides the code decides how long something takes.

use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// What is not known, such as elsewhere than on Linux, says so and equals itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    /// Cargo's profile, and flags from outside.
    pub(crate) profile: String,
}

impl Machine {
    pub(crate) fn this() -> Result<Machine, Box<dyn Error>> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc)
            .arg("--version")
            .output()
            .map_err(|error| format!("rustc does not start: {error}"))?;
        let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
        Ok(Machine {
            processor: processor(&about).unwrap_or("not known").to_owned(),
            cores: available_parallelism().map_or(0, usize::from),
            kernel: format!("{} {}", std::env::consts::OS, release.trim()).trim().to_owned(),
            rustc: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            profile: format!("bench {flags}").trim().to_owned(),
        })
    }

    /// What differs, a line each.
    pub(crate) fn differences(&self, then: &Machine) -> Vec<String> {
        let cores = (then.cores.to_string(), self.cores.to_string());
        let fields = [
            ("processor", &then.processor, &self.processor),
            ("cores", &cores.0, &cores.1),
            ("kernel", &then.kernel, &self.kernel),
            ("compiler", &then.rustc, &self.rustc),
            ("profile", &then.profile, &self.profile),
        ];
        let differing = fields.into_iter().filter(|(_, then, now)| then != now);
        differing.map(|(name, then, now)| format!("{name}: {then:?} then, {now:?} now")).collect()
    }
}

/// The first that `/proc/cpuinfo` names.
fn processor(about: &str) -> Option<&str> {
    let line = about.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_the_first_model_name() {
        let about = "processor\t: 0\nmodel name\t: A 1: fast\n\nmodel name\t: B\n";
        assert_eq!(processor(about), Some("A 1: fast"));
        assert_eq!(processor("model name"), None);
        assert_eq!(processor(""), None);
    }

    #[test]
    fn every_difference_is_named() {
        let this = Machine::this().expect("rustc runs");
        assert_eq!(this.differences(&this), Vec::<String>::new());
        let other = Machine { cores: this.cores + 1, kernel: "other".to_owned(), ..this.clone() };
        let differences = this.differences(&other);
        assert_eq!(differences.len(), 2);
        assert!(differences[1].starts_with("kernel: \"other\" then"), "{differences:?}");
    }
}
