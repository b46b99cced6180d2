//! Something for each name, for so many names.

use std::collections::HashMap;

/// Names beyond this share one series: a log can have as many as it has lines.
const MOST: usize = 10_000;

/// What names beyond the most share.
pub(super) const OTHERS: &str = "(others)";

/// Something for each name.
#[derive(Debug)]
pub(super) struct Series<T>(HashMap<String, T>);

impl<T> Series<T> {
    pub(super) fn new() -> Self {
        Series(HashMap::new())
    }

    pub(super) fn of(&mut self, name: &str, new: impl FnOnce() -> T) -> &mut T {
        // Looked up first, so that a name that is known is not copied.
        let name = match self.0.contains_key(name) || self.0.len() < MOST {
            true => name,
            false => OTHERS,
        };
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), new());
        }
        self.0.get_mut(name).expect("it was put there")
    }

    /// All of them, by name.
    pub(super) fn sorted(&self) -> Vec<(&str, &T)> {
        let mut all: Vec<_> = self.0.iter().map(|(name, series)| (name.as_str(), series)).collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }
}
