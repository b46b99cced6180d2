//! A rate over time, and what failed of it.

use super::axis::{self, Edges, Frame};
use super::canvas::{Canvas, Heading, Size};
use super::ink::{BAD, PAGE, SERIES};
use super::legend::{self, Legend};
use super::path::Path;
use super::scale::{self, Scale, Spacing, drawable};
use super::time::Time;
use super::unit::Unit;

/// What was counted from one time to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Where it begins, in seconds since 1970.
    pub(crate) from_s: f64,
    /// Where it ends.
    pub(crate) to_s: f64,
    /// All, with those that failed.
    pub(crate) total: f64,
    /// Those that failed.
    pub(crate) failed: f64,
}

/// Columns over time, by rising time.
#[derive(Debug, Clone)]
pub(crate) struct Bars<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// What stretch it shows.
    pub(crate) time: Time,
    /// What is counted: mostly [`Unit::PerSecond`].
    pub(crate) unit: Unit,
    /// What the legend calls all, and those that failed.
    pub(crate) names: [&'a str; 2],
    /// The columns.
    pub(crate) columns: &'a [Column],
}

/// Below this width in px there is no gap between columns.
const GAP_FROM: f64 = 5.0;
/// A failure among thousands is seen.
const LEAST: f64 = 1.5;

impl Bars<'_> {
    /// A column each; what failed of it stands at its foot in another colour and hatched.
    pub(crate) fn to_svg(&self) -> String {
        let totals = self.columns.iter().map(|column| column.total.max(column.failed));
        let (y, ticks) = scale::axis(Spacing::Linear, self.unit, totals, 5);
        let frame = Frame::new(self.size, legend::HEIGHT, &ticks);
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
        let legend = Legend::of(&self.names, frame.left, frame.right);
        legend.draw(&mut canvas);
        let (mut total, mut failed) = (Path::fine(), Path::fine());
        legend.block(0, &mut total);
        legend.block(1, &mut failed);
        self.outline(&mut total, &x, |column| y.at(column.total.max(column.failed)), frame.bottom);
        let foot = |column: &Column| match y.at(column.failed) {
            _ if column.failed <= 0.0 => frame.bottom,
            top => top.min(frame.bottom - LEAST),
        };
        self.outline(&mut failed, &x, foot, frame.bottom);
        let (blue, hatch) = (SERIES[4].fill(), format!("{}-h", canvas.id()));
        canvas.path(&format!(r#"{blue} transform="scale(.25)""#), &total.finish());
        canvas.raw(&hatched(&hatch));
        canvas.path(&format!(r#"fill="url(#{hatch})" transform="scale(.25)""#), &failed.finish());
        canvas.finish()
    }

    /// Columns as one outline where they touch.
    fn outline(&self, path: &mut Path, x: &Scale, top: impl Fn(&Column) -> f64, bottom: f64) {
        let mut open: Option<f64> = None;
        for column in self.columns {
            let (Some(from), Some(to)) = (drawable(column.from_s), drawable(column.to_s)) else {
                continue;
            };
            let (left, right, top) = (x.at(from), x.at(to), top(column));
            let right = if right - left >= GAP_FROM { right - 1.0 } else { right };
            if open.is_none_or(|end| (end - left).abs() > 0.05) || top >= bottom {
                if let Some(end) = open.take() {
                    path.line_to(end, bottom);
                    path.close();
                }
                if top >= bottom {
                    continue;
                }
                path.move_to(left, bottom);
            }
            path.line_to(left, top);
            path.line_to(right, top);
            open = Some(right);
        }
        if let Some(end) = open {
            path.line_to(end, bottom);
            path.close();
        }
    }
}

/// What is filled with it is seen to be bad without colours, too; in quarters of a px.
pub(super) fn hatched(id: &str) -> String {
    let (bad, page) = (BAD.fill(), PAGE.stroke());
    format!(
        r#"<pattern id="{id}" width="16" height="16" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path {bad} d="M0 0h16v16H0z"/><path {page} stroke-width="8" stroke-opacity=".6" d="M0 0v16"/></pattern>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(columns: &[(f64, f64, f64)]) -> String {
        let columns: Vec<_> = columns
            .iter()
            .map(|(from_s, to_s, total)| Column {
                from_s: *from_s,
                to_s: *to_s,
                total: *total,
                failed: 0.0,
            })
            .collect();
        let bars = Bars {
            heading: Heading { id: "b", title: "", description: "" },
            size: Size::Half,
            time: Time { from_s: 0.0, to_s: 9.0 },
            unit: Unit::PerSecond,
            names: ["all", "failed"],
            columns: &columns,
        };
        let mut path = Path::whole();
        let x = Scale::linear(0.0, 100.0).onto(0.0, 100.0);
        bars.outline(&mut path, &x, |column| 10.0 - column.total, 10.0);
        path.finish()
    }

    #[test]
    fn narrow_columns_are_one_outline_which_nothing_parts() {
        assert_eq!(outline(&[(0.0, 2.0, 3.0), (2.0, 4.0, 5.0)]), "m0 10v-3h2v-2h2v5z");
        assert_eq!(
            outline(&[(0.0, 2.0, 3.0), (2.0, 4.0, 0.0), (4.0, 6.0, 5.0)]),
            "m0 10v-3h2v3zm4 0v-5h2v5z"
        );
    }

    #[test]
    fn wide_columns_have_a_gap_between_them() {
        assert_eq!(outline(&[(0.0, 10.0, 3.0), (10.0, 20.0, 5.0)]), "m0 10v-3h9v3zm10 0v-5h9v5z");
    }
}
