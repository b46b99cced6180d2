//! The benchmark executables of one side: how they are built, and what one launch of them measures.

use super::interrupt::check_status;
use crate::bench::{cargo, collect, json};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACKAGE: &str = "perf-core";

/// Executables by the name of their suite.
#[derive(Debug)]
pub(crate) struct Suites {
    executables: BTreeMap<String, PathBuf>,
}

impl Suites {
    /// Builds the suites of the workspace in `tree`, in cargo's usual folder or in `target`.
    pub(crate) fn build(tree: &Path, target: Option<&Path>) -> Result<Suites, Box<dyn Error>> {
        let mut command = cargo();
        command.current_dir(tree).args(["bench", "--no-run", "--package", PACKAGE]);
        // Named, since without one there cargo takes the next one further up: ours.
        command.arg("--manifest-path").arg(tree.join("Cargo.toml"));
        command.args(["--locked", "--message-format", "json-render-diagnostics"]);
        if let Some(target) = target {
            command.arg("--target-dir").arg(target);
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        check_status(output.status, "its benchmarks do not build (see above)".to_owned())?;
        let executables = built(&String::from_utf8(output.stdout)?);
        if executables.is_empty() {
            return Err(format!("it has no benchmarks in {PACKAGE}").into());
        }
        Ok(Suites { executables })
    }

    /// Copies them, so that later builds change nothing, and so that the path of either side is as long:
    /// arguments and environment decide where the stack begins.
    pub(crate) fn copied_to(self, folder: &Path) -> Result<Suites, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let mut executables = BTreeMap::new();
        for (suite, path) in self.executables {
            let copy = folder.join(&suite);
            fs::copy(&path, &copy)
                .map_err(|error| format!("{}: cannot be copied: {error}", path.display()))?;
            executables.insert(suite, copy);
        }
        Ok(Suites { executables })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.executables.keys()
    }

    /// Whether the executables of both are the same, byte for byte.
    pub(crate) fn are_same(&self, other: &Suites) -> Result<bool, Box<dyn Error>> {
        if !self.names().eq(other.names()) {
            return Ok(false);
        }
        for (mine, others) in self.executables.values().zip(other.executables.values()) {
            if fs::read(mine)? != fs::read(others)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The benchmarks of a suite that match; none when there is no such suite.
    pub(crate) fn list(
        &self,
        suite: &str,
        filter: Option<&str>,
    ) -> Result<BTreeSet<String>, Box<dyn Error>> {
        let Some(executable) = self.executables.get(suite) else { return Ok(BTreeSet::new()) };
        let mut command = Command::new(executable);
        command.args(["--bench", "--list", "--format", "terse"]).args(filter);
        let output = command.output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        check_status(output.status, format!("{suite} does not list its benchmarks:\n{told}"))?;
        Ok(listed(&String::from_utf8_lossy(&output.stdout)))
    }

    /// One launch of a suite: how long each of its benchmarks takes, in ns.
    ///
    /// As long as those of `cargo xtask bench`: more time in one launch tells more of that launch, and
    /// what differs is the launches.
    pub(crate) fn launch(
        &self,
        suite: &str,
        filter: Option<&str>,
        results: &Path,
    ) -> Result<BTreeMap<String, Vec<f64>>, Box<dyn Error>> {
        let executable = self.executables.get(suite).ok_or("no such suite")?;
        if results.exists() {
            fs::remove_dir_all(results)?;
        }
        let mut command = Command::new(executable);
        command.env("CRITERION_HOME", results).args(["--bench", "--noplot"]);
        command.args(["--warm-up-time", "0.1", "--measurement-time", "0.3"]);
        // Many short samples, some of which no neighbour disturbs. Resampling makes intervals, which
        // nobody asks for here.
        command.args(["--sample-size", "60", "--nresamples", "1001"]).args(filter);
        let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        check_status(output.status, format!("{suite} failed:\n{told}"))?;
        let mut figures = BTreeMap::new();
        collect(results, &fast_tenth, &mut figures)?;
        Ok(figures)
    }
}

/// The time of an iteration in the samples of a launch that a tenth of them are faster than.
///
/// What the code costs is in every sample; what a neighbour on the machine costs is in some. Half of
/// twelve launches had this value within 1 % where their medians were up to 35 % apart (two busy
/// virtual cores, one binary).
fn fast_tenth(folder: &Path) -> Result<Option<f64>, Box<dyn Error>> {
    Ok(tenth_of(&json(&folder.join("sample.json"))?))
}

fn tenth_of(sample: &Value) -> Option<f64> {
    let (iterations, times) = (sample["iters"].as_array()?, sample["times"].as_array()?);
    let each = |(iterations, time): (&Value, &Value)| Some(time.as_f64()? / iterations.as_f64()?);
    let mut nanos: Vec<f64> = iterations.iter().zip(times).filter_map(each).collect();
    nanos.sort_unstable_by(f64::total_cmp);
    nanos.get(nanos.len() / 10).copied().filter(|nanos| nanos.is_normal() && *nanos > 0.0)
}

/// Which benchmark executables cargo's messages name.
fn built(messages: &str) -> BTreeMap<String, PathBuf> {
    let mut executables = BTreeMap::new();
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        let kinds = message["target"]["kind"].as_array();
        let is_benchmark = kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "bench"));
        let (name, path) = (message["target"]["name"].as_str(), message["executable"].as_str());
        if let (true, Some(name), Some(path)) = (is_benchmark, name, path) {
            executables.insert(name.to_owned(), PathBuf::from(path));
        }
    }
    executables
}

fn listed(text: &str) -> BTreeSet<String> {
    let names = text.lines().filter_map(|line| line.strip_suffix(": benchmark"));
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_are_those_of_benchmarks() {
        let messages = r#"
not JSON at all
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"perf_core"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bench"],"name":"record"},"executable":"/t/record-1f"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"tool"},"executable":"/t/tool"}
{"reason":"compiler-artifact","target":{"kind":["bench"],"name":"timer"},"executable":null}
{"reason":"build-finished","success":true}"#;
        let expected = [("record".to_owned(), PathBuf::from("/t/record-1f"))];
        assert_eq!(built(messages), expected.into());
    }

    #[test]
    fn the_fast_tenth_is_beyond_the_fastest_of_ten() {
        let sample = |iters: &[u32], times: &[f64]| {
            tenth_of(&serde_json::json!({ "iters": iters, "times": times }))
        };
        let ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let times = ten.map(|i| f64::from(i * (20 - i)));
        assert_eq!(sample(&ten, &times), Some(11.0));
        assert_eq!(sample(&[2], &[5.0]), Some(2.5));
        assert_eq!(sample(&[], &[]), None);
        assert_eq!(sample(&[0], &[1.0]), None);
        assert_eq!(tenth_of(&Value::Null), None);
    }

    #[test]
    fn a_list_is_names_with_a_word_behind() {
        let text = "record/0 limits: benchmark\nrecord: a: benchmark\n\nGnuplot not found\n";
        assert_eq!(listed(text), ["record/0 limits".to_owned(), "record: a".to_owned()].into());
    }
}
