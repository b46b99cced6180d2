//! How often which latency was: a histogram.

mod flags;

use super::axis::{self, DASHED, Edges, Frame};
use super::canvas::{Canvas, Heading, Size};
use super::ink::{BAD, SERIES, TEXT};
use super::label;
use super::lines::Limit;
use super::path::Path;
use super::scale::{self, Scale, Spacing, drawable};
use super::unit::Unit;
use flags::Flags;

/// How many values there were from one to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bin {
    /// The least value that is counted.
    pub(crate) low: f64,
    /// The next bin's least value.
    pub(crate) high: f64,
    /// How many there were.
    pub(crate) count: u64,
}

/// Counts by value, on a log axis.
#[derive(Debug, Clone)]
pub(crate) struct Distribution<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// What the values are in.
    pub(crate) unit: Unit,
    /// By rising value.
    pub(crate) bins: &'a [Bin],
    /// Values that are marked above: `("p95", 61.2e6)`.
    pub(crate) marks: &'a [(&'a str, f64)],
    /// Drawn from top to bottom.
    pub(crate) limit: Option<Limit<'a>>,
}

impl Distribution<'_> {
    /// One outline of all bins, marks with their values, and the limit.
    pub(crate) fn to_svg(&self) -> String {
        let counts = self.bins.iter().map(|bin| bin.count as f64);
        let (y, ticks) = scale::axis(Spacing::Linear, Unit::Number, counts, 4);
        let ends = self.bins.iter().flat_map(|bin| [bin.low, bin.high]);
        let all = ends
            .chain(self.marks.iter().map(|mark| mark.1))
            .chain(self.limit.map(|limit| limit.at));
        let (x, below) = scale::axis(Spacing::Log, self.unit, all, self.size.labels() + 1);
        let frame = Frame::new(self.size, flags::HEIGHT, &ticks);
        let x = x.onto(frame.left, frame.right);
        let y = y.onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(at)),
            below: axis::placed(&below, |at| x.at(at)),
            utc: false,
        };
        axis::draw(&mut canvas, frame, &sides);
        let tinted = format!(r#"{} fill-opacity=".6" transform="scale(.25)""#, SERIES[0].fill());
        canvas.path(&tinted, &self.outline(&x, &y, frame.bottom));
        self.draw_marks(&mut canvas, frame, &x);
        canvas.finish()
    }

    fn outline(&self, x: &Scale, y: &Scale, bottom: f64) -> String {
        let mut path = Path::fine();
        let mut end = None;
        for bin in self.bins.iter().filter(|bin| bin.count > 0) {
            let (Some(low), Some(high)) = (drawable(bin.low), drawable(bin.high)) else { continue };
            let (left, right) = (x.at(low), x.at(high));
            if end != Some(left) {
                if let Some(end) = end {
                    path.line_to(end, bottom);
                    path.close();
                }
                path.move_to(left, bottom);
            }
            // The rarest is seen, too.
            let top = y.at(bin.count as f64).min(bottom - 0.5);
            path.line_to(left, top);
            path.line_to(right, top);
            end = Some(right);
        }
        if let Some(end) = end {
            path.line_to(end, bottom);
            path.close();
        }
        path.finish()
    }

    fn draw_marks(&self, canvas: &mut Canvas, frame: Frame, x: &Scale) {
        let marks = self.marks.iter().filter_map(|(name, at)| {
            let at = drawable(*at)?;
            Some((x.at(at), format!("{name} {}", self.unit.word(at)), false))
        });
        let limit = self
            .limit
            .iter()
            .filter_map(|limit| Some((x.at(drawable(limit.at)?), limit.label.to_owned(), true)));
        let mut flags = Flags::new(frame);
        let mut all: Vec<_> = marks.chain(limit).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut lines, mut limits) = (Path::whole(), Path::whole());
        for (at, text, is_limit) in all {
            let top = flags.plant(at, &label::fitted(&text, (frame.right - frame.left) / 2.0));
            let path = if is_limit { &mut limits } else { &mut lines };
            path.move_to(at, top);
            path.line_to(at, frame.bottom);
        }
        canvas.path(&TEXT.stroke(), &lines.finish());
        canvas.path(&format!("{} {DASHED}", BAD.stroke()), &limits.finish());
        canvas.group(r#"class="on""#, |canvas| flags.draw(canvas));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bins: &[Bin], marks: &[(&str, f64)]) -> String {
        let chart = Distribution {
            heading: Heading { id: "d", title: "", description: "" },
            size: Size::Half,
            unit: Unit::Nanos,
            bins,
            marks,
            limit: None,
        };
        chart.to_svg()
    }

    #[test]
    fn an_empty_bin_parts_the_outline() {
        let bin = |low: f64, count| Bin { low, high: low * 2.0, count };
        let outlines = |svg: &str| {
            let path = svg.split("fill-opacity").nth(1).and_then(|rest| rest.split("/>").next());
            path.map(|path| path.matches('z').count())
        };
        assert_eq!(outlines(&of(&[bin(1.0, 5), bin(2.0, 9), bin(4.0, 1)], &[])), Some(1));
        assert_eq!(outlines(&of(&[bin(1.0, 5), bin(2.0, 0), bin(4.0, 1)], &[])), Some(2));
    }

    #[test]
    fn marks_and_the_limit_are_said_with_their_values() {
        let svg = of(&[], &[("p50", 43.1e6), ("p99", 236.9e6)]);
        assert!(svg.contains(">p50 43.1 ms<") && svg.contains(">p99 236.9 ms<"), "{svg}");
    }
}
