//! Reranking: judges the candidates by the very words of the query.

use std::sync::Arc;

use super::corpus::Corpus;
use super::error::AnswerError;
use super::retrieval::Hit;
use super::tokens::words;
use super::vocabulary::{Term, Vocabulary};

/// How soon further occurrences of a word stop adding to the score.
const K1: f32 = 1.2;
/// How far the length of a passage is held against it, from 0 to 1.
const B: f32 = 0.75;

/// Ranks candidates by BM25 (Robertson & Zaragoza, "The probabilistic relevance framework: BM25
/// and beyond", 2009), with k₁ = 1.2, b = 0.75 and the document frequencies of the whole corpus.
#[derive(Debug)]
pub struct Reranker {
    corpus: Arc<Corpus>,
    vocabulary: Arc<Vocabulary>,
}

impl Reranker {
    /// A reranker of the passages of `corpus`.
    #[must_use]
    pub fn new(corpus: Arc<Corpus>, vocabulary: Arc<Vocabulary>) -> Self {
        Self { corpus, vocabulary }
    }

    /// The `count` candidates with the highest BM25 score for `query`, best first, with that
    /// score.
    ///
    /// # Errors
    ///
    /// [`AnswerError::NothingRelevant`] when no candidate shares a word with the query.
    pub fn rerank(
        &self,
        query: &str,
        candidates: &[Hit],
        count: usize,
    ) -> Result<Vec<Hit>, AnswerError> {
        let terms = self.vocabulary.weigh(query);
        let mut hits: Vec<Hit> = candidates
            .iter()
            .map(|&Hit { passage, .. }| Hit {
                passage,
                score: self.score(&terms, &self.corpus.passages()[passage].text),
            })
            .filter(|hit| hit.score > 0.0)
            .collect();
        if hits.is_empty() {
            return Err(AnswerError::NothingRelevant);
        }
        hits.sort_unstable_by(Hit::by_score);
        hits.truncate(count);
        Ok(hits)
    }

    /// The BM25 score of `text` for the words `terms`; 0 when it has none of them.
    fn score(&self, terms: &[Term], text: &str) -> f32 {
        let mut length = 0.0;
        let mut counts = vec![0.0; terms.len()];
        for word in words(text) {
            length += 1.0;
            if let Some(term) = terms.iter().position(|term| *term.word == *word) {
                counts[term] += 1.0;
            }
        }
        let relative_length = length / self.vocabulary.mean_passage_length();
        let damping = K1 * (1.0 - B + B * relative_length);
        let per_term = terms.iter().zip(counts);
        per_term.map(|(term, count)| term.idf * count * (K1 + 1.0) / (count + damping)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rerank(query: &str) -> Result<Vec<usize>, AnswerError> {
        let corpus = Arc::new(Corpus::of_texts(&[
            ("a", "cat and dog and bird and fish and horse and cow"),
            ("b", "cat"),
            ("c", "cat cat cat"),
            ("d", "dog"),
        ]));
        let vocabulary = Arc::new(Vocabulary::of(&corpus));
        let candidates: Vec<_> = (0..4).map(|passage| Hit { passage, score: 1.0 }).collect();
        let hits = Reranker::new(corpus, vocabulary).rerank(query, &candidates, 3)?;
        Ok(hits.iter().map(|hit| hit.passage).collect())
    }

    #[test]
    fn frequent_mention_and_short_length_raise_the_rank() {
        assert_eq!(rerank("cat").unwrap(), [2, 1, 0]);
    }

    #[test]
    fn a_rare_word_outweighs_a_common_one() {
        assert_eq!(rerank("the bird, the cat").unwrap()[0], 0);
    }

    #[test]
    fn candidates_without_a_word_of_the_query_are_not_relevant() {
        assert_eq!(rerank("quasar").unwrap_err(), AnswerError::NothingRelevant);
    }

    #[test]
    fn the_score_is_that_of_the_published_formula() {
        let corpus = Arc::new(Corpus::of_texts(&[("a", "cat dog"), ("b", "cat cat bird fish")]));
        let vocabulary = Arc::new(Vocabulary::of(&corpus));
        let candidates = [Hit { passage: 1, score: 1.0 }];
        let hits = Reranker::new(corpus, vocabulary).rerank("cat", &candidates, 1).unwrap();
        let idf = (1.0_f32 + 0.5 / 2.5).ln();
        let expected = idf * 2.0 * 2.2 / (2.0 + 1.2 * (0.25 + 0.75 * 4.0 / 3.0));
        assert!((hits[0].score - expected).abs() < 1e-6);
    }
}
