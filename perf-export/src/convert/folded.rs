//! Summed stacks for flame graphs.

use super::series::Series;
use super::{Convert, is_hostile};
use crate::Entry;
use std::io::{self, Write};
use std::time::Duration;

/// Folded stacks, as inferno and FlameGraph read them: `request;retrieval 1500`, the time in µs that all
/// requests together spent there. What no stage accounts for is the time of the request itself; stages
/// that ran side by side count with all of their time.
///
/// A `;` inside of a name is written as `,`, and a control character as `_`. Operations and stages beyond
/// 10,000 are one, `(others)`.
#[derive(Debug)]
pub struct Folded {
    root: String,
    nanos: Series<u128>,
}

impl Folded {
    /// `root` is what requests are called that name no operation.
    pub fn new(root: &str) -> Self {
        Folded { root: frame(root), nanos: Series::new() }
    }
}

impl Convert for Folded {
    fn entry(&mut self, entry: &Entry<'_>, _: &mut dyn Write) -> io::Result<()> {
        let mut stack = match &entry.operation {
            Some(operation) => frame(operation),
            None => self.root.clone(),
        };
        *self.nanos.of(&stack, || 0) += itself(entry).as_nanos();
        let root = stack.len();
        for span in &entry.spans {
            stack.truncate(root);
            stack.push(';');
            stack.push_str(&frame(&span.stage));
            *self.nanos.of(&stack, || 0) += span.duration.as_nanos();
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        for (stack, nanos) in self.nanos.sorted() {
            let micros = (nanos + 500) / 1_000;
            if micros > 0 {
                writeln!(out, "{stack} {micros}")?;
            }
        }
        Ok(())
    }
}

/// What no stage accounts for.
fn itself(entry: &Entry<'_>) -> Duration {
    let end = |start: Duration, duration| start.saturating_add(duration).min(entry.total);
    let mut spans: Vec<_> =
        entry.spans.iter().map(|span| (span.start, end(span.start, span.duration))).collect();
    spans.sort_unstable();
    let (mut covered, mut until) = (Duration::ZERO, Duration::ZERO);
    for (start, end) in spans {
        covered += end.saturating_sub(start.max(until));
        until = until.max(end);
    }
    entry.total.saturating_sub(covered)
}

fn frame(name: &str) -> String {
    let plain = |c: char| match c {
        ';' => ',',
        c if is_hostile(c) => '_',
        c => c,
    };
    match name.trim() {
        "" => "(no name)".to_owned(),
        name => name.chars().map(plain).collect(),
    }
}
