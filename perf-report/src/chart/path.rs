//! The `d` of a path in as few characters as it takes.

use std::fmt::Write;

/// Relative commands on a grid of whole numbers, so that nothing adds up to an error.
#[derive(Debug)]
pub(super) struct Path {
    d: String,
    /// Whole numbers for each px.
    fine: f64,
    pen: (i64, i64),
    /// Where [`close`](Self::close) returns to.
    start: (i64, i64),
    /// The command that a number without a letter would repeat.
    command: char,
    /// The last number, if it is that of `h`: how long it is and where it is written.
    across: Option<(i64, usize)>,
}

impl Path {
    /// In quarters of a px, which no eye sees: for groups with `transform="scale(.25)"`.
    pub(super) fn fine() -> Self {
        Self::new(4.0)
    }

    /// In whole px, or whatever else the group measures in.
    pub(super) fn whole() -> Self {
        Self::new(1.0)
    }

    fn new(fine: f64) -> Self {
        Self { d: String::new(), fine, pen: (0, 0), start: (0, 0), command: ' ', across: None }
    }

    pub(super) fn move_to(&mut self, x: f64, y: f64) {
        let to = self.grid(x, y);
        // The pen starts at 0, 0, so that the first is relative, too.
        self.pair('m', to);
        self.start = to;
    }

    /// A line; nothing where it would be shorter than the grid.
    pub(super) fn line_to(&mut self, x: f64, y: f64) {
        let to = self.grid(x, y);
        match (to.0 - self.pen.0, to.1 - self.pen.1) {
            (0, 0) => {}
            (dx, 0) => self.across(dx),
            (0, dy) => self.single('v', dy),
            _ => self.pair('l', to),
        }
        self.pen = to;
    }

    /// A line through points from the pen on, without those from which it would part by less than can
    /// be seen.
    pub(super) fn line_through(&mut self, points: &[(f64, f64)]) {
        let mut kept = Vec::with_capacity(points.len());
        // In pieces, as the search for corners goes as deep as a piece is long.
        points.chunks(512).for_each(|piece| keep_corners(piece, &mut kept));
        kept.into_iter().for_each(|(x, y)| self.line_to(x, y));
    }

    /// A line of no length, which round caps make a dot.
    pub(super) fn dot(&mut self, x: f64, y: f64) {
        self.move_to(x, y);
        self.single('h', 0);
    }

    pub(super) fn rectangle(&mut self, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
        self.move_to(left, top);
        self.line_to(right, top);
        self.line_to(right, bottom);
        self.line_to(left, bottom);
        self.close();
    }

    pub(super) fn close(&mut self) {
        self.d.push('z');
        self.command = 'z';
        self.across = None;
        self.pen = self.start;
    }

    pub(super) fn finish(self) -> String {
        self.d
    }

    fn grid(&self, x: f64, y: f64) -> (i64, i64) {
        // A cast of what is no number is 0.
        let grid = |px: f64| (px * self.fine).clamp(-1e6, 1e6).round() as i64;
        (grid(x), grid(y))
    }

    /// A line across, or more of the one before.
    fn across(&mut self, dx: i64) {
        let (dx, start) = match self.across {
            Some((before, start)) if before.signum() == dx.signum() => (before + dx, start),
            _ => {
                self.command('h', false);
                (dx, self.d.len())
            }
        };
        self.d.truncate(start);
        self.number(dx);
        self.across = Some((dx, start));
    }

    fn pair(&mut self, command: char, to: (i64, i64)) {
        // Pairs behind those of `m` are those of `l`.
        let repeats = command == 'l' && matches!(self.command, 'l' | 'm');
        self.command(command, repeats);
        self.number(to.0 - self.pen.0);
        self.number(to.1 - self.pen.1);
        self.pen = to;
    }

    fn single(&mut self, command: char, by: i64) {
        self.command(command, self.command == command);
        self.number(by);
    }

    fn command(&mut self, command: char, repeats: bool) {
        if !repeats {
            self.d.push(command);
        }
        self.command = command;
        self.across = None;
    }

    fn number(&mut self, number: i64) {
        if number >= 0 && self.d.ends_with(|c: char| c.is_ascii_digit()) {
            self.d.push(' ');
        }
        let _ = write!(self.d, "{number}");
    }
}

/// In px.
const UNSEEN: f64 = 0.25;

/// The first point, the last, and those between that are off the line (Ramer, Douglas and Peucker).
fn keep_corners(points: &[(f64, f64)], kept: &mut Vec<(f64, f64)>) {
    let [first, between @ .., last] = points else {
        return kept.extend(points);
    };
    let (dx, dy) = (last.0 - first.0, last.1 - first.1);
    let length = dx.hypot(dy);
    let off = |point: &(f64, f64)| {
        let (x, y) = (point.0 - first.0, point.1 - first.1);
        if length > 0.0 { (x * dy - y * dx).abs() / length } else { x.hypot(y) }
    };
    let farthest = (1..=between.len()).max_by(|a, b| off(&points[*a]).total_cmp(&off(&points[*b])));
    match farthest {
        Some(place) if off(&points[place]) > UNSEEN => {
            keep_corners(&points[..=place], kept);
            kept.pop();
            keep_corners(&points[place..], kept);
        }
        _ => kept.extend([*first, *last]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_and_no_space_is_written_twice() {
        let mut path = Path::fine();
        path.move_to(1.0, 2.0);
        path.line_to(1.5, 1.5);
        path.line_to(2.0, 2.51);
        path.line_to(5.0, 2.5);
        path.line_to(9.0, 2.49);
        path.line_to(9.0, 4.0);
        path.line_to(9.01, 4.04);
        path.dot(0.0, 0.0);
        assert_eq!(path.finish(), "m4 8 2-2 2 4h28v6m-36-16h0");
    }

    #[test]
    fn a_line_keeps_its_corners_and_no_point_that_is_not_seen() {
        let mut kept = Vec::new();
        let line =
            [(0.0, 0.0), (1.0, 0.1), (2.0, 0.0), (3.0, 5.0), (4.0, 0.0), (5.0, -0.1), (6.0, 0.0)];
        keep_corners(&line, &mut kept);
        assert_eq!(kept, [(0.0, 0.0), (2.0, 0.0), (3.0, 5.0), (4.0, 0.0), (6.0, 0.0)]);
        let mut same = Vec::new();
        keep_corners(&[(1.0, 1.0); 3], &mut same);
        keep_corners(&[], &mut same);
        assert_eq!(same, [(1.0, 1.0); 2]);
    }

    #[test]
    fn a_rectangle_returns_to_its_start() {
        let mut path = Path::whole();
        path.rectangle((10.0, 12.0), (20.0, 25.0));
        path.rectangle((11.0, 12.0), (20.0, 25.0));
        assert_eq!(path.finish(), "m10 20h2v5h-2zm1 0h1v5h-1z");
    }

    #[test]
    fn what_is_no_number_is_drawn_somewhere() {
        let mut path = Path::fine();
        path.move_to(f64::NAN, f64::INFINITY);
        assert_eq!(path.finish(), "m0 1000000");
    }
}
