//! What was asked for on the command line.

use std::fmt;

/// Runs a side unless `--runs` says otherwise: enough for a shift of all of ten benchmarks, and with
/// them all a shift beyond every run of the other side is still significant.
const RUNS: usize = 8;
/// Runs a side with `--quick`: they show the order of size, and can never be evidence (p is 0.1 at best).
const QUICK_RUNS: usize = 3;
/// The same-binary control takes the runs of both sides together, and 1,000 is what a test takes.
const MOST_RUNS: usize = 500;

/// `bench --save NAME` or `bench --against NAME|REV`, and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) wanted: Wanted,
    /// Process launches of each side.
    pub(crate) runs: usize,
    /// Criterion's filter, a regular expression over the names of benchmarks.
    pub(crate) filter: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Wanted {
    /// Keep the figures under this name.
    Save(String),
    /// Compare with the figures of that name or with that revision.
    Against(String),
}

impl Options {
    /// Whether these are the arguments of this command, and not of `bench` alone.
    pub(crate) fn are_meant(arguments: &[String]) -> bool {
        let own = ["--save", "--against", "--runs"];
        let name = |argument: &String| argument.split('=').next().unwrap_or_default().to_owned();
        arguments.iter().any(|argument| own.contains(&&*name(argument)))
    }

    pub(crate) fn parse(arguments: &[String]) -> Result<Options, WrongUsage> {
        let (mut wanted, mut filter, mut runs, mut quick) = (None, None, None, false);
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            let (option, attached) = match argument.split_once('=') {
                Some((option, value)) if option.starts_with("--") => (option, Some(value)),
                _ => (argument, None),
            };
            let mut value = || {
                let value = attached.or_else(|| rest.next()).unwrap_or_default();
                if value.is_empty() || value.starts_with('-') {
                    return Err(WrongUsage(format!("{option} takes a value")));
                }
                Ok(value)
            };
            let made = match option {
                "--save" => Wanted::Save(value()?.to_owned()),
                "--against" => Wanted::Against(value()?.to_owned()),
                "--runs" => {
                    runs = Some(number_of_runs(value()?)?);
                    continue;
                }
                "--quick" if attached.is_none() => {
                    quick = true;
                    continue;
                }
                _ if option.starts_with('-') => {
                    return Err(WrongUsage(format!("{argument} does not go with this")));
                }
                _ if filter.is_none() => {
                    filter = Some(argument.to_owned());
                    continue;
                }
                _ => return Err(WrongUsage("one filter is enough".to_owned())),
            };
            if wanted.replace(made).is_some() {
                return Err(WrongUsage("--save or --against, once".to_owned()));
            }
        }
        if quick && runs.is_some() {
            return Err(WrongUsage("--quick or --runs, not both".to_owned()));
        }
        let wanted =
            wanted.ok_or_else(|| WrongUsage("--runs goes with --save or --against".to_owned()))?;
        let runs = runs.unwrap_or(if quick { QUICK_RUNS } else { RUNS });
        Ok(Options { wanted, runs, filter })
    }
}

fn number_of_runs(text: &str) -> Result<usize, WrongUsage> {
    match text.parse() {
        Ok(runs) if (2..=MOST_RUNS).contains(&runs) => Ok(runs),
        _ => Err(WrongUsage(format!("--runs takes 2 to {MOST_RUNS}, not {text:?}"))),
    }
}

/// What is wrong with the arguments.
#[derive(Debug, PartialEq)]
pub(crate) struct WrongUsage(String);

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\ncargo xtask bench --help has examples", self.0)
    }
}

impl std::error::Error for WrongUsage {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, WrongUsage> {
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert!(Options::are_meant(&arguments), "{line}");
        Options::parse(&arguments)
    }

    #[test]
    fn options_stand_in_any_order() {
        let against = |text: &str| Wanted::Against(text.to_owned());
        let filter = Some("record".to_owned());
        let eight = Options { wanted: against("HEAD~1"), runs: 8, filter };
        assert_eq!(parse("--against HEAD~1 record").as_ref(), Ok(&eight));
        assert_eq!(parse("record --against=HEAD~1").as_ref(), Ok(&eight));
        let quick = Options { wanted: against("main"), runs: 3, filter: None };
        assert_eq!(parse("--quick --against main"), Ok(quick));
        let saved = Options { wanted: Wanted::Save("a".to_owned()), runs: 12, filter: None };
        assert_eq!(parse("--runs 12 --save a"), Ok(saved));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "--against",
            "--against ",
            "--against --quick",
            "--save a --against b",
            "--against a --against b",
            "--runs 12",
            "--against a --runs 1",
            "--against a --runs 501",
            "--against a --runs many",
            "--against a --quick --runs 4",
            "--against a --quick=yes",
            "--against a --peers",
            "--against a one two",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn bench_alone_is_not_meant() {
        for line in ["--quick record", "--peers", "--instructions --update", "against"] {
            let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert!(!Options::are_meant(&arguments), "{line}");
        }
    }
}
