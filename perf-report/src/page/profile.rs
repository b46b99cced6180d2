//! Who called what: a flame graph, a table, and folded stacks for other tools.

use super::{Figure, heading};
use crate::chart::{Flame, Node, Size};
use crate::model::{CallNodeModel, Model};
use crate::view::{MAX_NAME, counted};
use crate::wording::{count, duration, one_line};
use serde::Serialize;

/// Rows of the table.
const ROWS: usize = 60;

/// The profile of the scopes.
#[derive(Serialize)]
pub(crate) struct Profile {
    figure: Figure,
    rows: Vec<CallRow>,
    note: String,
    /// `a;b;c 1234` a line, in µs of self time: what flame graph tools read.
    folded: String,
}

#[derive(Serialize)]
struct CallRow {
    name: String,
    /// For its indentation, at most 12.
    depth: u64,
    calls: String,
    failures: String,
    total: String,
    own: String,
    mean: String,
    share: String,
}

impl Profile {
    /// `None` without a call tree.
    pub(super) fn new(model: &Model) -> Option<Self> {
        let tree = &model.call_tree;
        let whole: u64 = sum(tree.iter().filter(|node| node.depth == 0).map(|node| node.total_ns));
        if tree.is_empty() {
            return None;
        }
        let left = tree.len().saturating_sub(ROWS);
        Some(Profile {
            figure: flame(tree, whole),
            rows: tree.iter().take(ROWS).map(|node| CallRow::new(node, whole)).collect(),
            note: match left {
                0 => String::new(),
                _ => format!("{} more are in the data.", counted(left as u64, "path")),
            },
            folded: folded(tree),
        })
    }
}

fn flame(tree: &[CallNodeModel], whole: u64) -> Figure {
    let texts: Vec<(String, String)> = tree
        .iter()
        .map(|node| {
            let name = one_line(&node.name, MAX_NAME);
            let tooltip = format!(
                "{name}: {} in {}, {} in itself",
                duration(node.total_ns),
                counted(node.calls, "call"),
                duration(node.self_ns)
            );
            (name, tooltip)
        })
        .collect();
    let share = |ns: u64| if whole == 0 { 0.0 } else { ns as f64 / whole as f64 };
    // Where the next node of each depth begins.
    let mut next: Vec<u64> = Vec::new();
    let mut nodes = Vec::with_capacity(tree.len());
    for (node, (name, tooltip)) in tree.iter().zip(&texts) {
        let depth = (node.depth as usize).min(next.len());
        next.truncate(depth + 1);
        if next.len() == depth {
            next.push(depth.checked_sub(1).map_or(0, |above| next[above]));
        }
        let start = next[depth];
        next[depth] = start.saturating_add(node.total_ns);
        next.push(start);
        nodes.push(Node { depth, start: share(start), width: share(node.total_ns), name, tooltip });
    }
    let svg = Flame {
        heading: heading(
            "flame",
            "Who called what",
            "Each box is as wide as the time of its calls, below what it was called by; the table below \
             has the numbers.",
        ),
        size: Size::Wide,
        nodes: &nodes,
    }
    .to_svg();
    Figure::wide("Who called what, and how long it took", svg)
}

impl CallRow {
    fn new(node: &CallNodeModel, whole: u64) -> Self {
        let share = if whole == 0 { 0.0 } else { node.self_ns as f64 / whole as f64 };
        CallRow {
            name: one_line(&node.name, MAX_NAME),
            depth: node.depth.min(12),
            calls: count(node.calls),
            failures: count(node.failures),
            total: duration(node.total_ns),
            own: duration(node.self_ns),
            mean: node.total_ns.checked_div(node.calls).map_or_else(|| "–".to_owned(), duration),
            share: format!("{:.1} %", share * 100.0),
        }
    }
}

/// As Brendan Gregg's stackcollapse scripts write it; a name's own semicolons and spaces are underscores.
fn folded(tree: &[CallNodeModel]) -> String {
    let mut path: Vec<String> = Vec::new();
    let mut lines = String::new();
    for node in tree {
        path.truncate(node.depth as usize);
        path.push(one_line(&node.name, MAX_NAME).replace([';', ' '], "_"));
        let micros = node.self_ns / 1_000;
        if micros > 0 {
            lines += &format!("{} {micros}\n", path.join(";"));
        }
    }
    lines
}

fn sum(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0, u64::saturating_add)
}
