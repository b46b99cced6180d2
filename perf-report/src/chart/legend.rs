//! Names side by side above a chart, each behind a sample of what it names.

use super::axis::Frame;
use super::canvas::Canvas;
use super::label;
use super::path::Path;

/// How much of the height it takes.
pub(super) const HEIGHT: f64 = 22.0;
/// How wide a sample is, with what is free behind it.
const SAMPLE: f64 = 20.0;
const GAP: f64 = 14.0;
/// Where the text stands, and the middle of it.
pub(super) const BASE: f64 = 12.0;
const MIDDLE: f64 = 8.0;

/// Names that fit beside each other, and where each has its sample.
pub(super) struct Legend {
    entries: Vec<(f64, String)>,
}

impl Legend {
    /// Above a frame; names are cut where they do not fit. One name alone has no legend.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>, frame: Frame) -> Self {
        let names: Vec<_> = names.collect();
        if names.len() < 2 {
            return Self { entries: Vec::new() };
        }
        Self::of(&names, frame.left, frame.right)
    }

    /// Between two places in px, also of one name.
    pub(super) fn of(names: &[&str], left: f64, right: f64) -> Self {
        let room = right - left;
        let wide = |name: &&str| label::width(&label::fitted(name, room)) + SAMPLE + GAP;
        let all: f64 = names.iter().map(wide).sum();
        let each =
            if all <= room + GAP { room } else { (room + GAP) / names.len() as f64 - SAMPLE - GAP };
        let mut x = left;
        let entries = names.iter().map(|name| {
            let entry = (x, label::fitted(name, each));
            x += SAMPLE + label::width(&entry.1) + GAP;
            entry
        });
        Self { entries: entries.collect() }
    }

    /// The sample of the nth line, in front of the line itself, so that it is dashed as that is.
    pub(super) fn line(&self, place: usize, path: &mut Path) {
        if let Some((x, _)) = self.entries.get(place) {
            path.move_to(*x, MIDDLE);
            path.line_to(x + SAMPLE - 4.0, MIDDLE);
        }
    }

    /// The sample of the nth area.
    pub(super) fn block(&self, place: usize, path: &mut Path) {
        if let Some((x, _)) = self.entries.get(place) {
            path.rectangle((x + 4.0, x + SAMPLE - 4.0), (MIDDLE - 5.0, MIDDLE + 5.0));
        }
    }

    /// The names.
    pub(super) fn draw(&self, canvas: &mut Canvas) {
        for (x, name) in &self.entries {
            canvas.text(x + SAMPLE, BASE, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_only_where_they_do_not_fit_beside_each_other() {
        let short = Legend::of(&["p50", "p95"], 0.0, 300.0);
        assert_eq!(short.entries[0], (0.0, "p50".to_owned()));
        assert_eq!(short.entries[1].1, "p95");
        let long = "a name that is far too long for this";
        let cut = Legend::of(&[long, long, "p50"], 0.0, 300.0);
        let ends: Vec<f64> =
            cut.entries.iter().map(|(x, name)| x + SAMPLE + label::width(name)).collect();
        assert!(
            cut.entries[0].1.ends_with('…') && ends.iter().all(|end| *end <= 300.0),
            "{ends:?}"
        );
    }
}
