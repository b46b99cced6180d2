//! The report as text for a terminal.

mod checks;
mod table;
mod text;

pub(crate) use crate::wording::ascii;
pub(crate) use text::{cut, padded, sparkline, width};

use crate::view::{BudgetRow, ChangeRow, OperationRow, View};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use table::Column;

/// How wide, colourful and Unicode a terminal is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Console {
    /// Columns; tables leave columns out to fit.
    pub width: usize,
    /// Whether to write ANSI colours.
    pub color: bool,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
}

impl Console {
    /// Without colours, in Unicode.
    pub fn plain(width: usize) -> Self {
        Console { width, color: false, unicode: true }
    }

    /// With these settings.
    pub fn new(width: usize, color: bool, unicode: bool) -> Self {
        Console { width, color, unicode }
    }
}

pub(crate) fn render(view: &View, console: &Console) -> String {
    let mut page = Page { console, text: String::new() };
    page.verdict(view);
    page.operations(&view.operations);
    page.shares(view);
    page.changes(view);
    page.remarks(view);
    if console.unicode { page.text } else { ascii(&page.text) }
}

struct Page<'a> {
    console: &'a Console,
    text: String,
}

impl Page<'_> {
    fn verdict(&mut self, view: &View) {
        if view.status == "none" {
            self.line(&[(&view.summary, Style::new().bold())]);
            return self.line(&[]);
        }
        let badge = format!(" SLA  {} {} ", view.status.to_uppercase(), view.mark);
        let inverted = of_status(&view.status).bold().invert();
        if width(&badge) + 2 + width(&view.summary) <= self.console.width {
            self.line(&[(&badge, inverted), (&format!("  {}", view.summary), Style::new())]);
        } else {
            self.line(&[(&badge, inverted)]);
            self.wrapped(" ", view.summary.split(" · "), " · ");
        }
        self.checks(&view.checks);
        self.budgets(&view.budgets);
        for note in &view.notes {
            self.wrapped(" note: ", note.split(' '), "");
        }
        self.line(&[]);
    }

    fn budgets(&mut self, budgets: &[BudgetRow]) {
        for budget in budgets {
            let head = format!(" budget of {}: ", budget.name);
            let parts = [budget.used.as_str(), &budget.observed, &budget.burn];
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            self.wrapped(&head, parts, " · ");
            for line in budget.too_fast.iter().chain(&budget.excluded) {
                self.wrapped("    ", line.split(' '), "");
            }
        }
    }

    fn operations(&mut self, rows: &[OperationRow]) {
        let column = |header,
                      right,
                      dispensable,
                      cell: &dyn Fn(&OperationRow) -> (String, Style)| {
            Column { header, right, dispensable, cells: rows.iter().map(cell).collect() }
        };
        let plain = Style::new();
        let mut columns = vec![
            column("operation", false, 0, &|row| (cut(&row.name, 24), plain)),
            column("count", true, 1, &|row| (row.count.clone(), plain)),
            column("rate/s", true, 5, &|row| (row.rate.clone(), plain)),
            column("success", true, 4, &|row| (row.success.clone(), plain)),
        ];
        for (i, (header, dispensable)) in
            [("mean", 9), ("p50", 2), ("p90", 7), ("p95", 0), ("p99", 0), ("p99.9", 8), ("max", 6)]
                .into_iter()
                .enumerate()
        {
            columns.push(column(header, true, dispensable, &|row| {
                let cell = &row.latencies[i];
                (cell.text.clone(), of_status(&cell.status))
            }));
        }
        let unicode = self.console.unicode;
        columns.push(column("", false, 3, &|row| (sparkline(&row.bars, unicode), plain)));
        self.table(columns);
    }

    fn table(&mut self, columns: Vec<Column>) {
        for row in table::rows(columns, self.console.width) {
            let spans: Vec<_> = row.iter().map(|(text, style)| (text.as_str(), *style)).collect();
            self.line(&spans);
        }
    }

    fn shares(&mut self, view: &View) {
        if view.shares.is_empty() {
            return;
        }
        self.line(&[]);
        let shares = view.shares.iter().map(|share| format!("{} {}", share.name, share.text));
        let shares: Vec<String> = shares.collect();
        self.wrapped(" where the time goes: ", shares.iter().map(String::as_str), " · ");
        if !view.shares_note.is_empty() {
            self.line(&[(&format!("    ({})", view.shares_note), Style::new().dimmed())]);
        }
        if !view.tail.is_empty() {
            let shares = view.tail.iter().map(|share| format!("{} {}", share.name, share.text));
            let shares: Vec<String> = shares.collect();
            let head = format!(" {}: ", view.tail_label);
            self.wrapped(&head, shares.iter().map(String::as_str), " · ");
        }
    }

    /// What differs from earlier runs by more than a tenth.
    fn changes(&mut self, view: &View) {
        let Some(baseline) = view.baseline.first() else { return };
        self.line(&[]);
        self.wrapped(" beside ", baseline.split(' '), "");
        for note in &view.baseline[1..] {
            self.wrapped("    ", note.split(' '), "");
        }
        let shown: Vec<&ChangeRow> = view.changes.iter().filter(|row| row.is_large).collect();
        if shown.is_empty() {
            return self.line(&[("    no difference of more than 10 %", Style::new())]);
        }
        let column =
            |header, right, dispensable, cell: &dyn Fn(&ChangeRow) -> (String, Style)| Column {
                header,
                right,
                dispensable,
                cells: shown.iter().map(|row| cell(row)).collect(),
            };
        let plain = Style::new();
        self.table(vec![
            column("operation", false, 0, &|row| (cut(&row.operation, 24), plain)),
            column("", false, 0, &|row| (row.indicator.clone(), plain)),
            column("before", true, 1, &|row| (row.before.clone(), plain)),
            column("now", true, 0, &|row| (row.now.clone(), plain)),
            column("change", true, 2, &|row| (row.change.clone(), plain)),
            column("", false, 3, &|row| (row.outcome.clone(), of_status(row.status))),
        ]);
        if shown.iter().any(|row| row.status.is_empty()) {
            let told =
                "one run beside a few can hardly be sure; `perfkit report trend` follows many";
            self.wrapped("    ", told.split(' '), "");
        }
    }

    fn remarks(&mut self, view: &View) {
        let mut remark = |head: &str, parts: Vec<String>| {
            if !parts.is_empty() {
                self.wrapped(head, parts.iter().map(String::as_str), ", ");
            }
        };
        let slowest = view.slowest.iter().take(1);
        let slowest =
            slowest.map(|s| format!("{} {} ({})", s.operation, s.duration, s.metadata)).collect();
        remark(" slowest call: ", slowest);
        if !view.resources_summary.is_empty() {
            let parts = view.resources_summary.split(" · ");
            self.wrapped(" at the end: ", parts, " · ");
        }
        for finding in &view.resource_findings {
            self.wrapped(" ! ", finding.split(' '), "");
        }
        let mut remark = |head: &str, parts: Vec<String>| {
            if !parts.is_empty() {
                self.wrapped(head, parts.iter().map(String::as_str), ", ");
            }
        };
        let metrics = view.metrics.iter().map(|metric| format!("{} {}", metric.name, metric.value));
        remark(" metrics: ", metrics.collect());
        let failed = view.failed.iter().take(1);
        let failed = failed.map(|s| format!("{} {} ({})", s.operation, s.kind, s.metadata));
        remark(" a failed call: ", failed.collect());
        let failures = view.failures.iter();
        let failures = failures.map(|f| format!("{} {} in {}", f.count, f.kind, f.operation));
        remark(" failures: ", failures.collect());
        let losses = view.losses.iter().map(|loss| format!("{} {}", loss.value, loss.name));
        remark(" not kept as it came: ", losses.collect());
        remark(" not shown: ", view.left_out.clone());
        if view.has_failures {
            remark(" latencies are those of successful calls", vec![String::new()]);
        }
    }

    /// Puts parts behind a head, on as many lines as it takes. A line ends between two parts, or
    /// between two words of a part that is long.
    fn wrapped<'p>(&mut self, head: &str, parts: impl Iterator<Item = &'p str>, between: &str) {
        let parts: Vec<&str> = parts.collect();
        let mut pieces: Vec<String> = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            let end = if i + 1 < parts.len() { between.trim_end() } else { "" };
            if width(part) <= self.console.width / 2 {
                pieces.push(format!("{part}{end}"));
            } else {
                pieces.extend(part.split(' ').map(str::to_owned));
                pieces.last_mut().expect("a split has a last part").push_str(end);
            }
        }
        let indent = "    ";
        let mut line = head.to_owned();
        for (i, piece) in pieces.iter().enumerate() {
            let piece = cut(piece, self.console.width.saturating_sub(width(indent)));
            let space = usize::from(i > 0);
            if width(&line) + space + width(&piece) > self.console.width {
                self.line(&[(&line, Style::new())]);
                line = format!("{indent}{piece}");
            } else {
                line.push_str(if i > 0 { " " } else { "" });
                line.push_str(&piece);
            }
        }
        self.line(&[(&line, Style::new())]);
    }

    fn line(&mut self, spans: &[(&str, Style)]) {
        let start = self.text.len();
        let mut room = self.console.width;
        for (text, style) in spans {
            let text = cut(text, room);
            room -= width(&text);
            if self.console.color && *style != Style::new() {
                let _ = write!(self.text, "{style}{text}{style:#}");
            } else {
                self.text.push_str(&text);
            }
        }
        self.text.truncate(start + self.text[start..].trim_end().len());
        self.text.push('\n');
    }
}

fn of_status(status: &str) -> Style {
    match status {
        "met" => AnsiColor::Green.on_default(),
        "violated" => AnsiColor::Red.on_default(),
        "inconclusive" => AnsiColor::Yellow.on_default(),
        _ => Style::new(),
    }
}
