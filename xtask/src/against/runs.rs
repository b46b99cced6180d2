//! Launches that take turns, and the values they yield.

use super::interrupt;
use super::progress::Progress;
use super::suites::Suites;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

/// One value of each run of each benchmark, in ns, in the order of time.
pub(crate) type Runs = BTreeMap<String, Vec<f64>>;

/// What each side has that matches a filter: benchmarks by suite.
#[derive(Debug)]
pub(crate) struct Plan {
    suites: BTreeMap<String, Vec<BTreeSet<String>>>,
    sides: usize,
    is_same_program: bool,
}

impl Plan {
    /// Asks the executables.
    pub(crate) fn of(sides: &[Suites], filter: Option<&str>) -> Result<Plan, Box<dyn Error>> {
        let names: BTreeSet<&String> = sides.iter().flat_map(Suites::names).collect();
        let mut suites = BTreeMap::new();
        for suite in names {
            let lists: Result<Vec<_>, _> =
                sides.iter().map(|side| side.list(suite, filter)).collect();
            suites.insert(suite.clone(), lists?);
        }
        let is_same_program = sides.len() > 1 && sides[0].are_same(&sides[1])?;
        Ok(Plan { suites, sides: sides.len(), is_same_program })
    }

    /// Whether both sides are the same program, byte for byte.
    pub(crate) fn is_same_program(&self) -> bool {
        self.is_same_program
    }

    /// The benchmarks of one side.
    pub(crate) fn of_side(&self, side: usize) -> BTreeSet<String> {
        self.suites.values().flat_map(|lists| lists[side].iter().cloned()).collect()
    }

    /// The suites with a benchmark that every side has, and how many they have in all.
    fn launches(&self) -> Vec<(&str, usize)> {
        let mut launches = Vec::new();
        for (suite, lists) in &self.suites {
            if lists[0].iter().any(|name| lists.iter().all(|list| list.contains(name))) {
                launches.push((suite.as_str(), lists.iter().map(BTreeSet::len).sum::<usize>()));
            }
        }
        launches
    }

    /// Launches every suite `runs` times a side, with sides in turns, and keeps what every side has.
    ///
    /// Turns are taken by suite, so that what is compared is seconds apart. `results` is a folder for
    /// criterion's files.
    pub(crate) fn measure(
        &self,
        sides: &[Suites],
        runs: usize,
        filter: Option<&str>,
        results: &Path,
    ) -> Result<Vec<Runs>, Box<dyn Error>> {
        let launches = self.launches();
        if launches.is_empty() {
            let matching = filter.map_or(String::new(), |filter| format!(" that match {filter:?}"));
            return Err(format!("there are no benchmarks{matching} on every side").into());
        }
        let weight: usize = launches.iter().map(|(_, benchmarks)| benchmarks).sum();
        let mut progress = Progress::new(weight * runs);
        let mut measured = vec![Runs::new(); self.sides];
        for block in blocks(self.sides, runs) {
            for (suite, benchmarks) in &launches {
                for &side in &block {
                    progress.show(suite, measured_runs(&measured[side]) + 1, runs);
                    let figures = sides[side].launch(suite, filter, results)?;
                    for (name, nanos) in figures {
                        measured[side].entry(name).or_default().extend(nanos);
                    }
                    interrupt::check()?;
                    progress.add(benchmarks / self.sides);
                }
            }
        }
        progress.end();
        let all = measured.clone();
        for side in &mut measured {
            side.retain(|name, _| all.iter().all(|other| other.contains_key(name)));
        }
        Ok(measured)
    }
}

/// Who is launched when, in blocks. Two sides go old, new, new, old, so that a machine that slows down
/// steadily slows both by as much.
fn blocks(sides: usize, runs: usize) -> Vec<Vec<usize>> {
    if sides == 1 {
        return vec![vec![0]; runs];
    }
    let mut blocks = vec![vec![0, 1, 1, 0]; runs / 2];
    if runs % 2 == 1 {
        blocks.push(vec![0, 1]);
    }
    blocks
}

fn measured_runs(runs: &Runs) -> usize {
    runs.values().map(Vec::len).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_take_turns_and_each_has_its_runs() {
        assert_eq!(blocks(2, 4), [[0, 1, 1, 0], [0, 1, 1, 0]]);
        assert_eq!(blocks(2, 3), [vec![0, 1, 1, 0], vec![0, 1]]);
        assert_eq!(blocks(1, 2), [[0], [0]]);
        for runs in 1..20 {
            let order = blocks(2, runs).concat();
            assert_eq!(order.iter().filter(|side| **side == 0).count(), runs);
            assert_eq!(order.len(), 2 * runs);
        }
    }

    #[test]
    fn a_steady_drift_meets_both_sides_alike() {
        let mut when = [0, 0];
        for (time, side) in blocks(2, 8).concat().into_iter().enumerate() {
            when[side] += time;
        }
        assert_eq!(when[0], when[1]);
    }

    fn plan(suites: &[(&str, &[&[&str]])]) -> Plan {
        let set = |names: &&[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let one = |(suite, lists): &(&str, &[&[&str]])| {
            ((*suite).to_owned(), lists.iter().map(set).collect())
        };
        Plan { suites: suites.iter().map(one).collect(), sides: 2, is_same_program: false }
    }

    #[test]
    fn suites_without_a_common_benchmark_are_not_launched() {
        let plan = plan(&[
            ("both", &[&["a", "b"], &["b", "c"]]),
            ("disjoint", &[&["x"], &["y"]]),
            ("new", &[&[], &["z"]]),
            ("no match", &[&[], &[]]),
        ]);
        assert_eq!(plan.launches(), [("both", 4)]);
        let all = |names: &str| names.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!((plan.of_side(0), plan.of_side(1)), (all("a b x"), all("b c y z")));
    }
}
