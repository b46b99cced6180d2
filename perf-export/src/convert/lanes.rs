//! Rows of a picture in which no two stretches of time overlap.

/// Beyond these, stretches share rows.
const MOST: usize = 1_024;

/// Until when each row is taken.
#[derive(Debug, Default)]
pub(super) struct Lanes(Vec<i128>);

impl Lanes {
    /// The number, from 1, of a row that is free from `start` on, and takes it until `end`.
    pub(super) fn take(&mut self, start: i128, end: i128) -> usize {
        let lane = match self.0.iter().position(|taken| *taken <= start) {
            Some(lane) => lane,
            None if self.0.len() < MOST => {
                self.0.push(i128::MIN);
                self.0.len() - 1
            }
            // The one that is free again first.
            None => (0..MOST).min_by_key(|lane| self.0[*lane]).unwrap_or(0),
        };
        self.0[lane] = self.0[lane].max(end);
        lane + 1
    }
}
