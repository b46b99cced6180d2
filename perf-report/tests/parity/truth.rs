//! What must stand in the cells, from what the report was made of: nothing here is taken from the report.

use crate::number::{self, Shown, Unit};
use crate::table::Table;
use perf_core::{OperationSnapshot, Quantile, Snapshot};
use perf_sla::{Bound, Check, Quantity, Status};

#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    Number(Unit, f64),
    /// A text with these numbers in it, of shares and counts.
    Numbers(Vec<f64>),
    Nothing,
}

/// Rows of cells by the names of their columns.
#[derive(Debug)]
pub(crate) struct Truth(Vec<Vec<(&'static str, Cell)>>);

impl Truth {
    /// What is wrong with a table that says it shows this: every row, in this order, and of each column every cell.
    pub(crate) fn problems(&self, table: &Table) -> Vec<String> {
        let mut problems = Vec::new();
        if table.rows.len() != self.0.len() {
            problems.push(format!("{} rows, not {}", table.rows.len(), self.0.len()));
        }
        for (cells, row) in self.0.iter().zip(&table.rows) {
            for (head, text) in table.heads.iter().zip(row) {
                let cell = cells.iter().find(|(known, _)| known == head);
                let (_, cell) = cell.unwrap_or_else(|| panic!("{head} means nothing"));
                if !cell.is_shown_as(text) {
                    problems.push(format!("{head} of {:?} is {text:?}, not {cell:?}", row[0]));
                }
            }
        }
        problems
    }
}

impl Cell {
    fn is_shown_as(&self, text: &str) -> bool {
        match self {
            Cell::Text(known) => text == known,
            Cell::Number(unit, value) => Shown::read(text).is_some_and(|t| t.is(*unit, *value)),
            Cell::Numbers(values) => {
                let shown = number::all(text);
                let is = |(shown, value): (&Shown, &f64)| shown.is(Unit::None, *value);
                shown.len() == values.len() && shown.iter().zip(values).all(is)
            }
            Cell::Nothing => text.is_empty() || text == "–",
        }
    }
}

/// The operations, those that took most time first.
pub(crate) fn operations(snapshot: &Snapshot) -> Truth {
    let mut operations: Vec<&OperationSnapshot> = snapshot.operations().collect();
    operations.sort_by_key(|operation| std::cmp::Reverse(total(operation)));
    Truth(operations.into_iter().map(operation).collect())
}

fn operation(operation: &OperationSnapshot) -> Vec<(&'static str, Cell)> {
    let number = |unit, value: Option<f64>| value.map_or(Cell::Nothing, |n| Cell::Number(unit, n));
    let latency = operation.latency();
    let time = |nanos: Option<u64>| number(Unit::Time, nanos.map(|nanos| nanos as f64));
    vec![
        ("operation", Cell::Text(operation.name().to_owned())),
        ("count", Cell::Number(Unit::None, operation.count() as f64)),
        ("rate/s", number(Unit::None, operation.throughput())),
        ("success", number(Unit::Percent, operation.success_rate().map(|rate| rate * 100.0))),
        // Times are whole nanoseconds.
        ("mean", number(Unit::Time, latency.mean().map(f64::trunc))),
        ("p50", time(latency.quantile(Quantile::P50))),
        ("p90", time(latency.quantile(Quantile::P90))),
        ("p95", time(latency.quantile(Quantile::P95))),
        ("p99", time(latency.quantile(Quantile::P99))),
        ("p99.9", time(latency.quantile(Quantile::P999))),
        ("max", time(latency.max())),
    ]
}

fn total(operation: &OperationSnapshot) -> u128 {
    operation.latency().sum() + operation.failure_latency().sum()
}

/// The share of each operation in the time of `whole`, and what is left, if something is.
pub(crate) fn shares(snapshot: &Snapshot, whole: &str) -> Truth {
    let parts = snapshot.operations().filter(|part| part.name() != whole && part.count() > 0);
    let of = total(snapshot.operation(whole).unwrap()) as f64;
    let mut shares: Vec<(&str, f64)> =
        parts.map(|part| (part.name(), 100.0 * total(part) as f64 / of)).collect();
    shares.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let rest = 100.0 - shares.iter().map(|(_, share)| share).sum::<f64>();
    shares.extend((rest > 0.0).then_some(("unattributed", rest)));
    Truth::shares(&shares)
}

impl Truth {
    /// Of shares in percent.
    pub(crate) fn shares(shares: &[(&str, f64)]) -> Self {
        let row = |(name, share): &(&str, f64)| {
            let share = Cell::Number(Unit::Percent, *share);
            vec![("operation", Cell::Text((*name).to_owned())), ("share", share)]
        };
        Truth(shares.iter().map(row).collect())
    }
}

/// The targets, in the order of the file.
pub(crate) fn checks(checks: &[Check]) -> Truth {
    Truth(checks.iter().map(check).collect())
}

fn check(check: &Check) -> Vec<(&'static str, Cell)> {
    let subject = match &check.label {
        Some((label, value)) => format!("{} {label}={value}", check.target.subject),
        None => check.target.subject.to_string(),
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    let limit = check.target.limit;
    let at_least = check.target.bound == Bound::AtLeast;
    let relation = check.observed.map(|observed| match (value(observed), value(limit)) {
        (observed, limit) if at_least => {
            if observed < limit {
                "<"
            } else {
                "≥"
            }
        }
        (observed, limit) => {
            if observed > limit {
                ">"
            } else {
                "≤"
            }
        }
    });
    let change = |o| Cell::Number(Unit::Percent, 100.0 * (value(o) / value(limit) - 1.0));
    let seconds = match check.observed {
        Some(Quantity::Time(time)) => time.as_secs_f64(),
        _ => 0.0,
    };
    let count = |n: Option<u64>| n.map_or(Cell::Nothing, |n| Cell::Number(Unit::None, n as f64));
    let percent =
        |n: Option<f64>| n.map_or(Cell::Nothing, |n| Cell::Number(Unit::Percent, n * 100.0));
    vec![
        ("status", text(&check.status.to_string())),
        ("operation", text(&subject)),
        ("indicator", text(&check.target.indicator.to_string())),
        ("observed", check.observed.map_or(text("no data"), number)),
        ("relation", relation.map_or(Cell::Nothing, text)),
        ("bound", text(if at_least { "≥" } else { "≤" })),
        ("limit", number(limit)),
        (
            "margin",
            match (check.observed, limit) {
                (Some(Quantity::Ratio(observed)), Quantity::Ratio(limit)) => {
                    Cell::Number(Unit::Points, 100.0 * (observed - limit))
                }
                (observed, _) => observed.map_or(Cell::Nothing, change),
            },
        ),
        ("margin ratio", check.observed.map_or(Cell::Nothing, change)),
        ("evidence", evidence(check)),
        ("seconds", Cell::Text(format!("{seconds:.6}"))),
        ("samples", count(Some(check.samples))),
        ("bad at least", count(check.bad.map(|(least, _)| least))),
        ("bad at most", count(check.bad.map(|(_, most)| most))),
        ("bad low", percent(check.bad_share.map(|(low, _)| low))),
        ("bad high", percent(check.bad_share.map(|(_, high)| high))),
        ("more needed", count(check.samples_needed)),
    ]
}

/// The numbers that the answer rests on: how many of how many, and what that says of the true share, or how
/// many more it takes.
fn evidence(check: &Check) -> Cell {
    if let Some(note) = &check.note {
        return Cell::Text(note.clone());
    }
    let mut numbers = Vec::new();
    if let Some((least, most)) = check.bad.filter(|_| check.samples > 0) {
        numbers.push(least as f64);
        numbers.extend((most != least).then_some(most as f64));
    }
    let is_value = matches!(check.observed, Some(Quantity::Number(_) | Quantity::Bytes(_)));
    if check.samples > 0 && (check.bad.is_some() || !is_value) {
        numbers.push(check.samples as f64);
    }
    match check.status {
        Status::Inconclusive => numbers.extend(check.samples_needed.map(|needed| needed as f64)),
        _ => {
            numbers
                .extend(check.bad_share.iter().flat_map(|(low, high)| [100.0 * low, 100.0 * high]));
        }
    }
    Cell::Numbers(numbers)
}

fn number(quantity: Quantity) -> Cell {
    let unit = match quantity {
        Quantity::Time(_) => Unit::Time,
        Quantity::Rate(_) => Unit::Rate,
        Quantity::Ratio(_) => Unit::Percent,
        Quantity::Bytes(_) => Unit::Bytes,
        _ => Unit::None,
    };
    Cell::Number(unit, value(quantity))
}

fn value(quantity: Quantity) -> f64 {
    match quantity {
        Quantity::Time(time) => time.as_nanos() as f64,
        Quantity::Ratio(ratio) => 100.0 * ratio,
        Quantity::Bytes(bytes) => bytes as f64,
        Quantity::Rate(number) | Quantity::Number(number) => number,
        _ => panic!("{quantity:?} is of a kind that is not known here"),
    }
}
