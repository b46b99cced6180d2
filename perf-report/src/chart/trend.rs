//! Many runs: an estimate each with how sure it is, and where it changed.

use super::axis::{self, DASHED, Edges, Frame};
use super::canvas::{Canvas, Heading, Size};
use super::ink::{self, DOTS, LINES, TEXT, TINT};
use super::label;
use super::legend::{self, Legend};
use super::lines::{Draw, Limit, Pen, near};
use super::path::Path;
use super::scale::{self, Scale, Spacing, Tick, drawable};
use super::unit::Unit;

/// A value and between what it is likely to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Estimate {
    /// The least that is likely.
    pub(crate) low: f64,
    /// The value itself.
    pub(crate) value: f64,
    /// The most that is likely.
    pub(crate) high: f64,
}

/// An estimate for each run, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct History<'a> {
    /// In the legend, which one alone does not have.
    pub(crate) name: &'a str,
    /// One for each of [`Trend::runs`].
    pub(crate) points: &'a [Option<Estimate>],
}

/// That something changed between two runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    /// The first run after it, from 0.
    pub(crate) run: usize,
    /// What changed: `+12 %`.
    pub(crate) text: &'a str,
}

/// Estimates over runs.
#[derive(Debug, Clone)]
pub(crate) struct Trend<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// What the estimates are in.
    pub(crate) unit: Unit,
    /// What each run is called, in order: a date or a commit.
    pub(crate) runs: &'a [&'a str],
    /// What is followed.
    pub(crate) histories: &'a [History<'a>],
    /// Marked from top to bottom.
    pub(crate) changes: &'a [Change<'a>],
    /// Drawn across.
    pub(crate) limits: &'a [Limit<'a>],
}

/// Room for the words of changes.
const CHANGES: f64 = 15.0;

impl Trend<'_> {
    /// A line of dots for each history with a band from the least to the most likely.
    pub(crate) fn to_svg(&self) -> String {
        let points = self.histories.iter().flat_map(|history| history.points.iter().flatten());
        let values: Vec<f64> =
            points.flat_map(|point| [point.low, point.value, point.high]).collect();
        let drawn: Vec<f64> = values.iter().copied().filter_map(drawable).collect();
        let near = near(self.limits, &drawn);
        let (y, ticks) = scale::axis(Spacing::Linear, self.unit, drawn.into_iter().chain(near), 5);
        let named = if self.histories.len() > 1 { legend::HEIGHT } else { 4.0 };
        let frame = Frame::new(self.size, named + CHANGES, &ticks);
        // Half a run is free at both ends.
        let x =
            Scale::linear(-0.5, self.runs.len().max(1) as f64 - 0.5).onto(frame.left, frame.right);
        let y = y.onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let below = self.labels(frame);
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(at)),
            below: axis::placed(&below, |at| x.at(at)),
            utc: false,
        };
        axis::draw(&mut canvas, frame, &sides);
        let legend = Legend::new(self.histories.iter().map(|history| history.name), frame);
        legend.draw(&mut canvas);
        let pen = Pen { x, y, draw: Draw::Line, end: frame.right, bottom: frame.bottom };
        canvas.group(LINES, |canvas| {
            for (place, history) in self.histories.iter().enumerate() {
                canvas.path(
                    &format!("{} {TINT}", ink::series(place).fill()),
                    &band(&pen, history.points),
                );
                let points: Vec<_> = history
                    .points
                    .iter()
                    .enumerate()
                    .map(|(run, point)| (run as f64, point.map(|point| point.value)))
                    .collect();
                let mut line = Path::fine();
                legend.line(place, &mut line);
                pen.lines(&points, &mut line);
                let mut dots = Path::fine();
                for (run, value) in points {
                    if let Some(value) = value.and_then(drawable) {
                        dots.dot(x.at(run), y.at(value));
                    }
                }
                let stroke = ink::series(place).stroke();
                canvas.path(&format!("{stroke}{}", ink::dash(place)), &line.finish());
                canvas.path(&format!("{stroke} {DOTS}"), &dots.finish());
            }
        });
        axis::limits(&mut canvas, frame, self.limits, &y, true);
        self.draw_changes(&mut canvas, frame, &x);
        canvas.finish()
    }

    /// The names of some runs, with the same number of runs between them.
    fn labels(&self, frame: Frame) -> Vec<Tick> {
        let cut: Vec<String> = self.runs.iter().map(|run| label::fitted(run, 80.0)).collect();
        let widest = cut.iter().map(|run| label::width(run)).fold(20.0, f64::max) + 8.0;
        let fit = ((frame.right - frame.left) / widest).floor().max(1.0) as usize;
        let each = cut.len().div_ceil(fit.min(self.size.labels())).max(1);
        let some = cut.into_iter().enumerate().step_by(each);
        some.map(|(run, label)| Tick { at: run as f64, label }).collect()
    }

    fn draw_changes(&self, canvas: &mut Canvas, frame: Frame, x: &Scale) {
        let mut lines = Path::whole();
        let mut words = Vec::new();
        let mut free = frame.left;
        let top = frame.top - CHANGES;
        for change in self.changes.iter().filter(|change| change.run < self.runs.len()) {
            let at = x.at(change.run as f64 - 0.5);
            lines.move_to(at, top + 2.0);
            lines.line_to(at, frame.bottom);
            let text = label::fitted(change.text, (frame.right - frame.left) / 3.0);
            let width = label::width(&text);
            let left = if at + 4.0 + width > frame.right { at - 4.0 - width } else { at + 4.0 };
            if left >= free {
                words.push((left, text));
                free = left + width + 6.0;
            }
        }
        canvas.path(&format!("{} {DASHED}", TEXT.stroke()), &lines.finish());
        canvas.group(r#"class="on""#, |canvas| {
            for (left, text) in words {
                canvas.text(left, top + 10.0, &text);
            }
        });
    }
}

/// From the lowest to the highest of each run, parted where one has none.
fn band(pen: &Pen, points: &[Option<Estimate>]) -> String {
    let ends = |point: &Estimate| Some((drawable(point.low)?, drawable(point.high)?));
    let placed: Vec<Option<(f64, f64, f64)>> = points
        .iter()
        .enumerate()
        .map(|(run, point)| {
            let (low, high) = point.as_ref().and_then(ends)?;
            Some((pen.x.at(run as f64), pen.y.at(low), pen.y.at(high)))
        })
        .collect();
    let mut path = Path::fine();
    for run in placed.chunk_by(|a, b| a.is_some() == b.is_some()) {
        let run: Vec<_> = run.iter().flatten().collect();
        let Some((x, low, high)) = run.first() else { continue };
        if run.len() == 1 {
            path.rectangle((x - 3.0, x + 3.0), (*high, *low));
            continue;
        }
        path.move_to(*x, *high);
        run[1..].iter().for_each(|(x, _, high)| path.line_to(*x, *high));
        run.iter().rev().for_each(|(x, low, _)| path.line_to(*x, *low));
        path.close();
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: &[Option<Estimate>], changes: &[Change<'_>]) -> String {
        let runs = vec!["run"; points.len()];
        let trend = Trend {
            heading: Heading { id: "t", title: "", description: "" },
            size: Size::Wide,
            unit: Unit::Number,
            runs: &runs,
            histories: &[History { name: "p50", points }],
            changes,
            limits: &[],
        };
        trend.to_svg()
    }

    const SURE: Option<Estimate> = Some(Estimate { low: 4.0, value: 5.0, high: 6.0 });

    #[test]
    fn a_run_without_an_estimate_parts_the_line_and_its_band() {
        let svg = of(&[SURE, SURE, None, SURE, SURE], &[]);
        let band = svg.split("fill-opacity").nth(1).and_then(|rest| rest.split("/>").next());
        assert_eq!(band.map(|band| band.matches('z').count()), Some(2), "{svg}");
    }

    #[test]
    fn a_change_is_marked_if_there_is_such_a_run() {
        let changes = [Change { run: 1, text: "+12 %" }, Change { run: 9, text: "+99 %" }];
        let svg = of(&[SURE, SURE], &changes);
        assert!(svg.contains("+12 %") && !svg.contains("+99 %"), "{svg}");
    }
}
