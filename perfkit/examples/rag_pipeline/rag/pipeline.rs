//! The pipeline: from a query to an answer in four stages.

use std::sync::Arc;

use super::corpus::Corpus;
use super::embedding::Embedder;
use super::generation::Generator;
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
