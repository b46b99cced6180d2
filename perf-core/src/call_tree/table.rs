//! A call tree as people read it.

use super::{CallNode, CallTree};
use std::fmt;

/// Columns of the name with its indentation; all together are 80.
const NAME: usize = 36;
/// Deeper nodes are indented no further, so that their names keep some columns.
const MAX_INDENTATION: usize = 20;

/// A line for each node, indented by its depth: calls, total, self time, and the part of that in the
/// whole. Names are shortened to fit into 80 columns; control characters in them are replaced.
impl fmt::Display for CallTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, total, own, share) = ("calls", "total", "self", "self%");
        writeln!(f, "{:NAME$} {calls:>13} {total:>10} {own:>10} {share:>7}", "name")?;
        for node in self.nodes() {
            let share = 100.0 * node.self_share();
            let (calls, total, own) = (node.calls(), node.total(), node.self_time());
            let name = shown_name(node);
            writeln!(f, "{name:NAME$} {calls:>13} {total:>10.1?} {own:>10.1?} {share:>6.1}%")?;
        }
        Ok(())
    }
}

fn shown_name(node: CallNode<'_>) -> String {
    let indentation = (2 * node.depth()).min(MAX_INDENTATION);
    let mut shown = " ".repeat(indentation);
    let visible = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let room = NAME - indentation;
    if node.name().chars().nth(room).is_none() {
        shown.extend(node.name().chars().map(visible));
    } else {
        shown.extend(node.name().chars().take(room - 1).map(visible));
        shown.push('…');
    }
    shown
}
