//! Documents that must not drift: files they name exist, numbers they state hold.

use crate::bench::workspace_root;
use std::fs;
use std::process::Command;

const DOCUMENTS: [&str; 15] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/alerts.md",
    "docs/export.md",
    "docs/fleet.md",
    "docs/guide.md",
    "docs/logs.md",
    "docs/openslo.md",
    "docs/performance.md",
    "docs/reliability.md",
    "docs/report.md",
    "docs/resources.md",
    "docs/sla.md",
    "CHANGELOG.md",
];

fn read(document: &str) -> String {
    fs::read_to_string(workspace_root().join(document))
        .unwrap_or_else(|error| panic!("{document}: {error}"))
}

#[test]
fn every_file_that_a_document_names_exists() {
    for document in DOCUMENTS {
        let folder = workspace_root().join(document);
        let folder = folder.parent().expect("a file has a parent");
        for link in read(document).split("](").skip(1) {
            let target = link.split(')').next().unwrap_or("").split('#').next().unwrap_or("");
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{document} links to {target}");
            }
        }
        for quoted in read(document).split('`').skip(1).step_by(2) {
            let is_path =
                quoted.contains('/') && !quoted.contains([' ', ':', '*', '{', '<', '$', '%']);
            let known = ["perf-", "perfkit/", "xtask/", "docs/", ".ci/", ".cargo/"];
            if is_path && known.iter().any(|start| quoted.starts_with(start)) {
                assert!(workspace_root().join(quoted).exists(), "{document} names {quoted}");
            }
        }
    }
}

#[test]
fn the_readme_has_exactly_two_set_up_commands() {
    let readme = read("README.md");
    let block = readme.split("```sh\n").nth(1).expect("a shell block");
    let commands: Vec<&str> = block.split("```").next().unwrap_or("").lines().collect();
    let commands: Vec<&str> =
        commands.iter().map(|line| line.split('#').next().unwrap_or("").trim()).collect();
    assert_eq!(commands, ["cargo run --release -- demo", "cargo test --workspace"]);
}

#[test]
fn the_crate_counts_of_the_readme_are_those_of_cargo() {
    let readme = read("README.md");
    for (package, features) in [("perfkit", ""), ("perfkit", "sla"), ("perfkit", "full")] {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--package", package, "--edges", "normal", "--prefix", "none"])
            .args(["--target", "x86_64-unknown-linux-gnu", "--features", features])
            .current_dir(workspace_root())
            .output()
            .expect("cargo runs");
        let tree = String::from_utf8(output.stdout).expect("UTF-8");
        let mut crates: Vec<&str> =
            tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        crates.sort_unstable();
        crates.dedup();
        let others = crates.iter().filter(|name| !name.starts_with("perf")).count();
        let feature = if features.is_empty() { "default" } else { features };
        let row = format!("| `{feature}` | {} | {others} |", crates.len() - others);
        assert!(readme.contains(&row), "README.md should say {row}");
    }
}
