//! A view with fewer rows, for a comment or a terminal.

use super::{OperationRow, View, counted};

impl View {
    /// At most so many rows of each list, and what is gone: of the targets those that are met go first, then those
    /// that are open; of the operations those that are furthest from their limits; of the comparisons those that
    /// differ little.
    pub(crate) fn shortened(&self, most: usize) -> View {
        let mut view = self.clone();
        let mut cut = Cut { most, gone: Vec::new() };
        if view.checks.len() > most {
            view.checks.sort_by_key(|check| match check.status.as_str() {
                "violated" => 0,
                "met" => 2,
                _ => 1,
            });
        }
        cut.list("target", &mut view.checks);
        cut.operations(&mut view.operations);
        cut.list("error budget", &mut view.budgets);
        for budget in &mut view.budgets {
            cut.list("note", &mut budget.too_fast);
            cut.list("note", &mut budget.excluded);
        }
        cut.list("note", &mut view.notes);
        if view.changes.len() > most {
            // The large ones before all others: a terminal shows no more, and says so when there are none.
            view.changes.sort_by_key(|row| (!row.is_large, row.status != "violated"));
        }
        cut.list("comparison", &mut view.changes);
        if view.baseline.len() > 1 {
            // The first says what the baseline is.
            let mut notes = view.baseline.split_off(1);
            cut.list("note", &mut notes);
            view.baseline.append(&mut notes);
        }
        cut.list("share", &mut view.shares);
        cut.list("share", &mut view.tail);
        cut.list("finding", &mut view.findings);
        cut.list("finding", &mut view.resource_findings);
        cut.list("sample", &mut view.slowest);
        cut.list("sample", &mut view.failed);
        cut.list("failure cause", &mut view.failures);
        cut.list("resource figure", &mut view.resources);
        cut.list("metric", &mut view.metrics);
        cut.list("loss count", &mut view.losses);
        view.left_out = cut.gone.iter().map(|(what, count)| counted(*count as u64, what)).collect();
        view
    }
}

/// What is cut, and how much of it.
struct Cut {
    most: usize,
    gone: Vec<(&'static str, usize)>,
}

impl Cut {
    fn list<T>(&mut self, what: &'static str, list: &mut Vec<T>) {
        self.note(what, list.len());
        list.truncate(self.most);
    }

    /// Those nearest their limits stay, in the order in which they stand; without limits the first ones.
    fn operations(&mut self, operations: &mut Vec<OperationRow>) {
        self.note("operation", operations.len());
        let mut nearest: Vec<usize> = (0..operations.len()).collect();
        nearest.sort_by(|a, b| operations[*b].nearness.total_cmp(&operations[*a].nearness));
        nearest.truncate(self.most);
        let mut place = 0..;
        operations.retain(|_| place.next().is_some_and(|place| nearest.contains(&place)));
    }

    fn note(&mut self, what: &'static str, rows: usize) {
        let gone = rows.saturating_sub(self.most);
        match self.gone.iter_mut().find(|(known, _)| *known == what) {
            Some((_, sum)) => *sum += gone,
            None if gone > 0 => self.gone.push((what, gone)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BaselineModel, ChangeModel, CheckModel, Model, VerdictModel};

    #[test]
    fn what_is_violated_or_changed_much_stays_wherever_it_stood() {
        let check = |status: &str| CheckModel { status: status.to_owned(), ..Default::default() };
        let change = |operation: &str, ratio, outcome: &str| ChangeModel {
            operation: operation.to_owned(),
            change_ratio: Some(ratio),
            outcome: outcome.to_owned(),
            ..Default::default()
        };
        let mut changes = vec![change("same", 0.01, "unchanged"); 60];
        changes.insert(50, change("fast", -0.5, "improved"));
        changes.push(change("slow", 0.5, "regressed"));
        let checks = ["met", "inconclusive", "inconclusive", "violated"].map(check).to_vec();
        let view = View::new(&Model {
            verdict: Some(VerdictModel { checks, ..Default::default() }),
            baseline: Some(BaselineModel { changes, ..Default::default() }),
            ..Default::default()
        });
        let cut = view.shortened(2);
        let statuses: Vec<_> = cut.checks.iter().map(|check| check.status.as_str()).collect();
        assert_eq!(statuses, ["violated", "inconclusive"]);
        let operations: Vec<_> = cut.changes.iter().map(|row| row.operation.as_str()).collect();
        assert_eq!(operations, ["slow", "fast"]);
        assert_eq!(view.shortened(100).changes[50].operation, "fast", "the order of the file");
    }
}
