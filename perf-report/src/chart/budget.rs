//! How much of an error budget is left.

use super::axis::{self, Edges, Frame};
use super::canvas::{Anchor, Canvas, Heading, Size};
use super::ink::{BAD, DOTS, LINES, MUTED, SERIES, TEXT, TINT};
use super::lines::{Draw, Pen, values};
use super::path::Path;
use super::scale::{self, Spacing};
use super::time::Time;
use super::unit::Unit;

/// What is left of an error budget over its window.
#[derive(Debug, Clone)]
pub(crate) struct Budget<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// The window in which the budget may be spent.
    pub(crate) window: Time,
    /// Seconds since 1970, and the share that is left: 1 is all, below 0 is overspent.
    pub(crate) left: &'a [(f64, Option<f64>)],
}

impl Budget<'_> {
    /// The share that is left: filled in blue above zero and in vermillion below. The dashed line
    /// spends the budget evenly over its window.
    pub(crate) fn to_svg(&self) -> String {
        let (y, ticks) =
            scale::axis(Spacing::Linear, Unit::Ratio, values(self.left).chain([0.0, 1.0]), 5);
        let frame = Frame::new(self.size, 8.0, &ticks);
        let (from, to) = self.window.ends();
        let x = self.window.scale().onto(frame.left, frame.right);
        let y = y.onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let below = self.window.ticks(self.size.labels());
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(at)),
            below: axis::placed(&below, |at| x.at(at)),
            utc: true,
        };
        axis::draw(&mut canvas, frame, &sides);
        let zero = y.at(0.0);
        let pen = Pen { x, y, draw: Draw::Line, end: frame.right, bottom: zero };
        let line = with_zeros(self.left);
        let part = |keep: fn(f64) -> f64| -> Vec<_> {
            line.iter().map(|(at, left)| (*at, left.map(keep))).collect()
        };
        canvas.group(LINES, |canvas| {
            for (ink, keep) in
                [(SERIES[0], (|left| left.max(0.0)) as fn(f64) -> f64), (BAD, |left| left.min(0.0))]
            {
                let tint = format!("{} {TINT}", ink.fill());
                if line.iter().any(|(_, left)| left.is_some_and(|left| keep(left) != 0.0)) {
                    canvas.path(&tint, &pen.areas(&part(keep)));
                }
            }
            let mut path = Path::fine();
            let dots = pen.lines(self.left, &mut path);
            canvas.path(&SERIES[0].stroke(), &path.finish());
            canvas.path(&format!("{} {DOTS}", SERIES[0].stroke()), &dots);
        });
        let mut even = Path::whole();
        even.move_to(x.at(from), y.at(1.0));
        even.line_to(x.at(to), zero);
        canvas.path(&format!(r#"{} stroke-dasharray="4 4""#, MUTED.stroke()), &even.finish());
        let mut floor = Path::whole();
        floor.move_to(frame.left, zero);
        floor.line_to(frame.right, zero);
        canvas.path(&TEXT.stroke(), &floor.finish());
        let corner = (frame.right - 2.0, frame.top + 13.0);
        canvas.over(Anchor::End, corner, "dashed: spent evenly");
        canvas.finish()
    }
}

/// The points, and those between them where the line crosses zero.
fn with_zeros(points: &[(f64, Option<f64>)]) -> Vec<(f64, Option<f64>)> {
    let mut all = Vec::with_capacity(points.len() + 2);
    for (place, point) in points.iter().enumerate() {
        if let Some((at, Some(before))) = place.checked_sub(1).map(|place| points[place])
            && let (next, Some(after)) = *point
            && before * after < 0.0
        {
            all.push((at + (next - at) * before / (before - after), Some(0.0)));
        }
        all.push(*point);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_parted_where_it_crosses_zero() {
        let points = [(0.0, Some(1.0)), (4.0, Some(-1.0)), (5.0, None), (6.0, Some(1.0))];
        let all = with_zeros(&points);
        assert_eq!(all[1], (2.0, Some(0.0)));
        assert_eq!(all.len(), 5, "a gap is no crossing");
    }
}
