//! The test cases of JUnit XML.

use crate::table::Table;
use roxmltree::{Document, Node};

/// Each case is a target.
pub(crate) fn read(xml: &str) -> Table {
    let document = Document::parse(xml).unwrap();
    let mut table = Table::new(&[
        "operation",
        "status",
        "indicator",
        "bound",
        "limit",
        "seconds",
        "observed",
        "margin",
        "evidence",
    ]);
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        table.row(row(case));
    }
    table
}

fn row(case: Node) -> Vec<String> {
    let attribute = |name| case.attribute(name).unwrap();
    let child = |name| case.children().find(|node| node.has_tag_name(name));
    let out = child("system-out").unwrap().text().unwrap();
    let status = match (child("failure"), child("skipped")) {
        (Some(failure), None) => {
            assert_eq!(failure.text(), Some(out), "a failure says what the output says");
            "violated"
        }
        (None, Some(_)) => "inconclusive",
        (None, None) => "met",
        _ => panic!("it has failed and was skipped: {case:?}"),
    };
    let (name, bound, limit) = ["≤", "≥"]
        .iter()
        .find_map(|sign| {
            let (name, limit) = attribute("name").split_once(&format!(" {sign} "))?;
            Some((name, *sign, limit))
        })
        .unwrap();
    // `observed 125.6 ms, limit 100.0 ms, margin +25.6 %; 199 of 1,000 over the limit`
    let (values, evidence) = out.split_once(';').unwrap();
    let (observed, rest) =
        values.strip_prefix("observed ").unwrap().split_once(", limit ").unwrap();
    let (same_limit, margin) = rest.split_once(", margin ").unwrap();
    assert_eq!(same_limit, limit);
    [
        attribute("classname").strip_prefix("sla.").unwrap(),
        status,
        name,
        bound,
        limit,
        attribute("time"),
        observed,
        margin,
        evidence.trim(),
    ]
    .map(str::to_owned)
    .into()
}
