//! The examples, each run as a person would run it.

use std::path::PathBuf;
use std::process::Command;

/// Where cargo has put the examples: beside the folder of the tests.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder: PathBuf = test.ancestors().nth(2).unwrap().join("examples");
    assert!(
        folder.is_dir(),
        "no examples here: `cargo test` builds them, `cargo test --test` does not"
    );
    Command::new(folder.join(name))
}

#[test]
fn requests_shows_stages_a_bottleneck_and_a_typed_error() {
    let output = example("requests").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in ["query-1:", "retrieval", "side by side", "request \"query-2\" has ended"] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
}

#[test]
fn rag_pipeline_answers_from_a_folder_and_judges_itself() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let output = example("rag_pipeline").args([source, "100"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("SLA") && text.contains("100 requests"), "{text}");
}
