//! How latency is spread, over time.

use super::axis::{self, Edges, Frame};
use super::canvas::{Anchor, Canvas, Heading, Size};
use super::ink::{HEAT, MUTED, PAGE, TEXT};
use super::label;
use super::legend::{self, Legend};
use super::lines::{Draw, Limit, Pen, Series};
use super::path::Path;
use super::scale::{self, Scale, Spacing, drawable};
use super::time::Time;
use super::unit::Unit;
use crate::wording;

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
        let edges: Vec<f64> =
            self.edges.iter().map(|edge| drawable(*edge).unwrap_or(1.0).max(1e-9)).collect();
        let (rows, columns) = (edges.len().saturating_sub(1), self.columns.len());
        let (_, ticks) = scale::axis(Spacing::Log, self.unit, edges.iter().copied(), 5);
        // A row is a step of the axis, however far its edges are apart.
        let steps = |value: f64| steps(&edges, value);
        let inside = |at: f64| edges.first() <= Some(&at) && Some(&at) <= edges.last();
        let ticks: Vec<_> = ticks.into_iter().filter(|tick| inside(tick.at)).collect();
        let frame = Frame::new(self.size, legend::HEIGHT, &ticks);
        let x = self.time.scale().onto(frame.left, frame.right);
        let y = Scale::linear(0.0, rows as f64).onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let below = self.time.ticks(self.size.labels());
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(steps(at))),
            below: axis::placed(&below, |at| x.at(at)),
            utc: true,
        };
        axis::draw(&mut canvas, frame, &sides);
        let most = self.columns.iter().flatten().copied().max().unwrap_or(0);
        let cell = (
            (frame.right - frame.left) / columns.max(1) as f64,
            (frame.bottom - frame.top) / rows.max(1) as f64,
        );
        let classes = Classes { most };
        let grid: Vec<Vec<usize>> = self
            .columns
            .iter()
            .map(|column| column.iter().take(rows).map(|count| classes.of(*count)).collect())
            .collect();
        let across = cells(&transposed(&grid, rows), false);
        let upright = cells(&grid, true);
        let size = |paths: &[String]| paths.iter().map(String::len).sum::<usize>();
        let shorter = size(&across) <= size(&upright);
        let (paths, by) = if shorter { (across, "0 .5") } else { (upright, ".5 0") };
        let place = format!(
            r#"fill="none" shape-rendering="crispEdges" transform="translate({:.0} {:.0})scale({:.4} {:.4})translate({by})""#,
            frame.left, frame.bottom, cell.0, -cell.1
        );
        canvas.group(&place, |canvas| {
            for (class, path) in paths.iter().enumerate() {
                let what = format!("{} {}", classes.word(class), self.counted);
                canvas.told_path(&HEAT[class].stroke(), path, &what);
            }
        });
        self.draw_scale(&mut canvas, frame, classes);
        let legend_end = frame.right - HEAT.len() as f64 * SWATCH - 150.0;
        let names: Vec<_> = self.lines.iter().map(|series| series.name).collect();
        let legend = Legend::of(&names, frame.left, legend_end.max(frame.left + 90.0));
        legend.draw(&mut canvas);
        let y_of_value = |points: &[(f64, Option<f64>)]| -> Vec<_> {
            points.iter().map(|(at, value)| (*at, value.and_then(drawable).map(steps))).collect()
        };
        let pen = Pen { x, y, draw: Draw::Line, end: frame.right, bottom: frame.bottom };
        self.draw_lines(&mut canvas, &legend, &pen, y_of_value);
        let limit: Vec<_> = self
            .limit
            .iter()
            .filter_map(|limit| {
                let at = drawable(limit.at)?;
                // Beyond the last edge it is beyond the axis.
                let at =
                    if edges.last().is_some_and(|last| at > *last) { f64::MAX } else { steps(at) };
                Some(Limit { label: limit.label, at })
            })
            .collect();
        axis::limits(&mut canvas, frame, &limit, &y);
        canvas.finish()
    }

    /// Twice: first wider in the colour of the page, so that they are seen on all colours of cells.
    fn draw_lines(
        &self,
        canvas: &mut Canvas,
        legend: &Legend,
        pen: &Pen,
        placed: impl Fn(&[(f64, Option<f64>)]) -> Vec<(f64, Option<f64>)>,
    ) {
        let id = format!("{}-l", canvas.id());
        let mut halo = String::new();
        let lines = self.lines.iter().enumerate().map(|(place, series)| {
            let mut path = Path::fine();
            legend.line(place, &mut path);
            let dots = pen.lines(&placed(series.points), &mut path);
            // p50 is dashed, for the last of the lines matters most.
            let dash = super::ink::dash(self.lines.len() - 1 - place);
            halo.push_str(&format!(r##"<use href="#{id}{place}"/>"##));
            format!(r#"<path id="{id}{place}" d="{}{dots}"{dash}/>"#, path.finish())
        });
        let lines: String = lines.collect();
        if lines.is_empty() {
            return;
        }
        let common =
            r#"fill="none" stroke-linejoin="round" stroke-linecap="round" transform="scale(.25)""#;
        canvas.raw(&format!("<defs>{lines}</defs>"));
        canvas.group(&format!(r#"{} stroke-width="17" {common}"#, PAGE.stroke()), |canvas| {
            canvas.raw(&halo)
        });
        canvas.group(&format!(r#"{} stroke-width="7" {common}"#, TEXT.stroke()), |canvas| {
            canvas.raw(&halo)
        });
    }

    /// Colours from few to many, with the counts at both ends.
    fn draw_scale(&self, canvas: &mut Canvas, frame: Frame, classes: Classes) {
        if classes.most == 0 {
            return;
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
    }
}

/// How counts are parted into colours.
#[derive(Debug, Clone, Copy)]
struct Classes {
    most: u64,
}

impl Classes {
    /// 0 for none, then 1 to 7 by the logarithm of the count.
    fn of(self, count: u64) -> usize {
        match count {
            0 => 0,
            _ => (1..=HEAT.len()).rfind(|class| self.least(class - 1) <= count).unwrap_or(1),
        }
    }

    /// The least count of a colour, from 0.
    fn least(self, colour: usize) -> u64 {
        let share = colour as f64 / HEAT.len() as f64;
        ((self.most as f64 + 1.0).powf(share)).ceil() as u64
    }

    fn word(self, colour: usize) -> String {
        let least = self.least(colour);
        match self.least(colour + 1).saturating_sub(1).min(self.most) {
            last if last > least && colour + 1 < HEAT.len() => {
                format!("{} to {}", wording::count(least), wording::count(last))
            }
            _ if colour + 1 == HEAT.len() && self.most > least => {
                format!("{} to {}", wording::count(least), wording::count(self.most))
            }
            _ => wording::count(least),
        }
    }
}

/// How many edges lie below a value, with the share of the row that it is in.
fn steps(edges: &[f64], value: f64) -> f64 {
    let below = edges.partition_point(|edge| *edge <= value);
    let (Some(low), Some(high)) =
        (below.checked_sub(1).map(|place| edges[place]), edges.get(below))
    else {
        return below.saturating_sub(1) as f64;
    };
    (below - 1) as f64 + (value / low).ln() / (high / low).ln()
}

/// For each colour one path of strokes as wide as a cell, along the lines of a grid.
///
/// A colour is drawn below all that are darker, too: then a peak, as each column is, has one stroke
/// of each colour, and not two beside the darker ones.
fn cells(lines: &[Vec<usize>], upright: bool) -> Vec<String> {
    let colour = |class: usize| {
        let mut path = Path::whole();
        let point = |along: usize, line: usize| {
            if upright { (line as f64, along as f64) } else { (along as f64, line as f64) }
        };
        for (place, line) in lines.iter().enumerate() {
            let mut at = 0;
            for run in line.chunk_by(|a, b| (*a > class) == (*b > class)) {
                if run[0] > class {
                    let ((x, y), (to_x, to_y)) = (point(at, place), point(at + run.len(), place));
                    path.move_to(x, y);
                    path.line_to(to_x, to_y);
                }
                at += run.len();
            }
        }
        path.finish()
    };
    (0..HEAT.len()).map(colour).collect()
}

fn transposed(columns: &[Vec<usize>], rows: usize) -> Vec<Vec<usize>> {
    let cell = |column: &Vec<usize>, row| column.get(row).copied().unwrap_or(0);
    (0..rows).map(|row| columns.iter().map(|column| cell(column, row)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_colour_is_one_path_below_all_darker_ones() {
        let paths = cells(&[vec![1, 2, 2, 1, 0, 1]], false);
        assert_eq!(paths[..3], ["m0 0h4m1 0h1", "m1 0h2", ""]);
        assert_eq!(cells(&[vec![0, 1], vec![1, 1]], true)[0], "m0 1v1m1-2v2");
    }

    #[test]
    fn every_count_has_a_colour_and_the_most_the_last() {
        for most in [1, 2, 7, 100, 1_000_000, u64::MAX] {
            let classes = Classes { most };
            assert_eq!(classes.of(0), 0);
            assert_eq!(classes.of(1), 1.max(classes.of(1)));
            assert!((1..=HEAT.len()).contains(&classes.of(most)));
            assert!(classes.of(most) >= classes.of(most / 2));
        }
        let classes = Classes { most: 9_999_999 };
        assert_eq!(
            [1, 9, 10, 99, 100, 9_999_999].map(|count| classes.of(count)),
            [1, 1, 2, 2, 3, 7]
        );
        assert_eq!(classes.word(1), "10 to 99");
        assert_eq!(classes.word(6), "1,000,000 to 9,999,999");
    }

    #[test]
    fn a_value_is_placed_between_the_edges_of_its_row() {
        let edges = [1.0, 10.0, 1_000.0];
        assert_eq!(
            [0.1, 1.0, 10.0, 100.0, 1_000.0, 1e9].map(|v| steps(&edges, v)),
            [0.0, 0.0, 1.0, 1.5, 2.0, 2.0]
        );
        assert_eq!(steps(&[], 1.0), 0.0);
    }
}
