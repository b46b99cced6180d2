//! Error budgets: what is left of them, over time.

use super::{Figure, heading};
use crate::chart::{Budget, Size, Time};
use crate::model::{BudgetModel, Model, seconds};
use crate::view::MAX_NAME;
use crate::wording::one_line;

pub(super) fn figures(model: &Model) -> Vec<Figure> {
    let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
    let budgets = checks.filter_map(|check| Some((&check.subject, check.budget.as_ref()?)));
    budgets
        .enumerate()
        .filter_map(|(number, (name, budget))| figure(number, name, budget))
        .collect()
}

/// `None` where nothing may be bad, and of a single moment.
fn figure(number: usize, name: &str, budget: &BudgetModel) -> Option<Figure> {
    let left = |bad: u64| Some(1.0 - bad as f64 / budget.allowed);
    let points: Vec<(f64, Option<f64>)> =
        budget.history.iter().map(|point| (seconds(&point.at), left(point.bad))).collect();
    let (from_s, to_s) = (points.first()?.0, points.last()?.0);
    if points.len() < 3 || budget.allowed <= 0.0 || to_s <= from_s {
        return None;
    }
    let name = one_line(name, MAX_NAME);
    let svg = Budget {
        heading: heading(
            &format!("budget-{number}"),
            &format!("Error budget of {name} over time"),
            "The share of what may be bad that was left, against one that goes evenly; the table above \
             has the sums.",
        ),
        size: Size::Half,
        window: Time { from_s, to_s },
        left: &points,
    }
    .to_svg();
    Some(Figure::half(format!("{name}: what is left of what may be bad here"), svg))
}
