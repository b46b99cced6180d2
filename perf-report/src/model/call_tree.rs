//! Who called what, as the JSON of a report has it.

use super::nanos;
use perf_core::{CallNode, CallTree};
use serde::{Deserialize, Serialize};

/// A path of scopes: a function at the end of the names that enclose it. Nodes follow each other depth
/// first, so what a node called stands below it with a greater depth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CallNodeModel {
    /// Its name.
    pub name: String,
    /// How many names enclose it.
    pub depth: u64,
    /// How often it was called, failures too.
    pub calls: u64,
    /// How many of these failed.
    pub failures: u64,
    /// What all calls took, with what they called.
    pub total_ns: u64,
    /// What they took without that.
    pub self_ns: u64,
}

impl CallNodeModel {
    pub(crate) fn all(tree: &CallTree) -> Vec<Self> {
        tree.nodes().map(CallNodeModel::new).collect()
    }

    fn new(node: CallNode<'_>) -> Self {
        CallNodeModel {
            name: node.name().to_owned(),
            depth: node.depth() as u64,
            calls: node.calls(),
            failures: node.failures(),
            total_ns: nanos(node.total()),
            self_ns: nanos(node.self_time()),
        }
    }

    /// Two trees as one: what several processes did on the same paths is added up.
    pub(crate) fn merge(ours: &[Self], theirs: &[Self]) -> Vec<Self> {
        let mut all = Vec::new();
        merge_below(0, &[ours, theirs], &mut all);
        all
    }
}

/// Appends what is at `depth` in any of the lists, each name once, the longest total first, each with what
/// is below it.
fn merge_below(depth: u64, lists: &[&[CallNodeModel]], all: &mut Vec<CallNodeModel>) {
    let mut merged: Vec<(CallNodeModel, Vec<&[CallNodeModel]>)> = Vec::new();
    for subtree in lists.iter().flat_map(|list| subtrees(depth, list)) {
        let (node, below) = (&subtree[0], &subtree[1..]);
        match merged.iter_mut().find(|(known, _)| known.name == node.name) {
            Some((known, parts)) => {
                known.calls = known.calls.saturating_add(node.calls);
                known.failures = known.failures.saturating_add(node.failures);
                known.total_ns = known.total_ns.saturating_add(node.total_ns);
                known.self_ns = known.self_ns.saturating_add(node.self_ns);
                parts.push(below);
            }
            None => merged.push((CallNodeModel { depth, ..node.clone() }, vec![below])),
        }
    }
    merged.sort_by_key(|(node, _)| std::cmp::Reverse(node.total_ns));
    for (node, below) in merged {
        all.push(node);
        merge_below(depth + 1, &below, all);
    }
}

/// Each node at `depth` with what is below it.
fn subtrees(depth: u64, list: &[CallNodeModel]) -> impl Iterator<Item = &[CallNodeModel]> {
    list.chunk_by(move |_, next| next.depth > depth)
}
