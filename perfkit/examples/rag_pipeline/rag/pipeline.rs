//! The pipeline: from a query to an answer in four stages.

use std::sync::Arc;

use super::corpus::Corpus;
use super::embedding::Embedder;
use super::error::AnswerError;
use super::generation::{Answer, Generator};
use super::reranking::Reranker;
use super::retrieval::Index;
use super::vocabulary::Vocabulary;

/// Passages that retrieval hands to reranking.
pub const CANDIDATES: usize = 50;
/// Passages that reranking hands to generation.
pub const KEPT: usize = 5;

/// A corpus made ready to answer queries, from any number of threads at once.
#[derive(Debug)]
pub struct Pipeline {
    corpus: Arc<Corpus>,
    vocabulary: Arc<Vocabulary>,
    embedder: Embedder,
    index: Index,
    reranker: Reranker,
    generator: Generator,
}

impl Pipeline {
    /// Weighs the words of `corpus` and embeds its passages.
    ///
    /// `progress` is told the number of passages embedded so far; see [`Index::build`].
    #[must_use]
    pub fn build(corpus: Corpus, progress: &(dyn Fn(usize) + Sync)) -> Self {
        let corpus = Arc::new(corpus);
        let vocabulary = Arc::new(Vocabulary::of(&corpus));
        let embedder = Embedder::new(Arc::clone(&vocabulary));
        Self {
            index: Index::build(&corpus, &embedder, progress),
            embedder,
            reranker: Reranker::new(Arc::clone(&corpus), Arc::clone(&vocabulary)),
            generator: Generator::new(Arc::clone(&corpus), Arc::clone(&vocabulary)),
            corpus,
            vocabulary,
        }
    }

    /// Answers `query` with sentences of the corpus.
    ///
    /// # Errors
    ///
    /// When the query has no word to search for, or nothing in the corpus is relevant to it.
    pub fn answer(&self, query: &str) -> Result<Answer, AnswerError> {
        let vector = self.embedder.embed(query)?;
        let candidates = self.index.search(&vector, CANDIDATES);
        let passages = self.reranker.rerank(query, &candidates, KEPT)?;
        self.generator.generate(query, &passages)
    }

    /// The corpus.
    #[must_use]
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// The words of the corpus and their weights.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The first stage.
    #[must_use]
    pub fn embedder(&self) -> &Embedder {
        &self.embedder
    }

    /// The second stage.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The third stage.
    #[must_use]
    pub fn reranker(&self) -> &Reranker {
        &self.reranker
    }

    /// The fourth stage.
    #[must_use]
    pub fn generator(&self) -> &Generator {
        &self.generator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline() -> Pipeline {
        let corpus = Corpus::of_texts(&[
            ("birds.md", "# Birds\n\nThe wren is small. It sings loudly at dawn."),
            ("stocks.md", "Stocks fell. Bonds rose sharply during early trade."),
        ]);
        Pipeline::build(corpus, &|_| {})
    }

    #[test]
    fn a_question_is_answered_from_the_file_that_knows() {
        let answer = pipeline().answer("When did bonds rise in trade?").unwrap();
        assert_eq!(answer.text, "Bonds rose sharply during early trade. [1]");
        assert_eq!(answer.sources[0].to_string(), "stocks.md:1");
    }

    #[test]
    fn a_query_without_usable_words_is_refused() {
        let error = pipeline().answer("the of and").unwrap_err();
        assert_eq!(error.kind(), "no_usable_words");
    }

    #[test]
    fn a_query_about_nothing_in_the_corpus_finds_nothing_relevant() {
        let error = pipeline().answer("quantum chromodynamics").unwrap_err();
        assert_eq!(error.kind(), "nothing_relevant");
    }

    #[test]
    fn a_pipeline_can_be_shared_by_threads() {
        fn shareable<T: Send + Sync>() {}
        shareable::<Pipeline>();
    }
}
