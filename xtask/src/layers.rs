//! The layers of ARCHITECTURE.md: a crate uses crates of lower layers, never a neighbour.

use crate::bench::workspace_root;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Lowest first.
const LAYERS: [&[&str]; 5] = [
    &["perf-core"],
    &["perf-analysis", "perf-sla", "perf-resources"],
    &["perf-report", "perf-export", "perf-alert"],
    &["perfkit"],
    &["perf-cli", "xtask"],
];

/// The one use of a neighbour: verdicts rest on the tests of perf-analysis.
const NEIGHBOURS: (&str, &str) = ("perf-sla", "perf-analysis");

/// The normal dependencies of each member of the workspace.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps"])
        .current_dir(workspace_root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().expect("dependencies").iter();
            let normal = all.filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), normal.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

#[test]
fn perf_core_depends_on_nothing() {
    assert_eq!(dependencies()["perf-core"], Vec::<String>::new());
}

#[test]
fn every_member_has_a_layer_and_uses_only_lower_ones() {
    for (name, uses) in dependencies() {
        let own = layer(&name).unwrap_or_else(|| panic!("{name} has no layer in layers.rs"));
        for used in uses {
            if let Some(lower) = layer(&used) {
                let allowed = lower < own || (name.as_str(), used.as_str()) == NEIGHBOURS;
                assert!(allowed, "{name} must not use {used}");
            }
        }
    }
}

#[test]
fn every_member_is_a_folder_of_its_name_at_the_top() {
    for name in dependencies().keys() {
        assert!(workspace_root().join(name).join("Cargo.toml").is_file(), "{name}");
    }
}

#[test]
fn perfkit_alone_pulls_no_crate_but_ours() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "perfkit", "--edges", "normal", "--prefix", "none"])
        .current_dir(workspace_root())
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(crates, ["perfkit", "perf-core"]);
}

#[test]
fn unsafe_code_lives_only_in_the_modules_that_architecture_md_names() {
    let architecture =
        fs::read_to_string(workspace_root().join("ARCHITECTURE.md")).expect("exists");
    let mut found = 0;
    for (name, text) in sources() {
        if text.lines().any(|line| line.starts_with("#![allow(unsafe_code)]")) {
            assert!(architecture.contains(&format!("`{name}`")), "{name} is not named there");
            found += 1;
        }
    }
    assert_eq!(found, architecture.matches("(unsafe)").count(), "modules named there and found");
}

#[test]
fn only_functions_called_spawn_start_threads() {
    let mut found = 0;
    for (name, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let mut function = "";
        for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            if let Some((_, named)) = line.split_once("fn ") {
                function = named;
            }
            if ["spawn(", "Builder::new("]
                .iter()
                .any(|call| line.contains(&format!("thread::{call}")))
            {
                assert!(function.starts_with("spawn"), "{name}: fn {function}");
                found += 1;
            }
        }
    }
    assert!(found > 0, "the timeline's thread");
}

/// Every source file of every member, by its path from the root.
fn sources() -> Vec<(String, String)> {
    let mut folders: Vec<_> =
        dependencies().keys().map(|name| workspace_root().join(name).join("src")).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(workspace_root()).expect("inside").display();
                sources.push((name.to_string(), fs::read_to_string(&path).expect("UTF-8")));
            }
        }
    }
    sources
}
