//! What a whole is made of, for some wholes beneath each other.

use super::canvas::{Anchor, Canvas, Heading, Size};
use super::ink::{self, MUTED};
use super::label;
use super::legend::{self, Legend};
use super::path::Path;
use super::scale::drawable;
use super::unit::Unit;

/// A whole and its parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar<'a> {
    /// Stands above it: `slowest 1 %`.
    pub(crate) label: &'a str,
    /// One for each of [`Shares::parts`], where 1 is all.
    pub(crate) shares: &'a [f64],
}

/// Wholes and what they are made of.
#[derive(Debug, Clone)]
pub(crate) struct Shares<'a> {
    /// What the chart is called.
    pub(crate) heading: Heading<'a>,
    /// How much room it has in width; its height is that of its bars.
    pub(crate) size: Size,
    /// The names of the parts.
    pub(crate) parts: &'a [&'a str],
    /// From above.
    pub(crate) bars: &'a [Bar<'a>],
}

const LABEL: f64 = 15.0;
const THICK: f64 = 22.0;
const EACH: f64 = LABEL + THICK + 8.0;
/// How much more than all is no rounding of the numbers.
const ROUNDING: f64 = 0.005;

impl Shares<'_> {
    /// A bar each, parted from the left in the order of the names; what is not explained stays free.
    ///
    /// Parts of more than all are drawn to the length of the bar, and its label says what they are
    /// in sum: work at the same time.
    pub(crate) fn to_svg(&self) -> String {
        let width = self.size.width();
        let height = legend::HEIGHT + EACH * self.bars.len().max(1) as f64;
        let mut canvas = Canvas::new(&self.heading, width, height);
        let legend = Legend::of(self.parts, 0.0, width);
        legend.draw(&mut canvas);
        for (place, bar) in self.bars.iter().enumerate() {
            let top = legend::HEIGHT + EACH * place as f64;
            let sum: f64 = bar.shares.iter().map(|share| positive(*share)).sum();
            let note = if sum > 1.0 + ROUNDING {
                format!("in sum {}: at the same time", Unit::Ratio.word(sum))
            } else {
                String::new()
            };
            let room = width - label::width(&note) - 10.0;
            canvas.text(0.0, top + 11.0, &label::fitted(bar.label, room));
            canvas.note(MUTED, Anchor::End, (width, top + 11.0), &note);
        }
        let mut rest = Path::whole();
        for place in 0..self.bars.len() {
            rest.rectangle((0.0, width), self.heights(place));
        }
        canvas.path(&format!(r#"{} fill-opacity=".15""#, MUTED.fill()), &rest.finish());
        for (part, name) in self.parts.iter().enumerate() {
            self.draw_part(&mut canvas, &legend, part, name);
        }
        self.draw_percentages(&mut canvas);
        canvas.finish()
    }

    fn heights(&self, bar: usize) -> (f64, f64) {
        let top = legend::HEIGHT + EACH * bar as f64 + LABEL;
        (top, top + THICK)
    }

    /// From where to where a part is in its bar, in px.
    fn ends(&self, bar: &Bar<'_>, part: usize) -> (f64, f64) {
        let share = |share: &f64| positive(*share);
        let all = bar.shares.iter().map(share).sum::<f64>().max(1.0);
        let before: f64 = bar.shares.iter().take(part).map(share).sum();
        let own = bar.shares.get(part).map_or(0.0, share);
        let px = self.size.width() / all;
        (before * px, (before + own) * px)
    }

    fn draw_part(&self, canvas: &mut Canvas, legend: &Legend, part: usize, name: &str) {
        let ink = ink::series(part);
        canvas.group(&ink.fill(), |canvas| {
            let mut sample = Path::whole();
            legend.block(part, &mut sample);
            canvas.path("", &sample.finish());
            for (place, bar) in self.bars.iter().enumerate() {
                let ((left, right), (top, bottom)) = (self.ends(bar, part), self.heights(place));
                if right - left < 0.1 {
                    continue;
                }
                let (mut edge, mut tint) = (Path::fine(), Path::fine());
                edge.rectangle((left, right.min(left + 3.0)), (top, bottom));
                tint.rectangle((left, right), (top, bottom));
                let share = Unit::Ratio.word(bar.shares[part]);
                canvas.told_path(
                    r#"fill-opacity=".4" transform="scale(.25)""#,
                    &tint.finish(),
                    &format!("{}: {} {share}", bar.label, name),
                );
                canvas.path(r#"transform="scale(.25)""#, &edge.finish());
            }
        });
    }

    /// In the parts in which they fit, with the name where that fits, too.
    fn draw_percentages(&self, canvas: &mut Canvas) {
        for (place, bar) in self.bars.iter().enumerate() {
            for (part, name) in self.parts.iter().enumerate() {
                let (left, right) = self.ends(bar, part);
                let Some(share) =
                    bar.shares.get(part).map(|share| Unit::Ratio.word(positive(*share)))
                else {
                    continue;
                };
                let room = right - left - 10.0;
                let named = label::fitted(&format!("{name} {share}"), 10_000.0);
                let text = if label::width(&named) <= room {
                    named
                } else {
                    label::fitted(&share, 10_000.0)
                };
                if label::width(&text) <= room {
                    canvas.text(left + 7.0, self.heights(place).0 + 15.0, &text);
                }
            }
        }
    }
}

fn positive(share: f64) -> f64 {
    drawable(share).unwrap_or(0.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(bars: &'a [Bar<'a>]) -> Shares<'a> {
        let heading = Heading { id: "s", title: "", description: "" };
        Shares { heading, size: Size::Wide, parts: &["a", "b"], bars }
    }

    #[test]
    fn parts_of_less_than_all_leave_the_rest_free() {
        let bar = Bar { label: "all", shares: &[0.25, 0.5] };
        let chart = of(&[]);
        assert_eq!(chart.ends(&bar, 0), (0.0, 190.0));
        assert_eq!(chart.ends(&bar, 1), (190.0, 570.0));
        assert!(!of(&[bar]).to_svg().contains("in sum"));
    }

    #[test]
    fn parts_of_more_than_all_fill_the_bar_and_say_so() {
        let bar = Bar { label: "all", shares: &[1.0, 0.6] };
        let chart = of(&[]);
        assert_eq!(chart.ends(&bar, 0), (0.0, 475.0));
        assert_eq!(chart.ends(&bar, 1), (475.0, 760.0));
        assert!(of(&[bar]).to_svg().contains("in sum 160.0 %"));
    }

    #[test]
    fn a_part_too_narrow_for_its_words_is_told_where_one_points_at_it() {
        let svg = of(&[Bar { label: "all", shares: &[0.99, 0.01] }]).to_svg();
        assert!(svg.contains(">a 99.0 %</text>"), "{svg}");
        assert!(
            svg.contains("<title>all: b 1.0 %</title>") && !svg.contains("1.0 %</text>"),
            "{svg}"
        );
    }
}
