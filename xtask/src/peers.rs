//! `cargo xtask bench --peers`: perfkit beside its peers, as tables.
//!
//! The contenders live in `benchmarks/`, a crate outside the workspace. One launch of it has all of them
//! take turns; here are the medians over many launches. Memory is looked at once: it is as
//! good as the same each time.

mod memory;

use crate::bench::{cargo, time, workspace_root};
use crate::chart::{self, Line};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// A launch this much above the fastest is a slow one.
const SLOW: f64 = 1.5;
/// The share of slow launches of ours that is a failure.
const TOO_MANY: f64 = 0.05;
/// The share of the cores that threads have to have had; those that wait for a lock have less than all.
const BUSY: f64 = 0.7;

/// What one contender cost in each launch.
struct Row {
    work: String,
    threads: String,
    contender: String,
    nanos: Vec<f64>,
    /// How many cores its threads had in each launch.
    cores: Vec<f64>,
}

pub(crate) fn run(launches: usize, filter: Option<&str>) -> Result<ExitCode, Box<dyn Error>> {
    let folder = workspace_root().join("benchmarks");
    eprintln!("building benchmarks/ (minutes the first time)");
    let built = cargo()
        .args(["build", "--release", "--quiet", "--locked", "--target-dir", "target"])
        .current_dir(&folder)
        .status()?;
    if !built.success() {
        return Err("benchmarks/ does not build".into());
    }
    let program = |name| Command::new(folder.join("target/release").join(name));
    let mut rows = Vec::new();
    for launch in 1..=launches {
        eprint!("\rlaunch {launch} of {launches}");
        take_in(&printed(program("benchmarks").args(filter))?, &mut rows)?;
    }
    eprintln!("\r{:40}", "");
    let memory = if memory::is_wanted(filter) {
        memory::tables(&printed(&mut program("memory"))?)?
    } else {
        String::new()
    };
    if rows.is_empty() && memory.is_empty() {
        return Err(format!("no work matches {:?}", filter.unwrap_or("")).into());
    }
    for row in &mut rows {
        row.nanos.sort_unstable_by(f64::total_cmp);
        row.cores.sort_unstable_by(f64::total_cmp);
    }
    print(&rows);
    print!("{memory}");
    if filter.is_none() {
        let chart = workspace_root().join("docs/record.svg");
        fs::write(&chart, draw(&rows))?;
        eprintln!("drew {}", chart.display());
    }
    Ok(judge(&rows))
}

/// What a program of `benchmarks/` prints.
fn printed(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        let program = Path::new(command.get_program()).display();
        return Err(format!("{program} ended with {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What it costs to record, against threads: those contenders that threads can share.
fn draw(rows: &[Row]) -> String {
    let records: Vec<&Row> = rows.iter().filter(|row| row.work == "record").collect();
    let mut threads: Vec<String> = records.iter().map(|row| row.threads.clone()).collect();
    threads.dedup();
    let mut lines: Vec<Line> = Vec::new();
    for row in records {
        match lines.iter_mut().find(|line| line.name == row.contender) {
            Some(line) => line.nanos.push(median(row)),
            None => lines.push(Line { name: row.contender.clone(), nanos: vec![median(row)] }),
        }
    }
    lines.retain(|line| line.nanos.len() == threads.len());
    chart::svg("Recording one value, ns on a core", &threads, &lines)
}

fn take_in(lines: &str, rows: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    for line in lines.lines() {
        let mut parts = line.split('\t');
        let mut next = || parts.next();
        let (Some(work), Some(threads), Some(contender), Some(nanos), Some(cores)) =
            (next(), next(), next(), next(), next())
        else {
            return Err(format!("benchmarks printed {line:?}").into());
        };
        let same = |row: &&mut Row| {
            row.work == work && row.threads == threads && row.contender == contender
        };
        let (nanos, cores) = (nanos.parse()?, cores.parse()?);
        match rows.iter_mut().find(same) {
            Some(row) => {
                row.nanos.push(nanos);
                row.cores.push(cores);
            }
            None => rows.push(Row {
                work: work.to_owned(),
                threads: threads.to_owned(),
                contender: contender.to_owned(),
                nanos: vec![nanos],
                cores: vec![cores],
            }),
        }
    }
    Ok(())
}

/// A table for each work and number of threads, cheapest first; ratios are to ours.
fn print(rows: &[Row]) {
    for table in rows.chunk_by(|a, b| (&a.work, &a.threads) == (&b.work, &b.threads)) {
        let first = &table[0];
        let threads = if first.threads == "1" { "thread" } else { "threads" };
        println!("\n### {}, {} {threads}\n", first.work, first.threads);
        println!("| contender | median | min | ratio | launches above {SLOW} x min | cores |");
        println!("|---|---:|---:|---:|---:|---:|");
        let ours = median(first);
        let mut sorted: Vec<&Row> = table.iter().collect();
        sorted.sort_unstable_by(|a, b| f64::total_cmp(&median(a), &median(b)));
        for row in sorted {
            let ratio = median(row) / ours;
            let (median, min) = (time(median(row)), time(row.nanos[0]));
            let (slow, launches) = (slow(row), row.nanos.len());
            let (name, cores) = (&row.contender, row.cores[launches / 2]);
            println!(
                "| {name} | {median} | {min} | {ratio:.2} | {slow} of {launches} | {cores:.1} |"
            );
        }
    }
}

/// Fails if our own figures are not steady enough to be compared with, or threads did not meet.
fn judge(rows: &[Row]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for row in rows {
        let (launches, threads) = (row.nanos.len(), row.threads.parse().unwrap_or(1.0));
        let name = format!("{} ({threads} threads), {}", row.work, row.contender);
        let ours = row.contender.starts_with("perfkit");
        if ours && slow(row) as f64 > TOO_MANY * launches as f64 {
            eprintln!("{name}: {} of {launches} launches above {SLOW} x the fastest", slow(row));
            code = ExitCode::FAILURE;
        }
        let machine = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        let (had, expected) = (row.cores[launches / 2], f64::min(threads, machine));
        if had < BUSY * expected {
            eprintln!(
                "{name}: its threads had {had:.1} cores: they hardly met, the figure is no good"
            );
            code = ExitCode::FAILURE;
        }
    }
    code
}

fn median(row: &Row) -> f64 {
    row.nanos[row.nanos.len() / 2]
}

fn slow(row: &Row) -> usize {
    row.nanos.iter().filter(|nanos| **nanos > SLOW * row.nanos[0]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launches_of_one_contender_are_taken_together() {
        let mut rows = Vec::new();
        take_in("record\t1\tperfkit\t2.0\t1\nrecord\t1\tother\t4.0\t1\n", &mut rows)
            .expect("tables");
        take_in("record\t1\tperfkit\t3.5\t1\nrecord\t2\tperfkit\t2.5\t2\n", &mut rows)
            .expect("tables");
        let names: Vec<_> = rows.iter().map(|row| (&*row.threads, &*row.contender)).collect();
        assert_eq!(names, [("1", "perfkit"), ("1", "other"), ("2", "perfkit")]);
        assert_eq!((rows[0].nanos.clone(), slow(&rows[0])), (vec![2.0, 3.5], 1));
        assert!(take_in("record\t1", &mut rows).is_err());
        assert!(take_in("record\t1\tperfkit\tfast\t1", &mut rows).is_err());
    }
}
