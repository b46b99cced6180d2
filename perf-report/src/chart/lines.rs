//! Values over time: latency by quantile, resources, rates.

use super::axis::{self, Edges, Frame};
use super::canvas::{Canvas, Heading, Size};
use super::ink::{self, DOTS, LINES, TINT};
use super::legend::{self, Legend};
use super::path::Path;
use super::scale::{self, Scale, Spacing, drawable};
use super::time::Time;
use super::unit::Unit;

/// How values are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Draw {
    /// From point to point.
    Line,
    /// Each value holds until the next.
    Step,
    /// From point to point, and filled below.
    Area,
}

/// Values over time, by rising time; without a value the line has a gap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series<'a> {
    /// In the legend, which one line alone does not have.
    pub(crate) name: &'a str,
    /// Seconds since 1970, and the value.
    pub(crate) points: &'a [(f64, Option<f64>)],
}

/// A value that is not to be exceeded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit<'a> {
    /// Words and number: `limit 300 ms`.
    pub(crate) label: &'a str,
    /// In the unit of the chart.
    pub(crate) at: f64,
}

/// Values over time.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// What stretch it shows.
    pub(crate) time: Time,
    /// What all values are in.
    pub(crate) unit: Unit,
    /// How far apart they are.
    pub(crate) spacing: Spacing,
    /// How they are connected.
    pub(crate) draw: Draw,
    /// Up to six; more repeat colours and dashes.
    pub(crate) series: &'a [Series<'a>],
    /// Drawn across.
    pub(crate) limits: &'a [Limit<'a>],
}

impl Lines<'_> {
    /// A line for each series, with gaps where there is no value and a dot for a value alone.
    ///
    /// A limit that is more than three times as high as all values is not drawn to scale: it would
    /// flatten them. It stands at the top with an arrow.
    pub(crate) fn to_svg(&self) -> String {
        let values: Vec<f64> =
            self.series.iter().flat_map(|series| values(series.points)).collect();
        let near = near(self.limits, &values);
        let most = if self.spacing == Spacing::Log { 7 } else { 5 };
        let (y, ticks) =
            scale::axis(self.spacing, self.unit, values.iter().copied().chain(near), most);
        let top = if self.series.len() > 1 { legend::HEIGHT } else { 8.0 };
        let frame = Frame::new(self.size, top, &ticks);
        let x = self.time.scale().onto(frame.left, frame.right);
        let y = y.onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let below = self.time.ticks(self.size.labels());
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(at)),
            below: axis::placed(&below, |at| x.at(at)),
            utc: true,
        };
        axis::draw(&mut canvas, frame, &sides);
        let legend = Legend::new(self.series.iter().map(|series| series.name), frame);
        legend.draw(&mut canvas);
        let pen = Pen { x, y, draw: self.draw, end: frame.right, bottom: y.at(0.0) };
        canvas.group(LINES, |canvas| {
            for (place, series) in self.series.iter().enumerate() {
                if self.draw == Draw::Area {
                    let tint = format!("{} {TINT}", ink::series(place).fill());
                    canvas.path(&tint, &pen.areas(series.points));
                }
                let mut line = Path::fine();
                legend.line(place, &mut line);
                let dots = pen.lines(series.points, &mut line);
                let stroke = ink::series(place).stroke();
                canvas.path(&format!("{stroke}{}", ink::dash(place)), &line.finish());
                canvas.path(&format!("{stroke} {DOTS}"), &dots);
            }
        });
        axis::limits(&mut canvas, frame, self.limits, &y, self.size == Size::Wide);
        canvas.finish()
    }
}

/// The values that can be drawn.
pub(super) fn values(points: &[(f64, Option<f64>)]) -> impl Iterator<Item = f64> {
    points.iter().filter_map(|(_, value)| drawable((*value)?))
}

/// Those limits that are not far above all values.
pub(super) fn near(limits: &[Limit<'_>], values: &[f64]) -> Vec<f64> {
    let highest = values.iter().copied().fold(0.0, f64::max);
    let limits = limits.iter().filter_map(|limit| drawable(limit.at));
    limits.filter(|at| highest == 0.0 || *at <= 3.0 * highest).collect()
}

/// Draws points through two scales.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) draw: Draw,
    /// Until where the last step holds.
    pub(super) end: f64,
    /// Where areas end below.
    pub(super) bottom: f64,
}

impl Pen {
    /// Adds a line for each run of values, and gives the dots of those that stand alone.
    pub(super) fn lines(&self, points: &[(f64, Option<f64>)], path: &mut Path) -> String {
        let mut dots = Path::fine();
        for run in self.runs(points) {
            match &run[..] {
                [(x, y)] => dots.dot(*x, *y),
                [(x, y), ..] => {
                    path.move_to(*x, *y);
                    path.line_through(&run);
                }
                [] => {}
            }
        }
        dots.finish()
    }

    /// An area for each run of values.
    pub(super) fn areas(&self, points: &[(f64, Option<f64>)]) -> String {
        let mut path = Path::fine();
        for run in self.runs(points).into_iter().filter(|run| run.len() > 1) {
            path.move_to(run[0].0, self.bottom);
            path.line_through(&run);
            path.line_to(run[run.len() - 1].0, self.bottom);
            path.close();
        }
        path.finish()
    }

    /// Points in px, parted at gaps; steps have a corner more.
    fn runs(&self, points: &[(f64, Option<f64>)]) -> Vec<Vec<(f64, f64)>> {
        let placed: Vec<(f64, Option<f64>)> = points
            .iter()
            .filter_map(|(at, value)| Some((drawable(*at)?, value.and_then(drawable))))
            .map(|(at, value)| (self.x.at(at), value.map(|value| self.y.at(value))))
            .collect();
        let mut runs = vec![Vec::new()];
        for (place, (x, y)) in placed.iter().enumerate() {
            match (y, runs.last_mut()) {
                (Some(y), Some(run)) => {
                    run.push((*x, *y));
                    if self.draw == Draw::Step {
                        let until = placed.get(place + 1).map_or(self.end, |next| next.0);
                        run.push((until, *y));
                    }
                }
                _ => runs.push(Vec::new()),
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(draw: Draw) -> (String, String) {
        let (x, y) =
            (Scale::linear(0.0, 4.0).onto(0.0, 4.0), Scale::linear(0.0, 2.0).onto(2.0, 0.0));
        let points = [(0.0, Some(1.0)), (1.0, Some(2.0)), (2.0, None), (3.0, Some(1.0))];
        let mut path = Path::fine();
        let dots = Pen { x, y, draw, end: 4.0, bottom: 2.0 }.lines(&points, &mut path);
        (path.finish(), dots)
    }

    #[test]
    fn a_gap_parts_the_line_and_a_value_alone_is_a_dot() {
        assert_eq!(drawn(Draw::Line), ("m0 4 4-4".to_owned(), "m12 4h0".to_owned()));
    }

    #[test]
    fn a_step_holds_until_the_next_value_or_gap() {
        assert_eq!(drawn(Draw::Step).0, "m0 4h4v-4h4m4 4h4");
    }

    #[test]
    fn a_limit_far_above_does_not_flatten_the_values() {
        let limit = |at| Limit { label: "", at };
        assert_eq!(near(&[limit(3.0), limit(30.0)], &[1.0]), [3.0]);
        assert_eq!(near(&[limit(30.0)], &[]), [30.0], "there is nothing to flatten");
    }
}
