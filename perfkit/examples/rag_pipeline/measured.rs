//! The pipeline as requests with stages: what a user of the library writes.

use super::rag::corpus::Corpus;
use super::rag::error::AnswerError;
use super::rag::generation::Answer;
use super::rag::pipeline::{CANDIDATES, KEPT, Pipeline};
use perfkit::{Profiler, Request};

/// The name of the operation that stands for the whole.
pub const OVERALL: &str = "end_to_end";

/// A pipeline whose every answer is measured: the whole, and each of its four stages.
pub struct MeasuredPipeline {
    pipeline: Pipeline,
    profiler: Profiler,
}

impl MeasuredPipeline {
    /// `profiler` is best built with [`OVERALL`] as its overall operation: that is what a request is
    /// recorded as.
    pub fn new(pipeline: Pipeline, profiler: &Profiler) -> Self {
        MeasuredPipeline { pipeline, profiler: profiler.clone() }
    }

    /// Answers `query`. If this turns out to be one of the slowest, or fails, the report shows which
    /// query it was.
    pub fn answer(&self, query_id: usize, query: &str) -> Result<Answer, AnswerError> {
        let request = self.profiler.request(&query_id.to_string());
        request.metadata("query", query);
        // A service has it from the header `traceparent`. A scrape as OpenMetrics then says which trace was slow.
        request.metadata("trace_id", format!("{:032x}", query_id + 1));
        let answer = self.stages(&request, query);
        if let Err(error) = &answer {
            request.mark_failure_with(error.kind());
        }
        answer
    }

    fn stages(&self, request: &Request, query: &str) -> Result<Answer, AnswerError> {
        let pipeline = &self.pipeline;
        let vector = {
            let mut stage = request.stage("embedding");
            let vector = pipeline.embedder().embed(query);
            vector.inspect_err(|error| stage.mark_failure_with(error.kind()))?
        };
        let candidates = {
            let mut stage = request.stage("retrieval");
            let candidates = pipeline.index().search(&vector, CANDIDATES);
            // Read by the objective "useful answers" of the SLA file.
            stage.metadata("candidates", candidates.len());
            candidates
        };
        let passages = {
            let mut stage = request.stage("reranking");
            let passages = pipeline.reranker().rerank(query, &candidates, KEPT);
            passages.inspect_err(|error| stage.mark_failure_with(error.kind()))?
        };
        let mut stage = request.stage("generation");
        let answer = pipeline.generator().generate(query, &passages);
        answer.inspect_err(|error| stage.mark_failure_with(error.kind()))
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

    fn profiler() -> Profiler {
        Profiler::builder().overall_operation(OVERALL).build()
    }

    fn pipeline(profiler: &Profiler) -> MeasuredPipeline {
        let corpus = Corpus::of_texts(&[
            ("birds.md", "# Birds\n\nThe wren is small. It sings loudly at dawn."),
            ("stocks.md", "Stocks fell. Bonds rose sharply during early trade."),
        ]);
        MeasuredPipeline::new(Pipeline::build(corpus, &|_| {}), profiler)
    }

    #[test]
    fn a_question_is_answered_from_the_file_that_knows() {
        let answer = pipeline(&profiler()).answer(0, "When did bonds rise in trade?").unwrap();
        assert_eq!(answer.text, "Bonds rose sharply during early trade. [1]");
        assert_eq!(answer.sources[0].to_string(), "stocks.md:1");
    }

    #[test]
    fn a_query_without_usable_words_is_refused() {
        let error = pipeline(&profiler()).answer(0, "the of and").unwrap_err();
        assert_eq!(error.kind(), "no_usable_words");
    }

    #[test]
    fn a_query_about_nothing_in_the_corpus_finds_nothing_relevant() {
        let error = pipeline(&profiler()).answer(0, "quantum chromodynamics").unwrap_err();
        assert_eq!(error.kind(), "nothing_relevant");
    }

    #[test]
    fn a_pipeline_can_be_shared_by_threads() {
        fn shareable<T: Send + Sync>() {}
        shareable::<MeasuredPipeline>();
    }

    #[test]
    fn a_query_that_fails_is_counted_by_its_kind_in_the_stage_and_in_the_whole() {
        let profiler = profiler();
        pipeline(&profiler).answer(7, "the of and").unwrap_err();
        let snapshot = profiler.snapshot();
        for name in ["end_to_end", "embedding"] {
            let operation = snapshot.operation(name).unwrap();
            let kinds: Vec<_> = operation.failure_kinds().collect();
            assert_eq!(kinds, [("no_usable_words", 1)], "{name}");
        }
        assert!(snapshot.operation("retrieval").is_none());
    }
}
