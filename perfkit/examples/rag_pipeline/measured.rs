//! The pipeline with a timer around every stage: what a user of the library writes.

use super::rag::corpus::Corpus;
use super::rag::error::AnswerError;
use super::rag::generation::Answer;
use super::rag::pipeline::{CANDIDATES, KEPT, Pipeline};
use perfkit::{Operation, Profiler};

/// A pipeline whose every answer is measured: the whole, and each of its four stages.
pub struct MeasuredPipeline {
    pipeline: Pipeline,
    end_to_end: Operation,
    embedding: Operation,
    retrieval: Operation,
    reranking: Operation,
    generation: Operation,
}

impl MeasuredPipeline {
    /// Resolves the operations once; answering then records through the handles.
    pub fn new(pipeline: Pipeline, profiler: &Profiler) -> Self {
        MeasuredPipeline {
            pipeline,
            end_to_end: profiler.operation("end_to_end"),
            embedding: profiler.operation("embedding"),
            retrieval: profiler.operation("retrieval"),
            reranking: profiler.operation("reranking"),
            generation: profiler.operation("generation"),
        }
    }

    /// Answers `query`. If this turns out to be one of the slowest, or fails, the report shows which
    /// query it was.
    pub fn answer(&self, query_id: usize, query: &str) -> Result<Answer, AnswerError> {
        let mut timer = self.end_to_end.timer();
        timer.metadata("query_id", query_id);
        timer.metadata("query", query);
        self.stages(query).inspect_err(|error| timer.mark_failure_with(error.kind()))
    }

    fn stages(&self, query: &str) -> Result<Answer, AnswerError> {
        let vector = self.embedding.time_result(|| self.pipeline.embedder().embed(query))?;
        let candidates = self.retrieval.time(|| self.pipeline.index().search(&vector, CANDIDATES));
        let passages = self
            .reranking
            .time_result(|| self.pipeline.reranker().rerank(query, &candidates, KEPT))?;
        self.generation.time_result(|| self.pipeline.generator().generate(query, &passages))
    }

    /// What it answers from.
    pub fn corpus(&self) -> &Corpus {
        self.pipeline.corpus()
    }

    /// `count` questions that the corpus can be asked, the same for the same seed.
    pub fn draw_queries(&self, count: usize, seed: u64) -> Vec<String> {
        super::rag::queries::draw(self.corpus(), self.pipeline.vocabulary(), count, seed)
    }
}
