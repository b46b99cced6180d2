//! A real RAG pipeline over the text of a folder, measured, judged and reported.
//!
//! ```text
//! cargo run --release -p perfkit --features full --example rag_pipeline -- [FOLDER] [QUERIES]
//! ```
//!
//! `perfkit demo` runs the same pipeline with a progress bar, on several threads, and writes the
//! report to files.
#![allow(dead_code, unreachable_pub, reason = "perfkit demo uses the rest of these modules")]

mod measured;
mod rag;

use measured::{MeasuredPipeline, OVERALL};
use perfkit::Profiler;
use perfkit::report::{Console, Report};
use perfkit::sla::SlaConfig;
use rag::corpus::Corpus;
use rag::pipeline::Pipeline;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let queries = arguments.next().map_or(Ok(1_000), |count| count.parse())?;

    let corpus = Corpus::read(Path::new(&folder), &mut |_| {})?;
    let pipeline = Pipeline::build(corpus, &|_| {});

    let sla = SlaConfig::from_toml(include_str!("sla.toml"))?;
    let profiler = Profiler::builder().overall_operation(OVERALL).build();
    sla.watch(&profiler)?;
    let measured = MeasuredPipeline::new(pipeline, &profiler);

    for (id, query) in measured.draw_queries(queries, 42).iter().enumerate() {
        match measured.answer(id, query) {
            Ok(answer) if id < 3 => println!("{query}?\n  {}\n", answer.text),
            // A failure is part of the measurement: the report shows it.
            Ok(_) | Err(_) => {}
        }
    }

    let snapshot = profiler.snapshot();
    let verdict = sla.evaluate(&snapshot);
    print!("{}", Report::new(&snapshot).with_sla(&verdict).to_console(&Console::plain(100)));
    Ok(())
}
