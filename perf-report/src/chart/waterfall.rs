//! One request: when each of its stages began, and how long it took.

use super::axis::Frame;
use super::canvas::{Canvas, Heading, Size};
use super::ink::{BAD, GRID, MUTED, SERIES, TEXT};
use super::label;
use super::path::Path;
use super::scale::{self, Scale, Spacing};
use super::unit::Unit;
use crate::wording;

/// A stage of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// Stands at the left.
    pub(crate) name: &'a str,
    /// When it began after the request, in ns.
    pub(crate) offset: u64,
    /// How long it took, in ns.
    pub(crate) duration: u64,
    /// Whether it failed.
    pub(crate) failed: bool,
    /// Whether the request would have been faster without it.
    pub(crate) critical: bool,
    /// Shown where one points at it.
    pub(crate) tooltip: &'a str,
}

/// One request and its stages.
#[derive(Debug, Clone)]
pub(crate) struct Waterfall<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has in width; its height is that of its rows.
    pub(crate) size: Size,
    /// How long the request took, in ns.
    pub(crate) total: u64,
    /// From above, by their begin.
    pub(crate) rows: &'a [Row<'a>],
}

const EACH: f64 = 20.0;
const TOP: f64 = 4.0;

impl Waterfall<'_> {
    /// A bar each against the time of the request, with its duration and whether it failed. Those of
    /// the critical path are underlined; where no bar is, time is not accounted for.
    pub(crate) fn to_svg(&self) -> String {
        let width = self.size.width();
        let names: Vec<_> =
            self.rows.iter().map(|row| label::fitted(row.name, width * 0.32)).collect();
        let widest = names.iter().map(|name| label::width(name)).fold(30.0, f64::max);
        let frame = Frame {
            left: widest.ceil() + 8.0,
            right: width - 6.0,
            top: TOP,
            bottom: TOP + EACH * self.rows.len().max(1) as f64,
        };
        let ends = self.rows.iter().map(end);
        let total = ends.fold(self.total, u64::max).max(1) as f64;
        let x = Scale::linear(0.0, total).onto(frame.left, frame.right);

        let mut canvas = Canvas::new(&self.heading, width, frame.bottom + 34.0);
        self.draw_time(&mut canvas, frame, &x, total);
        for (place, name) in names.iter().enumerate() {
            canvas.text(0.0, base(place), name);
        }
        self.draw_bars(&mut canvas, &x);
        self.draw_durations(&mut canvas, frame, &x);
        canvas.finish()
    }

    fn draw_time(&self, canvas: &mut Canvas, frame: Frame, x: &Scale, total: f64) {
        let most = self.size.labels() - 1;
        let (_, ticks) = scale::axis(Spacing::Linear, Unit::Nanos, [total].into_iter(), most);
        let ticks: Vec<_> = ticks.into_iter().filter(|tick| tick.at <= total).collect();
        let mut grid = Path::whole();
        for tick in &ticks {
            grid.move_to(x.at(tick.at), frame.top);
            grid.line_to(x.at(tick.at), frame.bottom);
        }
        canvas.path(&GRID.stroke(), &grid.finish());
        canvas.group(&format!(r#"{} text-anchor="end""#, MUTED.fill()), |canvas| {
            for tick in &ticks {
                let half = label::width(&tick.label) / 2.0;
                let end = (x.at(tick.at) + half).min(frame.right + 6.0);
                canvas.text(end, frame.bottom + 14.0, &tick.label);
            }
            if self.rows.iter().any(|row| row.critical) {
                let below = frame.bottom + 30.0;
                canvas.text(frame.right + 6.0, below, "underlined: the critical path");
            }
        });
    }

    fn draw_bars(&self, canvas: &mut Canvas, x: &Scale) {
        let rows = || self.rows.iter().enumerate();
        // What took no time is seen, too.
        let ends = |row: &Row<'_>| {
            let begin = x.at(row.offset as f64);
            (begin, x.at(end(row) as f64).max(begin + 1.0))
        };
        let across = |path: &mut Path, row: &Row<'_>, y: f64| {
            let (begin, end) = ends(row);
            path.move_to(begin, y);
            path.line_to(end, y);
        };
        canvas.group(r#"stroke-width="48" transform="scale(.25)""#, |canvas| {
            for (failed, ink) in [(false, SERIES[4]), (true, BAD)] {
                canvas.group(&ink.stroke(), |canvas| {
                    for (place, row) in rows().filter(|(_, row)| row.failed == failed) {
                        let mut bar = Path::fine();
                        across(&mut bar, row, base(place) - 4.0);
                        canvas.told_path("", &bar.finish(), row.tooltip);
                    }
                });
            }
            let critical = rows().filter(|(_, row)| row.critical);
            let mut lines = Path::fine();
            for (place, row) in critical {
                across(&mut lines, row, base(place) + 3.0);
            }
            canvas.path(&format!(r#"{} stroke-width="8""#, TEXT.stroke()), &lines.finish());
        });
    }

    /// Behind each bar, or before it where there is no room, or else on its end.
    fn draw_durations(&self, canvas: &mut Canvas, frame: Frame, x: &Scale) {
        let (mut behind, mut before) = (Vec::new(), Vec::new());
        for (place, row) in self.rows.iter().enumerate() {
            let failed = if row.failed { ", failed" } else { "" };
            let text = format!("{}{failed}", wording::duration(row.duration));
            let wide = label::width(&text);
            let (begin, end) = (x.at(row.offset as f64), x.at(end(row) as f64));
            if end + 5.0 + wide <= frame.right + 6.0 {
                behind.push((end + 5.0, base(place), text));
            } else if begin - 5.0 - wide >= frame.left {
                before.push((begin - 5.0, base(place), text));
            } else {
                before.push((end - 5.0, base(place), text));
            }
        }
        canvas.group(r#"class="on""#, |canvas| {
            behind.iter().for_each(|(x, y, text)| canvas.text(*x, *y, text));
            canvas.group(r#"text-anchor="end""#, |canvas| {
                before.iter().for_each(|(x, y, text)| canvas.text(*x, *y, text));
            });
        });
    }
}

/// The base line of the texts of a row.
fn base(place: usize) -> f64 {
    TOP + EACH * place as f64 + 14.0
}

fn end(row: &Row<'_>) -> u64 {
    row.offset.saturating_add(row.duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(total: u64, rows: &[Row<'_>]) -> String {
        let heading = Heading { id: "w", title: "", description: "" };
        Waterfall { heading, size: Size::Wide, total, rows }.to_svg()
    }

    fn row(offset: u64, duration: u64) -> Row<'static> {
        Row { name: "n", offset, duration, failed: false, critical: false, tooltip: "told" }
    }

    #[test]
    fn bars_are_to_scale_and_what_is_between_them_is_free() {
        // From 38 px to 754 px, in quarters.
        let svg = of(1_000, &[row(0, 250), row(750, 250)]);
        assert!(
            svg.contains(r#"d="m152 56h716""#) && svg.contains(r#"d="m2300 136h716""#),
            "{svg}"
        );
    }

    #[test]
    fn what_outlasts_the_request_is_drawn_to_its_end() {
        let svg = of(100, &[row(0, 200), row(100, 100)]);
        assert!(svg.contains(r#"d="m152 56h2864""#), "{svg}");
    }

    #[test]
    fn failed_and_critical_are_said_in_words() {
        let svg = of(1_000, &[row(0, 900), Row { failed: true, critical: true, ..row(0, 10) }]);
        assert_eq!(svg.matches(", failed").count(), 1, "{svg}");
        assert!(svg.contains("underlined: the critical path"));
        assert!(!of(1_000, &[row(0, 900)]).contains("critical"));
    }
}
