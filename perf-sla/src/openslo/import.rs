//! From documents of OpenSLO to the promises of an SLA file.

use super::documents::{Document, Known, documents};
use super::fields::Findings;
use super::slo::Reader;
use super::{OpenSloImport, SOURCE, alerting, indicator};
use crate::config::{MAX_BYTES, SlaConfig};
use crate::document::{self, Fault, Format, Lines, Place, Value};
use crate::error::Problem;
use crate::good::Good;
use crate::lint;
use crate::period::{Period, Zone};
use crate::reader::{MAX_LISTED, told};

/// Reads all of `text`, and on failure says what is wrong with it, in the order of the file.
pub(super) fn import(text: &str) -> Result<OpenSloImport, Vec<Problem>> {
    let lines = Lines::new(text);
    let refuse = |message: String| vec![Problem { position: None, message }];
    if text.len() as u64 > MAX_BYTES {
        return Err(refuse("is larger than 1 MiB; import it in parts".to_owned()));
    }
    // Before the text is taken apart: what has so many documents is none of ours.
    if text.lines().filter(|line| line.starts_with("---")).count() > MAX_LISTED {
        return Err(refuse(format!("has more than {MAX_LISTED} documents; import it in parts")));
    }
    let mut roots = document::parse(text, Format::Yaml).map_err(|faults| told(faults, &lines))?;
    roots.retain(|root| !matches!(root.value, Value::Null));
    if roots.len() > MAX_LISTED {
        return Err(refuse(format!("has more than {MAX_LISTED} documents; import it in parts")));
    }
    let mut findings = Findings::default();
    let documents = documents(&roots, &mut findings);
    let mut config = SlaConfig::default();
    let mut known = known(&documents, &mut config, &mut findings);
    let mut reader = Reader::new(&mut config, &mut known, &mut findings, &lines);
    for slo in documents.iter().filter(|document| document.kind == "SLO") {
        reader.slo(slo);
    }
    let places = reader.places();
    known.leave_out_the_rest(&documents, &mut findings);
    settle(&mut config, places, &mut findings);
    if findings.faults.is_empty() && documents.iter().all(|document| document.kind != "SLO") {
        let message = "has no SLO; one begins with apiVersion: openslo/v1 and kind: SLO";
        findings.fault(Place::Line(1, 1), message);
    }
    let left_out = in_order(findings.left_out);
    if !findings.faults.is_empty() {
        return Err(told(findings.faults, &lines));
    }
    if config.targets.is_empty() && config.objectives.is_empty() {
        let mut problems = refuse("nothing of it can be judged in the process".to_owned());
        problems.extend(told(left_out, &lines));
        return Err(problems);
    }
    let left_out = left_out
        .into_iter()
        .map(|(place, message)| Problem { position: Some(lines.position(place)), message })
        .collect();
    config.warnings = lint::warnings(&config);
    Ok(OpenSloImport { config, left_out })
}

/// Reads everything that an SLO may refer to.
fn known<'n>(
    documents: &[Document<'n>],
    config: &mut SlaConfig,
    findings: &mut Findings,
) -> Known<'n> {
    let mut known = Known::default();
    for document in documents {
        let name = document.metadata.name;
        match document.kind {
            "DataSource" => {
                let keys = ["description", "type", "connectionDetails"];
                let Some(fields) = findings.fields(document.spec, "DataSource", &keys) else {
                    continue;
                };
                if let Some(kind) = findings.required(fields, "type", SOURCE) {
                    known.data_sources.insert(name, kind);
                }
            }
            "AlertNotificationTarget" => {
                known.notification_targets.insert(name);
            }
            "Service" => {
                findings.fields(document.spec, "Service", &[]);
                let overall = document.metadata.own("overall-operation");
                let overall = overall.map(|(name, _)| name.to_owned());
                config.overall_operation = config.overall_operation.take().or(overall);
            }
            _ => {}
        }
    }
    // Each kind after those it refers to.
    for document in documents {
        let (name, spec) = (document.metadata.name, document.spec);
        match document.kind {
            "SLI" => {
                let title = document.metadata.title();
                let read = indicator::read(spec, title, &mut known, findings);
                known.indicators.insert(name, read);
            }
            "AlertCondition" => {
                let read = alerting::condition(spec, &document.metadata, findings);
                known.conditions.insert(name, read);
            }
            _ => {}
        }
    }
    for document in documents.iter().filter(|document| document.kind == "AlertPolicy") {
        let read = alerting::policy(document.spec, &mut known, findings);
        known.policies.insert(document.metadata.name, read);
    }
    known
}

/// Brings the promises into the order of an SLA file, and refuses what such a file cannot hold.
fn settle(config: &mut SlaConfig, [targets, objectives]: [Vec<Place>; 2], findings: &mut Findings) {
    for (objective, place) in config.objectives.iter().zip(&objectives) {
        let is_latency = matches!(objective.good, Good::Latency(_));
        if is_latency && objective.operation.is_none() && config.overall_operation.is_none() {
            let message = "a latency is counted for one operation; add operation: NAME to the spec of both \
                           metric sources";
            findings.fault(*place, message);
        }
    }
    one_zone(config, &objectives, findings);
    let mut placed: Vec<_> = config.targets.drain(..).zip(targets).collect();
    placed.sort_by(|(a, _), (b, _)| a.subject.cmp(&b.subject));
    let mut previous: Option<crate::target::Target> = None;
    let mut seen = std::collections::HashSet::new();
    for (mut target, place) in placed {
        if !seen.insert(target.path.clone()) {
            findings.fault(place, format!("a second SLO is {}", target.path));
        }
        let before = previous.as_ref().filter(|before| before.subject == target.subject);
        if let Some(before) = before
            && before.rule != target.rule
        {
            let message = format!("{}: is judged as {} is", target.path, before.path);
            findings.leave_out(place, message);
            target.rule = before.rule;
        }
        previous = Some(target.clone());
        config.targets.push(target);
    }
    config.metrics.sort_by(|a, b| a.name.cmp(&b.name));
}

/// An SLA file has one time zone.
fn one_zone(config: &mut SlaConfig, places: &[Place], findings: &mut Findings) {
    let mut first: Option<Zone> = None;
    let mut place = places.iter();
    config.objectives.retain(|objective| {
        let place = place.next();
        let Period::Calendar(_, zone) = &objective.period else { return true };
        let first = first.get_or_insert_with(|| zone.clone());
        if first == zone {
            return true;
        }
        if let Some(place) = place {
            let message = format!(
                "the SLO {:?}: its time zone is {}, and that of those before {}; an SLA file has one",
                objective.name,
                zone.name(),
                first.name()
            );
            findings.leave_out(*place, message);
        }
        false
    });
}

/// What was left out, once each: documents that several refer to are read once, but told of by each.
fn in_order(mut left_out: Vec<Fault>) -> Vec<Fault> {
    left_out.sort();
    left_out.dedup();
    if left_out.len() > MAX_LISTED {
        let beyond = left_out.len() - MAX_LISTED;
        left_out.truncate(MAX_LISTED);
        if let Some((place, _)) = left_out.last() {
            left_out.push((*place, format!("and {beyond} more below this line")));
        }
    }
    left_out
}
