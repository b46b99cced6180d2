//! What stands in columns on a terminal that is wide enough for all of it.

use crate::markdown::Shown;
use crate::table::{Table, shares, status};

pub(crate) fn read(text: &str) -> Shown {
    let lines: Vec<&str> = text.lines().collect();
    let head = lines.iter().position(|line| line.trim_start().starts_with("operation ")).unwrap();
    let operations = |head: usize| {
        let mut table = Table::new(&columns(lines[head]));
        for line in lines[head + 1..].iter().take_while(|line| !line.is_empty()) {
            // Behind the last head stands what is no number: the small histogram.
            table.row(columns(line).into_iter().take(table.heads.len()));
        }
        table
    };
    let mut checks = Table::new(&[
        "status",
        "operation",
        "indicator",
        "observed",
        "relation",
        "limit",
        "margin",
        "evidence",
    ]);
    for line in &lines[1..] {
        let Some((mark, rest)) = line.trim_start().split_once(' ') else { break };
        if !["✓", "✗", "?"].contains(&mark) {
            break;
        }
        checks.row(check(&status(mark), rest));
    }
    let behind = |start: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(start));
        line.unwrap_or_else(|| panic!("no line {start:?} in {text}"))
    };
    Shown {
        operations: operations(head),
        checks,
        shares: shares(behind(" where the time goes: "), " · "),
        tail: shares(behind(" in the slowest ").split_once(": ").unwrap().1, " · "),
    }
}

/// What two spaces or more stand between.
fn columns(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|text| !text.is_empty()).collect()
}

/// Between the observed value and the limit stands the relation, with one space around it.
fn check(status: &str, rest: &str) -> Vec<String> {
    let cells = columns(rest);
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut row = vec![status.to_owned()];
    row.extend(texts(&cells[..2]));
    let sign = [" ≤ ", " ≥ ", " > ", " < "].into_iter().find(|sign| rest.contains(sign));
    match sign {
        Some(sign) => {
            let (before, after) = rest.split_once(sign).unwrap();
            row.push((*columns(before).last().unwrap()).to_owned());
            row.push(sign.trim().to_owned());
            row.extend(texts(&columns(after)));
        }
        // Nothing was observed: there is no relation and no margin.
        None => {
            row.push(cells[2].to_owned());
            row.push(String::new());
            row.push(cells[3].to_owned());
            row.push(String::new());
            row.extend(texts(&cells[4..]));
        }
    }
    row.resize(8, String::new());
    row
}
