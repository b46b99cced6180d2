//! Cells of a heat map in few characters.

use crate::chart::ink::HEAT;
use crate::chart::path::Path;
use crate::wording;

/// How counts are parted into colours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classes {
    /// The highest count.
    pub(super) most: u64,
}

impl Classes {
    pub(super) fn of_all(columns: &[Vec<u64>]) -> Self {
        Self { most: columns.iter().flatten().copied().max().unwrap_or(0) }
    }

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

    /// The counts that a colour stands for.
    pub(super) fn word(self, colour: usize) -> String {
        let least = self.least(colour);
        let last = match colour + 1 {
            next if next < HEAT.len() => (self.least(next) - 1).min(self.most),
            _ => self.most,
        };
        if last > least {
            format!("{} to {}", wording::count(least), wording::count(last))
        } else {
            wording::count(least)
        }
    }
}

/// All cells, as one path for each colour.
#[derive(Debug)]
pub(super) struct Drawing {
    /// Strokes as wide as a cell is high, or wide.
    pub(super) paths: Vec<String>,
    /// Moves them from the edge of the first cell to its middle.
    pub(super) middle: &'static str,
}

impl Drawing {
    /// With strokes along the rows or along the columns, whichever is shorter to write.
    pub(super) fn new(columns: &[Vec<u64>], rows: usize, classes: Classes) -> Self {
        let class = |column: &Vec<u64>, row| column.get(row).map_or(0, |count| classes.of(*count));
        let upright: Vec<Vec<usize>> = columns
            .iter()
            .map(|column| (0..rows).map(|row| class(column, row)).collect())
            .collect();
        let across: Vec<Vec<usize>> =
            (0..rows).map(|row| upright.iter().map(|column| column[row]).collect()).collect();
        let (across, upright) = (cells(&across, false), cells(&upright, true));
        let size = |paths: &[String]| paths.iter().map(String::len).sum::<usize>();
        if size(&across) <= size(&upright) {
            Self { paths: across, middle: "0 .5" }
        } else {
            Self { paths: upright, middle: ".5 0" }
        }
    }
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
            assert!(classes.of(1) >= 1);
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
    fn cells_are_drawn_along_whichever_is_shorter() {
        let classes = Classes { most: 1 };
        let bands = Drawing::new(&[vec![1, 0, 1, 0], vec![1, 0, 1, 0]], 4, classes);
        assert_eq!((bands.paths[0].as_str(), bands.middle), ("m0 0h2m-2 2h2", "0 .5"));
        let peaks = Drawing::new(&[vec![1, 1], vec![], vec![1, 1]], 2, classes);
        assert_eq!((peaks.paths[0].as_str(), peaks.middle), ("m0 0v2m2-2v2", ".5 0"));
    }
}
