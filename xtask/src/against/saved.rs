//! Runs that were kept, as JSON.

use super::machine::Machine;
use super::runs::Runs;
use crate::bench::workspace_root;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::error::Error;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

const SCHEMA: u64 = 1;
/// 500 runs of 1,000 benchmarks are 10 MB.
const MOST_BYTES: u64 = 16 << 20;
/// What a comparison takes.
const MOST_RUNS: usize = 500;

/// The runs of one side, and what one has to know to compare them with others.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Saved {
    schema: u64,
    /// The commit, and whether there were changes.
    pub(crate) revision: Option<String>,
    pub(crate) machine: Machine,
    /// The filter they were measured with.
    pub(crate) filter: Option<String>,
    /// One value of each run, in ns, by benchmark.
    pub(crate) runs: Runs,
}

impl Saved {
    pub(crate) fn new(
        revision: Option<String>,
        machine: Machine,
        filter: Option<String>,
        runs: Runs,
    ) -> Saved {
        Saved { schema: SCHEMA, revision, machine, filter, runs }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let problem = |error| format!("{}: cannot be written: {error}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(problem)?;
        }
        // Renamed, so that a file of that name is always a whole one.
        let unfinished = path.with_extension("json.new");
        fs::write(&unfinished, serde_json::to_string_pretty(self)? + "\n").map_err(problem)?;
        fs::rename(&unfinished, path).map_err(problem)?;
        Ok(())
    }

    pub(crate) fn read(path: &Path) -> Result<Saved, Box<dyn Error>> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
        Saved::parse(&bytes).map_err(|problem| format!("{}: {problem}", path.display()).into())
    }

    fn parse(bytes: &[u8]) -> Result<Saved, String> {
        if bytes.len() as u64 > MOST_BYTES {
            return Err(format!("larger than {MOST_BYTES} bytes"));
        }
        let broken = |error: serde_json::Error| format!("no set of saved runs: {error}");
        let value: Value = serde_json::from_slice(bytes).map_err(broken)?;
        if value["schema"] != SCHEMA {
            let found = &value["schema"];
            return Err(format!(
                "its schema is {found}, this program reads {SCHEMA}: save it anew"
            ));
        }
        let saved: Saved = serde_json::from_value(value).map_err(broken)?;
        saved.check()?;
        Ok(saved)
    }

    fn check(&self) -> Result<(), String> {
        let machine = &self.machine;
        let texts = [&machine.processor, &machine.kernel, &machine.rustc, &machine.profile];
        let optional = self.revision.iter().chain(&self.filter);
        // They are printed, and a terminal obeys control characters.
        for text in optional.chain(texts).chain(self.runs.keys()) {
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err(format!("{text:?} is no text to print"));
            }
        }
        if self.runs.is_empty() {
            return Err("it has no benchmarks".to_owned());
        }
        for (name, values) in &self.runs {
            if !(1..=MOST_RUNS).contains(&values.len()) {
                return Err(format!("{name}: {} runs, not 1 to {MOST_RUNS}", values.len()));
            }
            if let Some(wrong) = values.iter().find(|nanos| !(**nanos > 0.0 && nanos.is_finite())) {
                return Err(format!("{name}: {wrong} ns is no time"));
            }
        }
        Ok(())
    }
}

/// Where the runs of a name are: `target/bench/NAME.json`, or the file itself when the name ends in
/// `.json`. `None` for what cannot be a name.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    if name.ends_with(".json") {
        return Some(PathBuf::from(name));
    }
    let usual = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = !name.is_empty() && !name.starts_with('.') && name.chars().all(usual);
    is_name.then(|| workspace_root().join("target/bench").join(format!("{name}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> Saved {
        let machine = Machine {
            processor: "p".to_owned(),
            cores: 2,
            kernel: "k".to_owned(),
            rustc: "r".to_owned(),
            profile: "bench".to_owned(),
        };
        let runs = [("record/0 limits".to_owned(), vec![2.0, 2.25])].into();
        Saved::new(Some("1a2b3c with changes".to_owned()), machine, None, runs)
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new folder/a.json");
        saved().write(&path).expect("written");
        assert_eq!(Saved::read(&path).expect("read"), saved());
        assert_eq!(fs::read_dir(path.parent().expect("one")).expect("a folder").count(), 1);
        assert!(Saved::read(&folder.path().join("none.json")).is_err());
        assert!(Saved::read(folder.path()).is_err(), "a folder");
    }

    #[test]
    fn what_is_no_set_of_runs_is_refused_with_the_reason() {
        let good = serde_json::to_string(&saved()).expect("JSON");
        assert!(Saved::parse(good.as_bytes()).is_ok());
        for (from, to, reason) in [
            ("\"schema\":1", "\"schema\":2", "schema is 2"),
            ("\"schema\":1", "\"schema\":\"1\"", "schema is \"1\""),
            ("2.25", "-2.25", "no time"),
            ("2.25", "0", "no time"),
            ("2.25", "1e999", "number out of range"),
            ("2.25", "null", "invalid type"),
            ("2.0,2.25", "", "0 runs"),
            ("\"record/0 limits\":[2.0,2.25]", "", "no benchmarks"),
            ("record/0 limits", "a\\u001b[2J", "no text to print"),
            ("1a2b3c", "\\n", "no text to print"),
            ("\"cores\":2", "\"cores\":-2", "invalid value"),
            ("\"machine\"", "\"engine\"", "missing field"),
            ("}}", "}", "EOF"),
        ] {
            let text = good.replace(from, to);
            assert_ne!(text, good, "{from}");
            let error = Saved::parse(text.as_bytes()).expect_err(to);
            assert!(error.contains(reason), "{to}: {error}");
        }
        let many = good.replace("2.25", &vec!["2.25"; MOST_RUNS].join(","));
        assert!(Saved::parse(many.as_bytes()).expect_err("many").contains("501 runs"));
        let deep = "[".repeat(100_000);
        for bytes in [&b""[..], b"\xff\xfe", b"[]", b"null", b"{}", deep.as_bytes()] {
            assert!(Saved::parse(bytes).is_err());
        }
        assert!(Saved::parse(&vec![b' '; (MOST_BYTES + 1) as usize]).is_err());
    }

    #[test]
    fn a_name_stays_in_its_folder() {
        let named = path("main-1.2").expect("a name");
        assert!(named.ends_with("target/bench/main-1.2.json"), "{}", named.display());
        assert_eq!(path("../a.json"), Some(PathBuf::from("../a.json")));
        for name in ["", ".", "..", "../a", "a/b", "HEAD~1", "a b", ".hidden"] {
            assert_eq!(path(name), None, "{name}");
        }
    }
}
