//! Logs converted as a person does it. A test's name is the claim.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::tempdir;

fn perfkit(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perfkit"));
    command.args(arguments).current_dir(folder).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn write_log(folder: &Path, name: &str, requests: u32) {
    let line = |n: u32| {
        format!(
            "{{\"start_time\":{}.5,\"total_time\":0.25,\"request_id\":\"q{n}\",\"stages\":{{\"search\":{{\"duration\":0.1}}}}}}\n",
            1_795_219_200 + n
        )
    };
    fs::write(folder.join(name), (0..requests).map(line).collect::<String>()).unwrap();
}

#[test]
fn every_format_goes_to_standard_output_and_to_a_file_alike() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", 100);
    for (format, words) in [
        ("csv", "q99,,search,1795219299.500000000,0.100000000,ok,"),
        ("prometheus", "rag_stage_duration_seconds_bucket{stage=\"search\",le=\"0.1\"} 100"),
        ("chrome-trace", "\"dur\":250000.000"),
        ("otlp-json", "\"startTimeUnixNano\":\"1795219200500000000\""),
        ("folded", "request;search 10000000"),
    ] {
        let to_stdout = perfkit(folder.path(), &["logs", "convert", "a.jsonl", "--to", format]);
        assert_eq!(to_stdout.status.code(), Some(0), "{}", told(&to_stdout));
        let text = String::from_utf8(to_stdout.stdout).unwrap();
        assert!(text.contains(words), "{words} is missing in:\n{text}");
        let arguments = ["logs", "convert", "a.jsonl", "--to", format, "-o", "out"];
        let to_file = perfkit(folder.path(), &arguments);
        assert_eq!(to_file.status.code(), Some(0), "{}", told(&to_file));
        assert!(to_file.stdout.is_empty() && told(&to_file).contains("out: 100 requests"));
        assert_eq!(fs::read_to_string(folder.path().join("out")).unwrap(), text);
    }
}

#[test]
fn a_log_can_be_converted_in_place_and_a_failure_leaves_what_was_there() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", 100);
    let in_place = ["logs", "convert", "a.jsonl", "--to", "csv", "-o", "a.jsonl"];
    assert_eq!(perfkit(folder.path(), &in_place).status.code(), Some(0));
    let text = fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 201);
    let again = perfkit(folder.path(), &in_place);
    assert_eq!(again.status.code(), Some(3), "{}", told(&again));
    assert!(told(&again).contains("201 lines skipped"), "{}", told(&again));
    assert_eq!(fs::read_to_string(folder.path().join("a.jsonl")).unwrap(), text);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn bad_input_ends_with_3_and_says_what_to_do() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", 1);
    for (arguments, says) in [
        (vec!["none.jsonl", "--to", "csv"], "none.jsonl: cannot be read"),
        (vec!["a.jsonl"], "--to"),
        (vec!["a.jsonl", "--to", "xml"], "chrome-trace"),
        (vec!["a.jsonl", "--to", "prometheus", "--prefix", "a-b"], "--prefix: \"a-b\""),
        (vec!["a.jsonl", "--to", "prometheus", "--buckets", "1,0.5"], "--buckets: bucket 0.5"),
        (vec!["a.jsonl", "--to", "prometheus", "--buckets", "x"], "--buckets"),
        (
            vec!["a.jsonl", "--to", "csv", "-o", "no/such/folder"],
            "no/such/folder: cannot be written",
        ),
        (vec!["a.jsonl", "--to", "csv", "-o", "."], ".: cannot be written"),
    ] {
        let arguments = [vec!["logs", "convert"], arguments].concat();
        let output = perfkit(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(says), "{arguments:?}: {}", told(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays_one() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", 1);
    let arguments = ["logs", "convert", "a.jsonl", "--to", "csv", "-o", "/dev/null"];
    assert_eq!(perfkit(folder.path(), &arguments).status.code(), Some(0));
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    if Path::new("/dev/full").exists() {
        let arguments = ["logs", "convert", "a.jsonl", "--to", "csv", "-o", "/dev/full"];
        let output = perfkit(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(3));
        assert!(told(&output).contains("/dev/full: cannot be written"), "{}", told(&output));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", 50_000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_perfkit"))
        .args(["logs", "convert", "a.jsonl", "--to", "otlp-json"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""));
}

#[test]
fn what_promtool_reads_it_finds_nothing_wrong_with() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", 100);
    let output = perfkit(folder.path(), &["logs", "convert", "a.jsonl", "--to", "prometheus"]);
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = promtool else {
        return eprintln!(
            "skipped: no promtool on this machine (Debian: apt-get install prometheus)"
        );
    };
    std::io::Write::write_all(&mut promtool.stdin.take().unwrap(), &output.stdout).unwrap();
    let checked = promtool.wait_with_output().unwrap();
    assert_eq!((checked.status.code(), told(&checked).as_str()), (Some(0), ""));
}
