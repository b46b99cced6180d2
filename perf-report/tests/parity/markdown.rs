//! The tables of Markdown.

use crate::table::{Table, shares, status};

pub(crate) struct Shown {
    pub(crate) operations: Table,
    pub(crate) checks: Table,
    pub(crate) shares: Table,
    pub(crate) tail: Table,
}

pub(crate) fn read(text: &str) -> Shown {
    let text = text.replace('\\', "").replace("&lt;", "<").replace("&gt;", ">");
    let tables = tables(&text);
    let with = |head: &str| {
        let found = tables.iter().find(|table| table.heads.iter().any(|known| known == head));
        found.unwrap_or_else(|| panic!("no table with {head:?}: {text}"))
    };
    let mut checks = with("evidence").clone();
    // The two heads that are empty: what the sign says needs none.
    checks.heads[0] = "status".to_owned();
    checks.heads[4] = "relation".to_owned();
    let behind = |start: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(start));
        line.unwrap_or_else(|| panic!("no line {start:?}")).split(" (nested").next().unwrap()
    };
    Shown {
        operations: with("p99.9").clone(),
        checks: checks.with("status", status),
        shares: shares(behind("Where the time goes: "), " · "),
        tail: shares(behind("in the slowest ").split_once(": ").unwrap().1, " · "),
    }
}

fn tables(text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut is_within = false;
    for line in text.lines() {
        let inner = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
        let cells = inner.map(|inner| inner.split('|').map(str::trim).collect::<Vec<_>>());
        match cells {
            None => is_within = false,
            Some(cells) if !is_within => {
                tables.push(Table::new(&cells));
                is_within = true;
            }
            Some(cells) if cells.iter().all(|cell| cell.contains("---")) => {}
            Some(cells) => tables.last_mut().unwrap().row(cells),
        }
    }
    tables
}
