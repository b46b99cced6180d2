//! From the text of an SLA file to what it promises, with a place for everything that is wrong.

mod alerting;
mod alerts;
mod exclusions;
mod handlers;
mod metrics;
mod objectives;
mod targets;
mod value;

use crate::config::SlaConfig;
use crate::document::{self, Format, Lines, Node, Place};
use crate::error::Problem;
use crate::keys::{self, Kind, Section};
use crate::lint;
use crate::matcher::Matcher;
use crate::nearest::nearest;
use crate::period::Zone;
use crate::quantity::Quantity;
use crate::rule::Rule;
use std::collections::BTreeMap;
use value::Given;

/// More problems than this are only counted: what is wrong so often is one mistake.
const MAX_PROBLEMS: usize = 20;

/// Names that are told instead of an unknown one: as many as a table has keys.
const MAX_SUGGESTED: usize = 30;

/// Targets of one file, with those that operations inherit: a few lines of defaults and a few of
/// operations make many.
const MAX_TARGETS: usize = 100_000;

/// Objectives, exclusions or alerts of one file.
pub(crate) const MAX_LISTED: usize = 1_000;

/// Reads all of `text`, and on failure says what is wrong with it, in the order of the file.
pub(crate) fn read(text: &str, format: Format) -> Result<SlaConfig, Vec<Problem>> {
    let mut reader = Reader {
        lines: Lines::new(text),
        config: SlaConfig::default(),
        problems: Vec::new(),
        zone: Zone::UTC,
        rule: Rule::default(),
        inherited: Vec::new(),
        handler_names: Vec::new(),
    };
    match document::parse(text, format) {
        Ok(documents) => match documents.as_slice() {
            [root] => reader.file(root),
            [] => reader.promises_nothing(),
            [_, second, ..] => {
                reader.problem(second.place, "a second document; an SLA file is one".to_owned());
            }
        },
        Err(faults) => reader.problems = faults,
    }
    if reader.problems.is_empty() {
        let mut config = reader.config;
        config.warnings = lint::warnings(&config);
        Ok(config)
    } else {
        Err(told(reader.problems, &reader.lines))
    }
}

struct Reader<'a> {
    lines: Lines<'a>,
    config: SlaConfig,
    problems: Vec<document::Fault>,
    zone: Zone,
    /// What `[defaults]` says of how targets are judged.
    rule: Rule,
    /// The targets of `[defaults]`.
    inherited: Vec<Item>,
    /// Every handler of the file, also one that was refused: what names it is no second mistake.
    handler_names: Vec<String>,
}

/// One key of a table with its value.
#[derive(Clone, Debug)]
struct Item {
    key: String,
    place: Place,
    value: Given,
}

/// The values of one table.
struct Items(Vec<Item>);

impl Reader<'_> {
    fn file(&mut self, root: &Node) {
        let Some(entries) = root.as_table() else {
            return self.problem(root.place, "an SLA file is a table of keys".to_owned());
        };
        let own =
            |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        for item in self.items(&keys::FILE, root).0 {
            match (item.key.as_str(), item.value) {
                ("overall_operation", Given::Text(name)) => {
                    self.config.overall_operation = Some(name)
                }
                ("warm_up", Given::Time(time)) => self.config.warm_up = Some(time),
                ("time_zone", Given::Text(name)) => match Zone::named(&name) {
                    Ok(zone) => self.zone = zone,
                    Err(told) => self.problem(item.place, format!("time_zone: {told}")),
                },
                _ => {}
            }
        }
        // What others inherit comes first, wherever it stands.
        if let Some(defaults) = own("defaults") {
            self.defaults(defaults);
        }
        for (key, read) in [
            ("overall", Reader::overall as fn(&mut Self, &Node)),
            ("operations", Reader::operations),
            ("metrics", Reader::metrics),
            ("resources", Reader::resources),
            ("objectives", Reader::objectives),
            ("exclusions", Reader::exclusions),
            // Before alerts, which name them.
            ("handlers", Reader::handlers),
            ("alerts", Reader::alerts),
            ("alerting", Reader::alerting),
            ("inhibit", Reader::inhibitions),
            ("silences", Reader::silences),
        ] {
            if let Some(node) = own(key) {
                read(self, node);
            }
        }
        let config = &self.config;
        let is_empty = config.targets.is_empty() && config.objectives.is_empty();
        // What alerts by conditions of its own says enough.
        if is_empty && config.alerts.is_empty() && self.problems.is_empty() {
            self.promises_nothing();
        }
    }

    fn promises_nothing(&mut self) {
        let example = "[overall]\nmax_p95 = \"300ms\"";
        let message = format!("promises nothing; a target is written so: {example}");
        self.problem(Place::Byte(0), message);
    }

    /// The values of a table; tables inside it are left to others.
    fn items(&mut self, section: &Section, node: &Node) -> Items {
        let Some(entries) = node.as_table() else {
            self.problem(node.place, "must be a table".to_owned());
            return Items(Vec::new());
        };
        let mut items = Vec::new();
        for entry in entries {
            let kind = match section.kind(&entry.key) {
                None => {
                    let hint = self.hint(&entry.key, || section.names());
                    self.problem(entry.place, format!("unknown key {:?}; {hint}", entry.key));
                    continue;
                }
                Some(Kind::Table(_) | Kind::Named(_) | Kind::List(_)) => continue,
                Some(kind) => kind,
            };
            if entry.key.starts_with("max_p") && entry.value.as_table().is_some() {
                let told = "a key with a dot needs quotes: \"max_p99.9\" = \"1s\"";
                self.problem(entry.value.place, format!("{}: {told}", entry.key));
                continue;
            }
            match value::read(kind, &entry.value, &self.zone) {
                Ok(value) => items.push(Item { key: entry.key.clone(), place: entry.place, value }),
                Err(told) => self.problem(entry.value.place, format!("{}: {told}", entry.key)),
            }
        }
        Items(items)
    }

    /// Tables under names of the user's own.
    fn named<'n>(&mut self, node: &'n Node, example: &str) -> Vec<(&'n str, Place, &'n Node)> {
        match node.as_table() {
            Some(entries) => entries
                .iter()
                .map(|entry| (entry.key.as_str(), entry.place, &entry.value))
                .collect(),
            None => {
                self.problem(node.place, format!("must be tables: {example}"));
                Vec::new()
            }
        }
    }

    /// A list of tables.
    fn list<'n>(&mut self, node: &'n Node, example: &str) -> &'n [Node] {
        match node.as_list() {
            Some(items) if items.len() > MAX_LISTED => {
                self.problem(node.place, format!("more than {MAX_LISTED} of {example}"));
                &[]
            }
            Some(items) => items,
            None => {
                self.problem(node.place, format!("must be a list of tables: {example}"));
                &[]
            }
        }
    }

    /// What somebody may have meant, as long as it will be told.
    fn hint<'k, K: Iterator<Item = &'k str> + Clone>(
        &self,
        name: &str,
        known: impl FnOnce() -> K,
    ) -> String {
        match self.problems.len() < MAX_PROBLEMS {
            true => suggest(name, known()),
            false => "it is none of those known here".to_owned(),
        }
    }

    fn problem(&mut self, place: Place, message: String) {
        self.problems.push((place, message));
    }
}

/// What is wrong, in the order of the file; of what is wrong very often, the first.
pub(crate) fn told(mut faults: Vec<document::Fault>, lines: &Lines<'_>) -> Vec<Problem> {
    faults.sort_by_key(|(place, _)| *place);
    let beyond = faults.len().saturating_sub(MAX_PROBLEMS);
    let first = faults.into_iter().take(MAX_PROBLEMS);
    let mut told: Vec<Problem> = first
        .map(|(place, message)| Problem { position: Some(lines.position(place)), message })
        .collect();
    if beyond > 0 {
        told.push(Problem { position: None, message: format!("and {beyond} more problems") });
    }
    told
}

impl Items {
    fn get(&self, key: &str) -> Option<&Item> {
        self.0.iter().find(|item| item.key == key)
    }

    fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value {
            Given::Text(text) => Some(text),
            Given::Choice(choice) => Some(choice),
            _ => None,
        }
    }

    fn time(&self, key: &str) -> Option<std::time::Duration> {
        match self.get(key)?.value {
            Given::Time(time) => Some(time),
            _ => None,
        }
    }

    fn limit(&self, key: &str) -> Option<Quantity> {
        match self.get(key)?.value {
            Given::Limit(limit) => Some(limit),
            _ => None,
        }
    }

    fn matchers(&self, key: &str) -> Vec<Matcher> {
        match self.get(key).map(|item| &item.value) {
            Some(Given::Matchers(matchers)) => matchers.clone(),
            _ => Vec::new(),
        }
    }

    fn share(&self, key: &str) -> Option<f64> {
        match self.get(key)?.value {
            Given::Share(share) => Some(share),
            _ => None,
        }
    }

    fn series(&self, key: &str) -> Option<crate::series_pattern::SeriesPattern> {
        match &self.get(key)?.value {
            Given::Series(pattern) => Some(pattern.clone()),
            _ => None,
        }
    }

    fn labels(&self, key: &str) -> BTreeMap<String, String> {
        match self.get(key).map(|item| &item.value) {
            Some(Given::Labels(labels)) => labels.clone(),
            _ => BTreeMap::new(),
        }
    }

    fn texts(&self, key: &str) -> Vec<String> {
        match self.get(key).map(|item| &item.value) {
            Some(Given::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    /// How the targets of this table are judged.
    fn rule(&self, inherited: Rule) -> Rule {
        use crate::rule::OnNoData;
        let mut rule = inherited;
        for item in &self.0 {
            match (item.key.as_str(), &item.value) {
                ("confidence", Given::Certainty(certainty)) => rule.certainty = *certainty,
                ("min_samples", Given::Count(count)) => rule.min_samples = *count,
                ("window", Given::Time(time)) => rule.window = Some(*time),
                ("on_no_data", Given::Choice("fail")) => rule.on_no_data = OnNoData::Fail,
                ("on_no_data", Given::Choice("pass")) => rule.on_no_data = OnNoData::Pass,
                ("on_no_data", _) => rule.on_no_data = OnNoData::Inconclusive,
                _ => {}
            }
        }
        rule
    }
}

/// What somebody may have meant, or else everything they could have.
pub(crate) fn suggest<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => {
            let beyond = known.clone().count().saturating_sub(MAX_SUGGESTED);
            let some: Vec<&str> = known.take(MAX_SUGGESTED).collect();
            let more = if beyond > 0 { format!(" and {beyond} more") } else { String::new() };
            format!("use one of {}{more}", some.join(", "))
        }
    }
}
