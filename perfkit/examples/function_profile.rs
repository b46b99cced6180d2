//! One function under the glass: what it calls, how often, and where its time really goes.
//!
//! ```text
//! cargo run --release -p perfkit --features full --example function_profile -- [FOLDER]
//! ```
//!
//! It indexes the words of the Markdown and Rust files of a folder, prints the tree of its parts, and writes
//! `function_profile.html` with a flame graph, and folded stacks for other tools in it.

use perfkit::Profiler;
use perfkit::analysis::call_bottlenecks;
use perfkit::report::Report;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Where each word stands: file and how often.
type Index = BTreeMap<String, BTreeMap<usize, usize>>;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let profiler = Profiler::builder().call_tree(1_000).build();
    let index =
        profiler.in_scope("index_folder", || index_folder(&profiler, Path::new(&folder)))?;
    println!("{} words\n", index.len());

    let tree = profiler.call_tree();
    print!("{tree}");
    for bottleneck in call_bottlenecks(&tree, 0.2) {
        println!("\n{bottleneck}");
    }
    Report::new(&profiler.snapshot())
        .titled("index_folder")
        .with_call_tree(&tree)
        .write_html("function_profile.html")?;
    println!("\nwrote function_profile.html");
    Ok(())
}

fn index_folder(profiler: &Profiler, folder: &Path) -> Result<Index, Box<dyn Error>> {
    let files = profiler.in_scope("list", || {
        let files = ignore::Walk::new(folder).filter_map(Result::ok).map(|entry| entry.into_path());
        files.filter(|path| is_text(path)).collect::<Vec<_>>()
    });
    let mut index = Index::new();
    for (number, path) in files.iter().enumerate() {
        // A file that is no text is a failure of `read`, and of nothing else.
        let read = profiler.operation("read");
        let Ok(text) = read.in_scope(|| fs::read_to_string(path)) else { continue };
        let words = profiler.in_scope("split", || words(profiler, &text));
        profiler.in_scope("count", || {
            for word in words {
                *index.entry(word).or_default().entry(number).or_default() += 1;
            }
        });
    }
    Ok(index)
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md" || extension == "rs")
}

fn words(profiler: &Profiler, text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
    let words: Vec<&str> = words.collect();
    profiler.in_scope("lowercase", || words.iter().map(|word| word.to_lowercase()).collect())
}
