//! `cargo xtask bench --save` and `--against`: did this change make anything slower?
//!
//! The unit is a process launch, a run: it yields one value a benchmark, and those of both sides are compared as
//! `perf_analysis` does. Against a revision both sides are launched in turns; against saved runs they
//! cannot be, and what the machine did meanwhile looks like a change.

mod interrupt;
mod judge;
mod machine;
mod options;
mod progress;
mod revision;
mod runs;
mod saved;
mod suites;
mod table;

use crate::bench::workspace_root;
use interrupt::Interrupted;
use judge::Verdict;
use machine::Machine;
pub(crate) use options::Options;
use options::Wanted;
use perf_analysis::Outcome;
use revision::Revision;
use runs::{Plan, Runs};
use saved::Saved;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use suites::Suites;
use table::{list, percent, summary, table};

type Failure = Box<dyn Error>;

/// Two sets of runs, and what is to be said of them.
struct Sides {
    titles: [String; 2],
    runs: [Runs; 2],
    /// Benchmarks that only one side has.
    alone: [Vec<String>; 2],
    remarks: Vec<String>,
    /// Why the answer is advice only.
    doubts: Vec<String>,
}

/// 0, and 1 when something regressed.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    interrupt::watch()?;
    let result = match &options.wanted {
        Wanted::Save(name) => save(name, options),
        Wanted::Against(text) => match saved::path(text).filter(|path| path.exists()) {
            Some(path) => {
                eprintln!("comparing with the runs saved in {}", path.display());
                if !text.ends_with(".json") && Revision::resolve(text).is_ok() {
                    eprintln!("(not with the revision {text}: for that, --against {text}^0)");
                }
                against_saved(&path, options)
            }
            None => against_revision(text, options),
        },
    };
    match result {
        Err(error) if error.is::<Interrupted>() => {
            eprintln!("\n{error}");
            Ok(ExitCode::from(Interrupted::EXIT_CODE))
        }
        result => result,
    }
}

fn save(name: &str, options: &Options) -> Result<ExitCode, Failure> {
    let path = saved::path(name)
        .ok_or_else(|| format!("{name:?} is no name: letters, digits, '.', '_' and '-'"))?;
    let (revision, machine) = (revision::state_of_working_tree(), Machine::this()?);
    let (_, mut runs) = measure(Vec::new(), options)?;
    let runs = runs.pop().unwrap_or_default();
    crate::bench::print(&runs, options.runs);
    Saved::new(revision, machine, options.filter.clone(), runs).write(&path)?;
    eprintln!("saved in {}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn against_saved(path: &Path, options: &Options) -> Result<ExitCode, Failure> {
    let old = Saved::read(path)?;
    let doubts = Machine::this()?.differences(&old.machine);
    for doubt in &doubts {
        eprintln!("WARNING: not as it was when they were saved: {doubt}");
    }
    let (plan, mut runs) = measure(Vec::new(), options)?;
    let new = runs.pop().unwrap_or_default();
    let names = [old.runs.keys().cloned().collect(), plan.of_side(0)];
    let mut alone = alone(&names);
    // Which of the other side's a filter lets through, only criterion knows.
    if options.filter.is_some() {
        alone[0].clear();
    }
    if old.filter.is_some() {
        alone[1].clear();
    }
    let revision = old.revision.as_deref().unwrap_or("not known");
    let root = workspace_root();
    let shown = path.strip_prefix(&root).unwrap_or(path);
    conclude(Sides {
        titles: [format!("{} ({revision})", shown.display()), title_of_ours()],
        runs: [old.runs, new],
        alone,
        remarks: vec![
            "They did not take turns: what the machine did meanwhile looks like a change."
                .to_owned(),
        ],
        doubts,
    })
}

fn against_revision(name: &str, options: &Options) -> Result<ExitCode, Failure> {
    let revision = Revision::resolve(name)?;
    eprintln!("comparing with the revision {}; building it", revision.title());
    let old = revision.build()?;
    let (plan, mut runs) = measure(vec![old], options)?;
    let (new, old) = (runs.pop().unwrap_or_default(), runs.pop().unwrap_or_default());
    let mut remarks = Vec::new();
    if plan.is_same_program() {
        remarks.push("Both builds are the same, byte for byte: differences are noise.".to_owned());
    }
    conclude(Sides {
        titles: [revision.title(), title_of_ours()],
        runs: [old, new],
        alone: alone(&[plan.of_side(0), plan.of_side(1)]),
        remarks,
        doubts: Vec::new(),
    })
}

/// Builds ours, and measures it last, after and in turns with `others`.
fn measure(others: Vec<Suites>, options: &Options) -> Result<(Plan, Vec<Runs>), Failure> {
    eprintln!("building the working tree");
    let mut built = others;
    built.push(Suites::build(&workspace_root(), None)?);
    fs::create_dir_all(revision::folder())?;
    let folder = tempfile::Builder::new().prefix("runs-").tempdir_in(revision::folder())?;
    let mut sides = Vec::new();
    for (side, suites) in built.into_iter().enumerate() {
        sides.push(suites.copied_to(&folder.path().join(side.to_string()))?);
    }
    let filter = options.filter.as_deref();
    let plan = Plan::of(&sides, filter)?;
    let runs = plan.measure(&sides, options.runs, filter, &folder.path().join("results"))?;
    Ok((plan, runs))
}

fn title_of_ours() -> String {
    let state = revision::state_of_working_tree().unwrap_or_else(|| "not known".to_owned());
    format!("the working tree ({state})")
}

fn alone(names: &[BTreeSet<String>; 2]) -> [Vec<String>; 2] {
    [&names[0] - &names[1], &names[1] - &names[0]].map(|names| names.into_iter().collect())
}

/// Prints it all, and makes the exit code.
fn conclude(sides: Sides) -> Result<ExitCode, Failure> {
    let verdict = Verdict::of(&sides.runs[0], &sides.runs[1])?;
    if verdict.comparisons.is_empty() {
        return Err("the two sides have no benchmark in common".into());
    }
    let counts = sides.runs.each_ref().map(|runs| runs.values().map(Vec::len).min().unwrap_or(0));
    println!("old: {}, {} runs", sides.titles[0], counts[0]);
    println!("new: {}, {} runs\n", sides.titles[1], counts[1]);
    println!("{}\n{}", table(&verdict), summary(&verdict));
    for (side, names) in ["old", "new"].iter().zip(&sides.alone) {
        print!("{}", list(&format!("only in {side}, not compared"), names));
    }
    for remark in &sides.remarks {
        println!("{remark}");
    }
    if counts.into_iter().min() < Some(4) {
        println!("So few runs show what there may be; to know takes --runs 8 or more.");
    }
    let mut doubts = sides.doubts;
    for seen in &verdict.control {
        let change = percent(seen.relative_shift.unwrap_or(0.0));
        doubts.push(format!("{}: runs of one build differ as much, {change}", seen.name));
    }
    if !doubts.is_empty() {
        println!("ADVICE ONLY, whatever it says above: something besides the code changed");
        print!("{}", list("what was found", &doubts));
        return Ok(ExitCode::SUCCESS);
    }
    let has_regressed = verdict.count(Outcome::Regressed) > 0;
    Ok(if has_regressed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(factor: f64, doubts: Vec<String>) -> Sides {
        let steady = [10.0, 10.1, 9.9, 10.05, 10.0, 9.95, 10.1, 9.9];
        let runs = |factor: f64| -> Runs {
            [("a".to_owned(), steady.map(|nanos| nanos * factor).to_vec())].into()
        };
        Sides {
            titles: ["old".to_owned(), "new".to_owned()],
            runs: [runs(1.0), runs(factor)],
            alone: [Vec::new(), Vec::new()],
            remarks: Vec::new(),
            doubts,
        }
    }

    #[test]
    fn only_a_regression_beyond_doubt_fails() {
        let code =
            |factor, doubts| format!("{:?}", conclude(sides(factor, doubts)).expect("valid"));
        let (good, bad) = (ExitCode::SUCCESS, ExitCode::FAILURE);
        assert_eq!(code(1.0, vec![]), format!("{good:?}"));
        assert_eq!(code(0.5, vec![]), format!("{good:?}"));
        assert_eq!(code(1.5, vec![]), format!("{bad:?}"));
        assert_eq!(code(1.5, vec!["another processor".to_owned()]), format!("{good:?}"));
    }

    #[test]
    fn sides_with_nothing_in_common_are_refused() {
        let mut sides = sides(1.0, vec![]);
        sides.runs[1] = Runs::from([("b".to_owned(), vec![1.0])]);
        assert!(conclude(sides).is_err());
    }

    #[test]
    fn what_one_side_has_alone_is_listed() {
        let set = |names: &str| names.split(' ').map(str::to_owned).collect();
        let expected = [vec!["a".to_owned()], vec!["c".to_owned()]];
        assert_eq!(alone(&[set("a b"), set("b c")]), expected);
    }
}
