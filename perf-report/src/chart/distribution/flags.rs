//! Words at lines from top to bottom, so that none is crossed by the line of another.

use crate::chart::axis::Frame;
use crate::chart::canvas::Canvas;
use crate::chart::label;

/// Beneath each other stand so many words.
const ROWS: usize = 3;
const ROW: f64 = 13.0;
/// Above the frame for all rows.
pub(super) const HEIGHT: f64 = 4.0 + ROW * ROWS as f64;
/// Between a line and its words.
const GAP: f64 = 4.0;

/// A line that begins at its row, and its words at either side of it.
#[derive(Debug, Clone)]
struct Flag {
    line: f64,
    row: usize,
    left: f64,
    right: f64,
    text: String,
}

/// All flags above a frame.
#[derive(Debug)]
pub(super) struct Flags {
    frame: Frame,
    planted: Vec<Flag>,
}

impl Flags {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, planted: Vec::new() }
    }

    /// The next one, which is best left of those before; says where its line begins.
    ///
    /// Where there is no good place, its words are in the last row and over others.
    pub(super) fn plant(&mut self, line: f64, text: &str) -> f64 {
        let wide = label::width(text);
        let flag = |row: usize, left: f64| Flag {
            line,
            row,
            left,
            right: left + wide,
            text: text.to_owned(),
        };
        let places =
            (0..ROWS).flat_map(|row| [flag(row, line + GAP), flag(row, line - GAP - wide)]);
        let inside: Vec<Flag> = places
            .filter(|flag| flag.left >= self.frame.left && flag.right <= self.frame.right + GAP)
            .collect();
        let good =
            inside.iter().find(|flag| !self.planted.iter().any(|other| collide(flag, other)));
        let some = good.or(inside.last()).cloned();
        let flag = some.unwrap_or_else(|| flag(ROWS - 1, self.frame.left));
        let top = self.frame.top - HEIGHT + 3.0 + ROW * flag.row as f64;
        self.planted.push(flag);
        top
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let base = |flag: &Flag| self.frame.top - HEIGHT + 12.0 + ROW * flag.row as f64;
        // Words end or begin at their line, however wide they turn out to be.
        let (before, behind): (Vec<_>, Vec<_>) =
            self.planted.iter().partition(|flag| flag.right <= flag.line);
        behind.into_iter().for_each(|flag| canvas.text(flag.left, base(flag), &flag.text));
        canvas.group(r#"text-anchor="end""#, |canvas| {
            before.into_iter().for_each(|flag| canvas.text(flag.right, base(flag), &flag.text));
        });
    }
}

/// Whether words touch, or the line of one goes through the words of the other.
fn collide(one: &Flag, other: &Flag) -> bool {
    let crosses = |line: &Flag, words: &Flag| {
        line.row <= words.row && line.line > words.left - 2.0 && line.line < words.right + 2.0
    };
    let touch =
        one.row == other.row && one.left < other.right + GAP && other.left < one.right + GAP;
    touch || crosses(one, other) || crosses(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(lines: &[f64]) -> Vec<Flag> {
        let frame = Frame { left: 50.0, right: 364.0, top: HEIGHT, bottom: 180.0 };
        let mut flags = Flags::new(frame);
        for line in lines {
            flags.plant(*line, "p99 236.9 ms");
        }
        flags.planted
    }

    #[test]
    fn no_words_touch_and_no_line_crosses_them() {
        for lines in [
            &[320.0, 300.0, 280.0, 170.0][..],
            &[300.0, 200.0, 100.0],
            &[200.0, 199.0, 198.0],
            &[364.0, 360.0, 60.0],
        ] {
            let flags = planted(lines);
            for (place, one) in flags.iter().enumerate() {
                assert!(flags[..place].iter().all(|other| !collide(one, other)), "{flags:?}");
            }
        }
    }

    #[test]
    fn of_too_many_at_one_place_none_is_lost_or_outside() {
        let flags = planted(&[200.0; 9]);
        assert_eq!(flags.len(), 9);
        assert!(flags.iter().all(|flag| flag.left >= 50.0 && flag.right <= 368.0), "{flags:?}");
    }
}
