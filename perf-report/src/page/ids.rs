//! Names as ids of elements, for links that stay.

use std::collections::BTreeSet;

/// Letters of an id that come from the name.
const MAX: usize = 48;

/// Gives each name an id of its own: the same names in the same order get the same ids.
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// `op-whole` is taken.
    pub(super) fn new() -> Self {
        Ids([super::WHOLE.to_owned()].into())
    }

    /// `op-rag-query` for `RAG query`; the next one of that kind is `op-rag-query-2`.
    pub(super) fn of(&mut self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let slug: String = name.chars().take(MAX).map(plain).collect();
        let base = format!("op-{}", slug.trim_matches('-'));
        let numbered = (2..).map(|n| format!("{base}-{n}"));
        let mut free = std::iter::once(base.clone()).chain(numbered);
        let id = free.find(|id| !self.0.contains(id)).unwrap_or(base);
        self.0.insert(id.clone());
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_an_id_of_its_own_without_a_letter_that_means_anything() {
        let mut ids = Ids::new();
        assert_eq!(ids.of("RAG query"), "op-rag-query");
        assert_eq!(ids.of("rag/query"), "op-rag-query-2");
        assert_eq!(ids.of("\"><script>"), "op-script");
        assert_eq!(ids.of("größe"), "op-gr--e");
        assert_eq!((ids.of("日本"), ids.of("中国")), ("op-".to_owned(), "op--2".to_owned()));
        assert_eq!(ids.of("whole"), "op-whole-2");
        assert_eq!(ids.of(&"x".repeat(10_000)).len(), 3 + MAX);
    }
}
