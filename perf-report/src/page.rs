//! What the HTML template is given beside the view: charts, tables by time, and the data itself.

mod budgets;
mod columns;
mod data;
mod ids;
mod over_time;
mod profile;
mod section;
mod spread;
mod where_time;

use crate::chart::{self, Heading, Size};
use crate::error::ReportError;
use crate::model::{CheckModel, Model, OperationModel};
use crate::view::View;
use columns::Columns;
use ids::Ids;
use profile::Profile;
use section::{Entry, Section};
use serde::Serialize;
use where_time::RequestFigure;

/// Operations that have a section with charts of their own.
const SECTIONS: usize = 10;
/// The id of what is said of the whole.
const WHOLE: &str = "op-whole";

#[derive(Serialize)]
pub(crate) struct Page {
    #[serde(flatten)]
    view: View,
    style: String,
    script: &'static str,
    /// Of the whole, on one axis of time.
    over_time: Vec<Figure>,
    /// Of the whole: distribution and percentiles.
    spread: Vec<Figure>,
    /// The whole in numbers.
    whole: Option<Section>,
    budget_figures: Vec<Figure>,
    share_figures: Vec<Figure>,
    requests: Vec<RequestFigure>,
    /// The rows of the table of operations.
    entries: Vec<Entry>,
    sections: Vec<Section>,
    /// Said where not every operation has a section.
    sections_note: String,
    profile: Option<Profile>,
    /// The report as JSON, in gzip and base64.
    data: String,
    /// What is in the data: `34.3 KiB`.
    data_label: String,
}

/// A chart with what stands above it.
#[derive(Serialize)]
pub(crate) struct Figure {
    caption: String,
    svg: String,
    /// As wide as the page.
    is_wide: bool,
}

impl Page {
    pub(crate) fn new(model: &Model) -> Result<Self, ReportError> {
        let mut ids = Ids::new();
        let view = View::new(model);
        let whole = Columns::of_whole(model);
        let chosen = section::chosen(model, SECTIONS);
        let named: Vec<(String, &OperationModel)> =
            model.operations.iter().map(|operation| (ids.of(&operation.name), operation)).collect();
        let sections: Vec<Section> = chosen
            .iter()
            .filter_map(|name| named.iter().find(|(_, operation)| operation.name == *name))
            .map(|(id, operation)| Section::new(id, operation, model))
            .collect();
        let is_part = |o: &&OperationModel| model.overall_operation.as_ref() != Some(&o.name);
        let left = model.operations.iter().filter(is_part).count() - sections.len();
        let (data, is_whole) = data::embedded(model)?;
        Ok(Page {
            entries: section::entries(model, &named, &chosen),
            over_time: over_time::figures(model, whole.as_ref()),
            spread: spread::figures("whole", &model.overall, model, Size::Half, true),
            whole: (model.overall.count > 0).then(|| Section::of_whole(model, whole.as_ref())),
            budget_figures: budgets::figures(model),
            share_figures: where_time::shares(model).into_iter().collect(),
            requests: where_time::requests(model),
            sections,
            sections_note: match left {
                0 => String::new(),
                _ => format!(
                    "Charts for the {} operations nearest their limits; the other {left} are in the \
                     table and in the data.",
                    chosen.len()
                ),
            },
            profile: Profile::new(model),
            data_label: match is_whole {
                true => crate::wording::bytes(data.len() as u64),
                false => "without the run over time".to_owned(),
            },
            data,
            style: format!("{}{}", include_str!("templates/report.css"), chart::STYLE),
            script: include_str!("templates/report.js"),
            view,
        })
    }
}

impl Figure {
    fn wide(caption: impl Into<String>, svg: String) -> Self {
        Figure { caption: caption.into(), svg, is_wide: true }
    }

    fn half(caption: impl Into<String>, svg: String) -> Self {
        Figure { caption: caption.into(), svg, is_wide: false }
    }

    fn sized(size: Size, caption: impl Into<String>, svg: String) -> Self {
        match size {
            Size::Wide => Figure::wide(caption, svg),
            Size::Half => Figure::half(caption, svg),
        }
    }
}

fn heading<'a>(id: &'a str, title: &'a str, description: &'a str) -> Heading<'a> {
    Heading { id, title, description }
}

/// The checks for an operation; for the whole, those of the whole too.
fn checks_of<'a>(
    model: &'a Model,
    operation: &'a str,
) -> impl Iterator<Item = &'a CheckModel> + Clone {
    let is_whole = operation == "overall" || model.overall_operation.as_deref() == Some(operation);
    let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
    checks.filter(move |check| match &check.operation {
        Some(name) => {
            name == operation
                || (operation == "overall" && model.overall_operation.as_ref() == Some(name))
        }
        None => is_whole && check.is_overall(),
    })
}

/// Limits of latencies, each once: what it is for, how it is written, and its height in ns.
fn limits_of(model: &Model, operation: &str) -> Vec<(String, String, u64)> {
    let mut limits: Vec<(String, String, u64)> = Vec::new();
    for check in checks_of(model, operation) {
        let Some(limit) = check.limit_ns.filter(|_| !check.is_minimum) else { continue };
        let label = format!("{} ≤ {}", check.indicator, crate::wording::duration(limit));
        if !limits.iter().any(|(_, known, _)| *known == label) {
            limits.push((check.indicator.clone(), label, limit));
        }
    }
    limits
}

/// The one limit that says most of a distribution: that of the 95th percentile, or else the highest.
fn main_limit(limits: &[(String, String, u64)]) -> Option<&(String, String, u64)> {
    let p95 = limits.iter().find(|(indicator, _, _)| indicator == "p95");
    p95.or_else(|| limits.iter().max_by_key(|(_, _, limit)| *limit))
}
