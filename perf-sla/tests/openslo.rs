//! Our promises in OpenSLO and back. A test's name is the claim.

#[path = "openslo/attacks.rs"]
mod attacks;
#[path = "openslo/foreign.rs"]
mod foreign;
#[path = "openslo/round_trip.rs"]
mod round_trip;

use perf_sla::{OpenSloImport, SlaConfig};

/// Each problem of a refused file, with its place.
fn refused(text: &str) -> String {
    SlaConfig::from_openslo(text).expect_err(text).to_string()
}

/// What was left out, a line each.
fn left_out(import: &OpenSloImport) -> Vec<String> {
    let line = |problem: &perf_sla::Problem| {
        let (line, column) = problem.position.expect("a place");
        format!("{line}:{column}: {}", problem.message)
    };
    import.left_out.iter().map(line).collect()
}

/// An SLO with one objective, of which parts can be replaced.
fn slo() -> String {
    r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: fast
spec:
  service: shop
  indicator:
    metadata:
      name: fast
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: perfkit
            spec: {operation: answer, good: latency <= 300ms}
        total:
          metricSource:
            type: perfkit
            spec: {operation: answer}
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - targetPercent: 99.9
"#
    .to_owned()
}
