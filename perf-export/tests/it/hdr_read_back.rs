//! Interval logs, read by an implementation that is not ours: the one in Python.

use super::hdr_samples::{Samples, within_error};
use serde_json::Value;
use std::env;
use std::process::Command;

/// The Python that `PERFKIT_PYTHON` names, which must have the module, or `python3` if it has it.
fn python() -> Option<String> {
    let asked = env::var("PERFKIT_PYTHON").ok();
    let python = asked.clone().unwrap_or_else(|| "python3".to_owned());
    let tried = Command::new(&python).args(["-c", "import hdrh.log"]).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(asked.is_none(), "PERFKIT_PYTHON is {python}, which has no module hdrh");
    None
}

#[test]
fn another_implementation_reads_the_same_counts_and_percentiles() {
    let Some(python) = python() else {
        println!("skipped: python3 has no module hdrh (`pip install hdrhistogram`)");
        return;
    };
    let samples = Samples::record(7);
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("latencies.hlog");
    std::fs::write(&log, &samples.log).expect("it is written");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hdr/read_back.py");
    let output = Command::new(python).arg(script).arg(&log).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let tags: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(tags.len(), samples.by_name.len());
    let (mut compared, mut largest) = (0, 0.0f64);
    for tag in &tags {
        let name = tag["name"].as_str().expect("a name");
        let values = &samples.by_name[name];
        assert_eq!(tag["lines"], 7, "{name:?}");
        assert_eq!(tag["seconds"], 7.0, "{name:?}");
        assert_eq!(tag["count"], values.len(), "{name:?}");
        for point in tag["percentiles"].as_array().expect("percentiles") {
            let [percentile, rank, told] = [0, 1, 2].map(|i| point[i].as_f64().expect("a number"));
            let exact = values[rank as usize - 1];
            assert!(
                within_error(told as u64, exact, 2.0),
                "p{percentile} of {name:?}: {told} for {exact}"
            );
            largest = largest.max((told / exact as f64 - 1.0).abs());
            compared += 1;
        }
    }
    println!("{} tags, {compared} percentiles, {:.3} % apart at most", tags.len(), largest * 100.0);
}
