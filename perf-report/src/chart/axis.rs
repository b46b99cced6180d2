//! The edges of a chart: marks, labels, and lines that help the eye.

use super::canvas::{Anchor, Canvas, Size};
use super::ink::{BAD, GRID, MUTED};
use super::label;
use super::legend;
use super::lines::Limit;
use super::path::Path;
use super::scale::{Scale, Tick, drawable};

/// Where values are drawn, in px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Frame {
    /// All but `top` px for a legend, and what the labels left and below take.
    pub(super) fn new(size: Size, top: f64, left: &[Tick]) -> Self {
        // Charts above each other have their times above each other.
        let least = if size == Size::Wide { 52.0 } else { 36.0 };
        let widest = left.iter().map(|tick| label::width(&tick.label)).fold(least, f64::max);
        let (right, bottom) = (size.width() - 6.0, size.height() - 20.0);
        Self { left: widest.ceil() + 8.0, right, top, bottom }
    }
}

/// The ticks of both edges through their places in px, and whether those below are times in UTC.
pub(super) struct Edges<'a> {
    pub(super) left: Vec<(f64, &'a str)>,
    pub(super) below: Vec<(f64, &'a str)>,
    pub(super) utc: bool,
}

/// The labels of ticks, and where a scale places them.
pub(super) fn placed(ticks: &[Tick], place: impl Fn(f64) -> f64) -> Vec<(f64, &str)> {
    ticks.iter().map(|tick| (place(tick.at), tick.label.as_str())).collect()
}

/// Lines across at the ticks at the left, marks at those below, and the labels of both; below, a label
/// that would touch the one before it is left out.
pub(super) fn draw(canvas: &mut Canvas, frame: Frame, edges: &Edges<'_>) {
    let mut lines = Path::whole();
    for (y, _) in &edges.left {
        lines.move_to(frame.left, *y);
        lines.line_to(frame.right, *y);
    }
    let mut below = Vec::new();
    let mut free = frame.left - 30.0;
    for (x, label) in &edges.below {
        lines.move_to(*x, frame.bottom);
        lines.line_to(*x, frame.bottom + 4.0);
        let half = label::width(label) / 2.0;
        let middle = x.min(frame.right + 5.0 - half);
        if middle - half >= free {
            below.push((middle, label));
            free = middle + half + 6.0;
        }
    }
    canvas.path(&GRID.stroke(), &lines.finish());
    let base = frame.bottom + 16.0;
    canvas.group(&format!(r#"{} text-anchor="end""#, MUTED.fill()), |canvas| {
        for (y, label) in &edges.left {
            canvas.text(frame.left - 5.0, y + 4.0, label);
        }
        let first = below.first().map_or(frame.left, |(x, label)| x - label::width(label) / 2.0);
        if edges.utc && first >= 26.0 {
            canvas.text(first - 4.0, base, "UTC");
        }
        canvas.group(r#"text-anchor="middle""#, |canvas| {
            for (middle, label) in below {
                canvas.text(middle, base, label);
            }
        });
    });
}

/// Dashed lines across with their words, above the line at the right, or left where that is taken; of
/// limits beyond the axis only the words, with an arrow, all in one line: of those above the axis at the
/// right of the legend where that is free, else at the left.
pub(super) fn limits(
    canvas: &mut Canvas,
    frame: Frame,
    limits: &[Limit<'_>],
    y: &Scale,
    is_free_beside_legend: bool,
) {
    let mut limits: Vec<_> =
        limits.iter().filter_map(|limit| Some((drawable(limit.at)?, limit.label))).collect();
    limits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (within, beyond): (Vec<_>, Vec<_>) = limits.into_iter().partition(|limit| y.holds(limit.0));
    let mut lines = Path::whole();
    for (at, _) in &within {
        lines.move_to(frame.left, y.at(*at));
        lines.line_to(frame.right, y.at(*at));
    }
    canvas.path(&format!("{} {DASHED}", BAD.stroke()), &lines.finish());
    let half = (frame.right - frame.left) / 2.0 - 8.0;
    let mut taken = f64::MIN;
    for (at, words) in within {
        let line = y.at(at);
        // Below the line where there is no room above.
        let base = if line - 4.0 < frame.top + 8.0 { line + 12.0 } else { line - 4.0 };
        let (anchor, x) = if (base - taken).abs() < 12.0 {
            (Anchor::Start, frame.left + 3.0)
        } else {
            taken = base;
            (Anchor::End, frame.right - 2.0)
        };
        canvas.over(anchor, (x, base), &label::fitted(words, half));
    }
    let (above, below): (Vec<_>, Vec<_>) =
        beyond.into_iter().partition(|limit| y.at(limit.0) < frame.bottom);
    let left = frame.left + 3.0;
    let top = match is_free_beside_legend {
        true => (Anchor::End, (frame.right, legend::BASE)),
        false => (Anchor::Start, (left, frame.top + 12.0)),
    };
    let bottom = (Anchor::Start, (left, frame.bottom - 4.0));
    for (arrow, limits, (anchor, at)) in [("↑", above, top), ("↓", below, bottom)] {
        let words: Vec<&str> = limits.iter().map(|limit| limit.1).collect();
        if !words.is_empty() {
            let words = label::fitted(&format!("{arrow} {}", words.join(", ")), half);
            canvas.over(anchor, at, &words);
        }
    }
}

/// Attributes of the lines of limits in px.
pub(super) const DASHED: &str = r#"stroke-dasharray="5 3" stroke-width="1.5""#;
