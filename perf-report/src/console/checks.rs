//! The targets with their answers: a table, or a paragraph each where there is no room for one.

use super::text::{cut, padded, width};
use super::{Page, of_status};
use crate::view::CheckRow;
use anstyle::Style;

/// Columns of the longest name of an operation.
const LONGEST_NAME: usize = 24;
/// Columns that are left of a name where there is little room.
const SHORTEST_NAME: usize = 8;
/// Columns of a mark.
const MARK: usize = 3;

impl Page<'_> {
    pub(super) fn checks(&mut self, checks: &[CheckRow]) {
        let (room, unicode) = (self.console.width, self.console.unicode);
        let Some(columns) = Columns::new(checks, room.saturating_sub(MARK), unicode) else {
            return checks.iter().for_each(|check| self.check_in_words(check));
        };
        for check in checks {
            let mark = format!(" {} ", check.mark);
            let row = columns.row(check, unicode);
            let left = room.saturating_sub(MARK + width(&row) + 2);
            let is_met = check.status == "met";
            // What is not met is told in full, if need be below.
            let short = Some(&check.samples).filter(|_| is_met);
            let shown = [Some(&check.evidence), short];
            let shown = shown.into_iter().flatten().find(|evidence| width(evidence) <= left);
            let behind = shown.map_or_else(String::new, |evidence| format!("  {evidence}"));
            self.line(&[
                (&mark, of_status(&check.status)),
                (&row, Style::new()),
                (&behind, Style::new().dimmed()),
            ]);
            if shown.is_none() && !is_met {
                self.wrapped("   ", check.evidence.split(' '), "");
            }
        }
    }

    fn check_in_words(&mut self, check: &CheckRow) {
        let what = format!("{} {}", check.operation, check.indicator);
        let relation = relation(check, self.console.unicode);
        let observed = format!("{} {relation} {}", check.observed, check.limit);
        let parts = [what.as_str(), observed.trim_end(), &check.margin, &check.evidence];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        self.wrapped(&format!(" {} ", check.mark), parts, " · ");
    }
}

fn relation(check: &CheckRow, unicode: bool) -> &'static str {
    match check.relation {
        "≤" if !unicode => "<=",
        "≥" if !unicode => ">=",
        relation => relation,
    }
}

/// How wide each is.
#[derive(Clone, Copy)]
struct Columns {
    operation: usize,
    indicator: usize,
    observed: usize,
    relation: usize,
    limit: usize,
    /// 0 where it is left out.
    margin: usize,
}

impl Columns {
    /// As many as there is room for. How many calls a number is of comes before its margin, which can be worked out;
    /// and a table with short names before none.
    fn new(checks: &[CheckRow], room: usize, unicode: bool) -> Option<Self> {
        let longest = |text: fn(&CheckRow) -> &str| checks.iter().map(|c| width(text(c))).max();
        let all = Columns {
            operation: longest(|check| &check.operation)?.min(LONGEST_NAME),
            indicator: longest(|check| &check.indicator)?,
            observed: longest(|check| &check.observed)?,
            relation: if unicode { 1 } else { 2 },
            limit: longest(|check| &check.limit)?,
            margin: longest(|check| &check.margin)?,
        };
        let is_met = |check: &&CheckRow| check.status == "met";
        let samples = checks.iter().filter(is_met).map(|check| 2 + width(&check.samples)).max();
        let samples = samples.unwrap_or(0);
        let bare = Columns { margin: 0, ..all };
        let choice = [(all, samples), (bare, samples), (all, 0), (bare, 0)];
        if let Some((columns, _)) =
            choice.into_iter().find(|(c, behind)| c.width() + behind <= room)
        {
            return Some(columns);
        }
        let operation = bare.operation.checked_sub(bare.width() - room)?;
        (operation >= SHORTEST_NAME).then_some(Columns { operation, ..bare })
    }

    fn width(&self) -> usize {
        let margin = if self.margin > 0 { 2 + self.margin } else { 0 };
        self.operation
            + 2
            + self.indicator
            + 2
            + self.observed
            + 1
            + self.relation
            + 1
            + self.limit
            + margin
    }

    fn row(&self, check: &CheckRow, unicode: bool) -> String {
        let margin = match self.margin {
            0 => String::new(),
            columns => format!("  {}", padded(&check.margin, columns, true)),
        };
        format!(
            "{}  {}  {} {} {}{margin}",
            padded(&cut(&check.operation, self.operation), self.operation, false),
            padded(&check.indicator, self.indicator, false),
            padded(&check.observed, self.observed, true),
            padded(relation(check, unicode), self.relation, false),
            padded(&check.limit, self.limit, true),
        )
    }
}
