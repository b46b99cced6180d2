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
        let pipeline = &self.pipeline;
        let vector =
            self.embedding.time_result_by(|| pipeline.embedder().embed(query), |e| e.kind())?;
        let candidates = self.retrieval.time(|| pipeline.index().search(&vector, CANDIDATES));
        let rerank = || pipeline.reranker().rerank(query, &candidates, KEPT);
        let passages = self.reranking.time_result_by(rerank, |e| e.kind())?;
        let generate = || pipeline.generator().generate(query, &passages);
        self.generation.time_result_by(generate, |e| e.kind())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(profiler: &Profiler) -> MeasuredPipeline {
        let corpus = Corpus::of_texts(&[
            ("birds.md", "# Birds\n\nThe wren is small. It sings loudly at dawn."),
            ("stocks.md", "Stocks fell. Bonds rose sharply during early trade."),
        ]);
        MeasuredPipeline::new(Pipeline::build(corpus, &|_| {}), profiler)
    }

    #[test]
    fn a_question_is_answered_from_the_file_that_knows() {
        let answer = pipeline(&Profiler::new()).answer(0, "When did bonds rise in trade?").unwrap();
        assert_eq!(answer.text, "Bonds rose sharply during early trade. [1]");
        assert_eq!(answer.sources[0].to_string(), "stocks.md:1");
    }

    #[test]
    fn a_query_without_usable_words_is_refused() {
        let error = pipeline(&Profiler::new()).answer(0, "the of and").unwrap_err();
        assert_eq!(error.kind(), "no_usable_words");
    }

    #[test]
    fn a_query_about_nothing_in_the_corpus_finds_nothing_relevant() {
        let error = pipeline(&Profiler::new()).answer(0, "quantum chromodynamics").unwrap_err();
        assert_eq!(error.kind(), "nothing_relevant");
    }

    #[test]
    fn a_pipeline_can_be_shared_by_threads() {
        fn shareable<T: Send + Sync>() {}
        shareable::<MeasuredPipeline>();
    }

    #[test]
    fn a_query_that_fails_is_counted_by_its_kind_in_the_stage_and_in_the_whole() {
        let profiler = Profiler::new();
        pipeline(&profiler).answer(7, "the of and").unwrap_err();
        let snapshot = profiler.snapshot();
        for name in ["end_to_end", "embedding"] {
            let operation = snapshot.operation(name).unwrap();
            let kinds: Vec<_> = operation.failure_kinds().collect();
            assert_eq!(kinds, [("no_usable_words", 1)], "{name}");
        }
        assert_eq!(snapshot.operation("retrieval").unwrap().count(), 0);
    }
}
