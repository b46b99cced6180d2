//! How latency is spread, over time.

mod cells;
mod rows;

use super::axis::{self, Edges, Frame};
use super::canvas::{Anchor, Canvas, Heading, Size};
use super::ink::{self, DOTS, HEAT, MUTED, PAGE, TEXT};
use super::label;
use super::legend::{self, Legend};
use super::lines::{Draw, Limit, Pen, Series};
use super::path::Path;
use super::scale::Scale;
use super::time::Time;
use super::unit::Unit;
use crate::wording;
use cells::{Classes, Drawing};
use rows::Rows;
use std::fmt::Write;

/// Counts by time and value: columns of equal length, rows between edges.
#[derive(Debug, Clone)]
pub(crate) struct HeatMap<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// From the first column to the last.
    pub(crate) time: Time,
    /// What the edges are in.
    pub(crate) unit: Unit,
    /// Rising, above zero, and one more than there are rows; drawn equally far from each other.
    pub(crate) edges: &'a [f64],
    /// By time, each from the lowest row.
    pub(crate) columns: &'a [Vec<u64>],
    /// What is counted: `requests`.
    pub(crate) counted: &'a str,
    /// Lines above the cells, such as p50 and p99; two of them are told apart best.
    pub(crate) lines: &'a [Series<'a>],
    /// Drawn across.
    pub(crate) limit: Option<Limit<'a>>,
}

/// How wide a colour of the legend is, in px.
const SWATCH: f64 = 11.0;

impl HeatMap<'_> {
    /// Cells in seven colours, of which each stands for the same ratio of counts; lines above them.
    pub(crate) fn to_svg(&self) -> String {
        let rows = Rows::new(self.edges);
        let ticks = rows.ticks(self.unit);
        let frame = Frame::new(self.size, legend::HEIGHT, &ticks);
        let x = self.time.scale().onto(frame.left, frame.right);
        let y = Scale::linear(0.0, rows.count() as f64).onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let below = self.time.ticks(self.size.labels());
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(rows.of(at))),
            below: axis::placed(&below, |at| x.at(at)),
            utc: true,
        };
        axis::draw(&mut canvas, frame, &sides);
        let classes = Classes::of_all(self.columns);
        self.draw_cells(&mut canvas, frame, classes, rows.count());
        let free = self.draw_scale(&mut canvas, frame, classes);
        let names: Vec<_> = self.lines.iter().map(|series| series.name).collect();
        let legend = Legend::of(&names, frame.left, free);
        legend.draw(&mut canvas);
        let pen = Pen { x, y, draw: Draw::Line, end: frame.right, bottom: frame.bottom };
        self.draw_lines(&mut canvas, &legend, &pen, &rows);
        let limit = self.limit.map(|limit| Limit { at: rows.or_beyond(limit.at), ..limit });
        axis::limits(&mut canvas, frame, limit.as_slice(), &y, false);
        canvas.finish()
    }

    fn draw_cells(&self, canvas: &mut Canvas, frame: Frame, classes: Classes, rows: usize) {
        let drawing = Drawing::new(self.columns, rows, classes);
        let (wide, high) = (
            (frame.right - frame.left) / self.columns.len().max(1) as f64,
            (frame.bottom - frame.top) / rows.max(1) as f64,
        );
        // From here on a cell is one by one, and up is up.
        let place = format!(
            r#"fill="none" shape-rendering="crispEdges" transform="translate({:.0} {:.0})scale({wide:.4} {:.4})translate({})""#,
            frame.left, frame.bottom, -high, drawing.middle
        );
        canvas.group(&place, |canvas| {
            for (colour, path) in drawing.paths.iter().enumerate() {
                let what = format!("{} {}", classes.word(colour), self.counted);
                canvas.told_path(&HEAT[colour].stroke(), path, &what);
            }
        });
    }

    /// Twice: first wider in the colour of the page, so that they are seen on all colours of cells.
    fn draw_lines(&self, canvas: &mut Canvas, legend: &Legend, pen: &Pen, rows: &Rows) {
        let id = format!("{}-l", canvas.id());
        let (mut lines, mut uses) = (String::new(), String::new());
        for (place, series) in self.lines.iter().enumerate() {
            let points = series.points.iter().map(|(at, value)| (*at, value.map(|v| rows.of(v))));
            let points: Vec<_> = points.collect();
            let mut path = Path::fine();
            legend.line(place, &mut path);
            let dots = pen.lines(&points, &mut path);
            // The last of the lines matters most, and is not dashed.
            let dash = ink::dash(self.lines.len() - 1 - place);
            let _ = write!(lines, r#"<g id="{id}{place}"{dash}><path d="{}"/>"#, path.finish());
            if !dots.is_empty() {
                let _ = write!(lines, r#"<path {DOTS} d="{dots}"/>"#);
            }
            lines.push_str("</g>");
            let _ = write!(uses, r##"<use href="#{id}{place}"/>"##);
        }
        if uses.is_empty() {
            return;
        }
        canvas.raw(&format!("<defs>{lines}</defs>"));
        for (ink, width) in [(PAGE, 17), (TEXT, 7)] {
            let attributes = format!(
                r#"{} fill="none" stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round" transform="scale(.25)""#,
                ink.stroke()
            );
            canvas.group(&attributes, |canvas| canvas.raw(&uses));
        }
    }

    /// Colours from few to many, with the counts at both ends; says where it begins.
    fn draw_scale(&self, canvas: &mut Canvas, frame: Frame, classes: Classes) -> f64 {
        if classes.most == 0 {
            return frame.right;
        }
        let most = format!("{} {}", wording::count(classes.most), self.counted);
        let most = label::fitted(&most, 110.0);
        let start = frame.right - label::width(&most) - 4.0 - HEAT.len() as f64 * SWATCH;
        canvas.note(MUTED, Anchor::End, (start - 4.0, legend::BASE), "1");
        canvas.note(MUTED, Anchor::End, (frame.right, legend::BASE), &most);
        for (place, ink) in HEAT.iter().enumerate() {
            let mut swatch = Path::whole();
            let left = start + place as f64 * SWATCH;
            swatch.rectangle((left, left + SWATCH), (3.0, 13.0));
            canvas.path(&ink.fill(), &swatch.finish());
        }
        start - 20.0
    }
}
