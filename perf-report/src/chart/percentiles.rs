//! Latency by quantile, with most room for the slowest: the plot that HdrHistogram made known.

use super::axis::{self, Edges, Frame};
use super::canvas::{Anchor, Canvas, Heading, Size};
use super::ink::{self, BAD, DOTS, LINES};
use super::label;
use super::legend::{self, Legend};
use super::path::Path;
use super::scale::{self, Scale, Spacing, Tick, drawable};
use super::unit::Unit;

/// A value for each of some quantiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Curve<'a> {
    /// In the legend, which one curve alone does not have.
    pub(crate) name: &'a str,
    /// Quantile (0..=1) and value, rising.
    pub(crate) points: &'a [(f64, f64)],
}

/// A limit of one quantile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// Words and number: `p99 limit 300 ms`.
    pub(crate) label: &'a str,
    /// The quantile that is limited.
    pub(crate) quantile: f64,
    /// What it may be.
    pub(crate) at: f64,
}

/// Values by quantile.
#[derive(Debug, Clone)]
pub(crate) struct Percentiles<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has.
    pub(crate) size: Size,
    /// What the values are in.
    pub(crate) unit: Unit,
    /// How far apart they are.
    pub(crate) spacing: Spacing,
    /// Runs to compare; the first is not dashed.
    pub(crate) curves: &'a [Curve<'a>],
    /// What is allowed.
    pub(crate) targets: &'a [Target<'a>],
}

/// One in ten million is as rare as the axis gets.
const RAREST: f64 = 1e7;

impl Percentiles<'_> {
    /// A curve each over 1 / (1 - quantile): each nine of the quantile has as much room. Targets are
    /// bars with an arrow down: the curve is to cross below.
    pub(crate) fn to_svg(&self) -> String {
        let points = || self.curves.iter().flat_map(|curve| curve.points);
        let values =
            points().map(|point| point.1).chain(self.targets.iter().map(|target| target.at));
        let (y, ticks) = scale::axis(self.spacing, self.unit, values, 5);
        let quantiles = points().map(|point| point.0).filter(|quantile| *quantile < 1.0);
        let quantiles = quantiles.chain(self.targets.iter().map(|target| target.quantile));
        let rarest = quantiles.map(rareness).fold(10.0, f64::max);
        let top = if self.curves.len() > 1 { legend::HEIGHT } else { 8.0 };
        let frame = Frame::new(self.size, top, &ticks);
        let x = Scale::log(1.0, rarest).onto(frame.left, frame.right);
        let y = y.onto(frame.bottom, frame.top);

        let mut canvas = Canvas::new(&self.heading, self.size.width(), self.size.height());
        let below = nines(rarest);
        let sides = Edges {
            left: axis::placed(&ticks, |at| y.at(at)),
            below: axis::placed(&below, |at| x.at(at)),
            utc: false,
        };
        axis::draw(&mut canvas, frame, &sides);
        let legend = Legend::new(self.curves.iter().map(|curve| curve.name), frame);
        legend.draw(&mut canvas);
        canvas.group(LINES, |canvas| {
            for (place, curve) in self.curves.iter().enumerate() {
                let points = curve.points.iter().filter_map(|(quantile, value)| {
                    Some((x.at(rareness(*quantile)), y.at(drawable(*value)?)))
                });
                let points: Vec<_> = points.collect();
                let (mut line, mut dot) = (Path::fine(), Path::fine());
                legend.line(place, &mut line);
                match &points[..] {
                    [] => {}
                    [(x, y)] => dot.dot(*x, *y),
                    [(x, y), ..] => {
                        line.move_to(*x, *y);
                        line.line_through(&points);
                    }
                }
                let stroke = ink::series(place).stroke();
                canvas.path(&format!("{stroke}{}", ink::dash(place)), &line.finish());
                canvas.path(&format!("{stroke} {DOTS}"), &dot.finish());
            }
        });
        self.draw_targets(&mut canvas, frame, &x, &y);
        canvas.finish()
    }

    fn draw_targets(&self, canvas: &mut Canvas, frame: Frame, x: &Scale, y: &Scale) {
        let mut bars = Path::whole();
        let mut words = Vec::new();
        for target in self.targets {
            let Some(at) = drawable(target.at) else { continue };
            let (x, y) = (x.at(rareness(target.quantile)), y.at(at));
            bars.move_to(x - 8.0, y);
            bars.line_to(x + 8.0, y);
            bars.move_to(x - 3.0, y + 3.0);
            bars.line_to(x, y + 7.0);
            bars.line_to(x + 3.0, y + 3.0);
            words.push((x, y + 4.0, target.label));
        }
        canvas.path(&format!(r#"{} fill="none" stroke-width="2""#, BAD.stroke()), &bars.finish());
        for (x, y, text) in words {
            let (before, behind) = (x - 11.0 - frame.left, frame.right - x - 11.0);
            let text = label::fitted(text, before.max(behind));
            if label::width(&text) <= before {
                canvas.over(Anchor::End, (x - 11.0, y), &text);
            } else {
                canvas.over(Anchor::Start, (x + 11.0, y), &text);
            }
        }
    }
}

/// How many there are for one that is beyond this quantile.
fn rareness(quantile: f64) -> f64 {
    let quantile = drawable(quantile).unwrap_or(0.0).clamp(0.0, 1.0);
    (1.0 / (1.0 - quantile)).min(RAREST)
}

/// 0 %, 50 %, 90 %, 99 % and so on.
fn nines(rarest: f64) -> Vec<Tick> {
    let tick = |at: f64, label: &str| Tick { at, label: label.to_owned() };
    let mut ticks = vec![tick(1.0, "0 %"), tick(2.0, "50 %"), tick(10.0, "90 %")];
    for digits in 0..=5_u32 {
        let at = 10_f64.powi(digits as i32 + 2);
        if at <= rarest * 1.001 {
            let point = if digits > 0 { "." } else { "" };
            ticks.push(Tick { at, label: format!("99{point}{} %", "9".repeat(digits as usize)) });
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_nine_is_a_tick() {
        let labels: Vec<_> = nines(10_000.0).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %"]);
    }

    #[test]
    fn the_maximum_is_as_rare_as_anything_drawn() {
        assert_eq!(rareness(0.0), 1.0);
        assert_eq!(rareness(0.5), 2.0);
        assert_eq!(rareness(1.0), RAREST);
        assert_eq!(rareness(f64::NAN), 1.0);
    }
}
