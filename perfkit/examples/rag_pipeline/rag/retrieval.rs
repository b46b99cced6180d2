//! Retrieval: finds the passages whose vectors point the same way as that of the query.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::corpus::Corpus;
use super::embedding::{DIMENSIONS, Embedder, Vector};
use super::passages::Passage;
use super::vocabulary::threads;

/// Passages embedded between two reports of progress.
const PROGRESS_STEP: usize = 256;
/// Sums kept side by side in [`dot`]: a multiple of the lanes of common vector units.
const LANES: usize = 8;

/// A passage and how well it matches a query; higher is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index of the passage in the corpus.
    pub passage: usize,
    /// The score, whose unit depends on the stage that gave it.
    pub score: f32,
}

impl Hit {
    /// Orders hits from the best score to the worst, and equal ones as in the corpus.
    #[must_use]
    pub fn by_score(&self, other: &Self) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        by_score.then(self.passage.cmp(&other.passage))
    }
}

/// The vectors of all passages, searched exhaustively.
#[derive(Debug)]
pub struct Index {
    /// One row of [`DIMENSIONS`] numbers for each passage.
    matrix: Vec<f32>,
}

impl Index {
    /// Embeds the passages of `corpus`, on all cores.
    ///
    /// `progress` is told the number of passages embedded so far, now and then and at the end,
    /// from any of the threads.
    #[must_use]
    pub fn build(corpus: &Corpus, embedder: &Embedder, progress: &(dyn Fn(usize) + Sync)) -> Self {
        let passages = corpus.passages();
        let mut matrix = vec![0.0; passages.len() * DIMENSIONS];
        let share = passages.len().div_ceil(threads()).max(1);
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for (passages, rows) in
                passages.chunks(share).zip(matrix.chunks_mut(share * DIMENSIONS))
            {
                let done = &done;
                scope.spawn(move || {
                    for (passages, rows) in passages
                        .chunks(PROGRESS_STEP)
                        .zip(rows.chunks_mut(PROGRESS_STEP * DIMENSIONS))
                    {
                        embed_into(passages, embedder, rows);
                        let before = done.fetch_add(passages.len(), Relaxed);
                        progress(before + passages.len());
                    }
                });
            }
        });
        Self { matrix }
    }

    /// The `count` passages with the highest cosine to `query` (from 0 to 1), best first.
    ///
    /// Passages with a cosine of 0 or below are left out, so there may be fewer, or none.
    #[must_use]
    pub fn search(&self, query: &Vector, count: usize) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self
            .matrix
            .chunks_exact(DIMENSIONS)
            .map(|row| dot(row, &query.0))
            .enumerate()
            .filter(|&(_, score)| score > 0.0)
            .map(|(passage, score)| Hit { passage, score })
            .collect();
        if hits.len() > count {
            hits.select_nth_unstable_by(count, Hit::by_score);
            hits.truncate(count);
        }
        hits.sort_unstable_by(Hit::by_score);
        hits
    }
}

/// Writes the vectors of `passages` to `rows`. A passage without words keeps a row of zeros, which
/// no search finds.
fn embed_into(passages: &[Passage], embedder: &Embedder, rows: &mut [f32]) {
    for (passage, row) in passages.iter().zip(rows.chunks_exact_mut(DIMENSIONS)) {
        if let Ok(vector) = embedder.embed(&passage.text) {
            row.copy_from_slice(&vector.0);
        }
    }
}

/// The dot product of two vectors of equal length, a multiple of [`LANES`].
///
/// The order in which floats are added may not be changed by the compiler; with a sum for each
/// lane the order is one that vector instructions can keep.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::super::vocabulary::Vocabulary;
    use super::*;

    fn corpus_and_embedder() -> (Corpus, Embedder) {
        let corpus = Corpus::of_texts(&[
            ("a", "the cat chased a bird"),
            ("b", "stocks and bonds fell"),
            ("c", "a bird sang in the tree"),
        ]);
        let vocabulary = Arc::new(Vocabulary::of(&corpus));
        (corpus, Embedder::new(vocabulary))
    }

    #[test]
    fn the_passage_with_the_words_of_the_query_comes_first() {
        let (corpus, embedder) = corpus_and_embedder();
        let index = Index::build(&corpus, &embedder, &|_| {});
        let hits = index.search(&embedder.embed("bonds and stocks").unwrap(), 2);
        assert_eq!(hits[0].passage, 1);
        assert!(hits.len() <= 2);
        assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    }

    #[test]
    fn a_passage_is_its_own_best_match_with_a_cosine_of_one() {
        let (corpus, embedder) = corpus_and_embedder();
        let index = Index::build(&corpus, &embedder, &|_| {});
        for (at, passage) in corpus.passages().iter().enumerate() {
            let best = index.search(&embedder.embed(&passage.text).unwrap(), 1)[0];
            assert_eq!(best.passage, at);
            assert!((best.score - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn progress_ends_with_the_number_of_passages() {
        let (corpus, embedder) = corpus_and_embedder();
        let told = Mutex::new(Vec::new());
        let _ = Index::build(&corpus, &embedder, &|done| told.lock().unwrap().push(done));
        assert_eq!(told.into_inner().unwrap().into_iter().max(), Some(3));
    }

    #[test]
    fn the_dot_product_adds_every_lane() {
        let ones = [1.0; DIMENSIONS];
        assert_eq!(dot(&ones, &ones) as usize, DIMENSIONS);
    }
}
