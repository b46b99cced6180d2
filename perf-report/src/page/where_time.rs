//! Where the time goes: shares of stages, and real requests.

use super::{Figure, heading};
use crate::chart::{Bar, Row, Shares, Size, Waterfall};
use crate::model::{Model, RequestModel, StageModel, StageShareModel};
use crate::view::{MAX_NAME, MAX_VALUE, metadata};
use crate::wording::{count, duration, one_line};
use serde::Serialize;

/// Stages of a request that are drawn.
const MOST_ROWS: usize = 24;
/// Slow requests that are drawn.
const SLOWEST: usize = 3;
/// Parts of a bar; those beyond are one.
const MOST_PARTS: usize = 7;

/// One real request.
#[derive(Serialize)]
pub(crate) struct RequestFigure {
    title: String,
    metadata: String,
    failure: String,
    svg: String,
    note: String,
    /// Each stage: name, when it began, how long it took, how much of it decided, what it was told.
    stages: Vec<[String; 5]>,
}

/// The shares of all requests, and of the slowest; or of operations, where no requests were watched.
pub(super) fn shares(model: &Model) -> Option<Figure> {
    let Some(requests) = &model.requests else { return of_operations(model) };
    let names = parts(&requests.shares);
    let shares_of = |shares: &[StageShareModel]| {
        let mut rest: f64 = shares.iter().map(|share| share.on_path_ratio).sum();
        let mut parts: Vec<f64> = Vec::new();
        for name in &names[..names.len() - 1] {
            let share = shares.iter().find(|share| word(share) == *name);
            let share = share.map_or(0.0, |share| share.on_path_ratio);
            rest -= share;
            parts.push(share);
        }
        parts.push(rest.max(0.0));
        parts
    };
    let all = shares_of(&requests.shares);
    let tail = requests.tail.as_ref().map(|tail| (tail, shares_of(&tail.shares)));
    let all_label = format!("all {} requests", count(requests.count));
    let tail_label = tail.as_ref().map_or_else(String::new, |(tail, _)| {
        format!("the slowest {}, from {} on", count(tail.requests), duration(tail.from_ns))
    });
    let mut bars = vec![Bar { label: &all_label, shares: &all }];
    bars.extend(tail.as_ref().map(|(_, shares)| Bar { label: &tail_label, shares }));
    let has_rest = bars.iter().any(|bar| bar.shares.last().is_some_and(|rest| *rest > 0.0005));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shown = if has_rest { names.len() } else { names.len() - 1 };
    let svg = Shares {
        heading: heading(
            "shares",
            "Where the time of requests goes",
            "The part of the time in which each stage decided when the request ends, of all requests and \
             of the slowest; the table below has the numbers.",
        ),
        size: Size::Wide,
        parts: &names[..shown],
        bars: &bars.iter().map(|b| Bar { label: b.label, shares: &b.shares[..shown] }).collect::<Vec<_>>(),
    }
    .to_svg();
    Some(Figure::wide("What decides when requests end", svg))
}

/// The names of the parts, the last one for all the rest.
fn parts(shares: &[StageShareModel]) -> Vec<String> {
    let mut names: Vec<String> = shares.iter().take(MOST_PARTS).map(word).collect();
    names.push("other".to_owned());
    names
}

fn word(share: &StageShareModel) -> String {
    one_line(share.stage.as_deref().unwrap_or("unattributed"), MAX_NAME)
}

fn of_operations(model: &Model) -> Option<Figure> {
    if model.time_shares.is_empty() {
        return None;
    }
    let name = |operation: Option<&String>| {
        one_line(operation.map_or("unattributed", String::as_str), MAX_NAME)
    };
    let shown = model.time_shares.iter().take(MOST_PARTS);
    let names: Vec<String> = shown.clone().map(|share| name(share.operation.as_ref())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shares: Vec<f64> = shown.map(|share| share.ratio).collect();
    let svg = Shares {
        heading: heading(
            "shares",
            "Where the time goes",
            "The part of each operation in the time of the whole; the table below has the numbers.",
        ),
        size: Size::Wide,
        parts: &names,
        bars: &[Bar { label: "all calls", shares: &shares }],
    }
    .to_svg();
    Some(Figure::wide("The share of each operation in the time of the whole", svg))
}

/// The slowest ones, and one like most.
pub(super) fn requests(model: &Model) -> Vec<RequestFigure> {
    let Some(requests) = &model.requests else { return Vec::new() };
    let slowest = requests.slowest.iter().take(SLOWEST).enumerate();
    let slowest = slowest.map(|(i, request)| {
        let what = if i == 0 { "The slowest request" } else { "A slow request" };
        RequestFigure::new(&format!("slow-{i}"), what, request)
    });
    let typical =
        requests.typical.iter().map(|r| RequestFigure::new("typical", "A typical request", r));
    slowest.chain(typical).collect()
}

impl RequestFigure {
    fn new(id: &str, what: &str, request: &RequestModel) -> Self {
        let title = format!(
            "{what}: {} in {}",
            one_line(&request.id, MAX_NAME),
            duration(request.total_ns)
        );
        let shown = &request.stages[..request.stages.len().min(MOST_ROWS)];
        let texts: Vec<(String, String)> = shown.iter().map(texts).collect();
        let rows: Vec<Row<'_>> = shown
            .iter()
            .zip(&texts)
            .map(|(stage, (name, tooltip))| Row {
                name,
                offset: stage.offset_ns,
                duration: stage.duration_ns,
                failed: stage.is_failure,
                critical: stage.on_path_ns > 0,
                tooltip,
            })
            .collect();
        let svg = Waterfall {
            heading: heading(
                id,
                &title,
                "Each stage from when it began to when it ended; the table below has the numbers.",
            ),
            size: Size::Wide,
            total: request.total_ns,
            rows: &rows,
        }
        .to_svg();
        let left = request.stages.len() - shown.len();
        RequestFigure {
            title,
            metadata: metadata(&request.metadata),
            failure: match (&request.failure_kind, request.is_failure) {
                (Some(kind), _) => one_line(kind, MAX_VALUE),
                (None, true) => "failed".to_owned(),
                (None, false) => String::new(),
            },
            svg,
            note: if left > 0 {
                format!("{left} more stages are in the data.")
            } else {
                String::new()
            },
            stages: shown.iter().map(cells).collect(),
        }
    }
}

fn texts(stage: &StageModel) -> (String, String) {
    let name = one_line(&stage.name, MAX_NAME);
    let told = metadata(&stage.metadata);
    let told = if told.is_empty() { told } else { format!(", {told}") };
    let tooltip = format!(
        "{name}: {} from {} on{told}",
        duration(stage.duration_ns),
        duration(stage.offset_ns)
    );
    (name, tooltip)
}

fn cells(stage: &StageModel) -> [String; 5] {
    [
        one_line(&stage.name, MAX_NAME),
        duration(stage.offset_ns),
        duration(stage.duration_ns),
        duration(stage.on_path_ns),
        metadata(&stage.metadata),
    ]
}
