//! The tables of the page, which are XML by themselves.

use crate::table::{Table, status};
use roxmltree::{Document, Node};

pub(crate) struct Shown {
    pub(crate) operations: Table,
    /// The numbers by which a reader sorts the operations.
    pub(crate) sorted_by: Table,
    pub(crate) checks: Table,
    pub(crate) shares: Table,
}

pub(crate) fn read(page: &str) -> Shown {
    let with = |heads: &[&str]| {
        let tables = page.split("<table").skip(1).filter_map(|rest| rest.split("</table>").next());
        let has = |text: &str| heads.iter().all(|head| text.contains(&format!(">{head}</th>")));
        let found = tables.into_iter().find(|text| has(text));
        format!("<table{}</table>", found.unwrap_or_else(|| panic!("no table with {heads:?}")))
    };
    let operations = with(&["Operation", "p99.9"]);
    Shown {
        // A violated target is marked.
        operations: table(&operations, |cell| text(cell).trim_end_matches(" ✗").to_owned())
            .called(&OPERATIONS.map(|(head, name, _)| (head, name))),
        sorted_by: sorted_by(&operations),
        checks: table(&with(&["Of", "Evidence"]), text)
            .called(&[
                ("Status", "status"),
                ("Of", "operation"),
                ("Indicator", "indicator"),
                ("Observed", "observed"),
                ("≤ ≥", "relation"),
                ("Limit", "limit"),
                ("Margin", "margin"),
                ("Evidence", "evidence"),
            ])
            .with("status", status),
        shares: table(&with(&["Operation", "Share"]), text)
            .called(&[("Operation", "operation"), ("Share", "share")]),
    }
}

/// Each column of the operations, how it is called elsewhere, and the unit of what it is sorted by.
const OPERATIONS: [(&str, &str, &str); 11] = [
    ("Operation", "operation", ""),
    ("Count", "count", ""),
    ("Rate/s", "rate/s", ""),
    ("Success", "success", " %"),
    ("mean", "mean", " ns"),
    ("p50", "p50", " ns"),
    ("p90", "p90", " ns"),
    ("p95", "p95", " ns"),
    ("p99", "p99", " ns"),
    ("p99.9", "p99.9", " ns"),
    ("max", "max", " ns"),
];

fn sorted_by(operations: &str) -> Table {
    let value = |cell: Node| cell.attribute("data-v").unwrap_or_default().to_owned();
    let table = table(operations, value).called(&OPERATIONS.map(|(head, name, _)| (head, name)));
    OPERATIONS.into_iter().fold(table, |table, (_, name, unit)| {
        table.with(name, |value| match value {
            "" => String::new(),
            ratio if unit == " %" => format!("{:.4} %", 100.0 * ratio.parse::<f64>().unwrap()),
            value => format!("{value}{unit}"),
        })
    })
}

fn table(xml: &str, read: impl Fn(Node) -> String) -> Table {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let within = |name| document.descendants().find(|node| node.has_tag_name(name)).unwrap();
    let cells = |row: Node<'_, '_>, read: &dyn Fn(Node) -> String| {
        row.children().filter(Node::is_element).map(read).collect::<Vec<_>>()
    };
    let rows = |name| within(name).children().filter(|node: &Node| node.has_tag_name("tr"));
    let mut table = Table { heads: cells(rows("thead").next().unwrap(), &text), rows: Vec::new() };
    rows("tbody").for_each(|row| table.row(cells(row, &read)));
    table
}

fn text(node: Node) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}
