//! The documents of a file by kind and name, and what refers to them.

use super::VERSION;
use super::alerting::{Burn, Policy};
use super::fields::{Fields, Findings, Metadata};
use super::indicator::Indicator;
use crate::document::{Node, Place};
use crate::nearest::nearest;
use std::collections::{HashMap, HashSet};

/// Every kind of document that OpenSLO v1 has.
const KINDS: [&str; 7] = [
    "DataSource",
    "SLO",
    "SLI",
    "AlertPolicy",
    "AlertCondition",
    "AlertNotificationTarget",
    "Service",
];

/// One document.
pub(super) struct Document<'n> {
    pub(super) kind: &'static str,
    pub(super) metadata: Metadata<'n>,
    pub(super) spec: &'n Node,
    pub(super) place: Place,
}

/// What others refer to, each read once.
#[derive(Default)]
pub(super) struct Known<'n> {
    /// The types of data sources.
    pub(super) data_sources: HashMap<&'n str, &'n str>,
    pub(super) notification_targets: HashSet<&'n str>,
    pub(super) indicators: HashMap<&'n str, Option<Indicator>>,
    pub(super) conditions: HashMap<&'n str, Option<Burn>>,
    pub(super) policies: HashMap<&'n str, Option<Policy>>,
    /// Kind and name of what was referred to.
    pub(super) used: HashSet<(&'static str, &'n str)>,
}

/// All documents, without those that are none.
pub(super) fn documents<'n>(roots: &'n [Node], findings: &mut Findings) -> Vec<Document<'n>> {
    let mut seen = HashSet::new();
    let mut documents = Vec::new();
    for root in roots {
        let keys = ["apiVersion", "kind", "metadata", "spec"];
        let Some(document) =
            findings.fields(root, "document", &keys).and_then(|fields| document(fields, findings))
        else {
            continue;
        };
        if !seen.insert((document.kind, document.metadata.name)) {
            let (kind, name) = (document.kind, document.metadata.name);
            findings.fault(document.place, format!("a second {kind} is called {name:?}"));
            continue;
        }
        documents.push(document);
    }
    documents
}

fn document<'n>(fields: Fields<'n>, findings: &mut Findings) -> Option<Document<'n>> {
    let version = findings.required(fields, "apiVersion", VERSION)?;
    if version != VERSION {
        let message = format!(
            "apiVersion {version:?} is not read; write {VERSION:?}, and its fields as that version has them"
        );
        findings.fault(fields.place_of("apiVersion"), message);
        return None;
    }
    let kind = findings.required(fields, "kind", "SLO")?;
    let Some(kind) = KINDS.into_iter().find(|known| *known == kind) else {
        // Most get its letters wrong in size only.
        let meant = KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(kind));
        let hint = match meant.or_else(|| nearest(kind, KINDS.into_iter())) {
            Some(nearest) => format!("did you mean {nearest:?}?"),
            None => format!("use one of {}", KINDS.join(", ")),
        };
        findings.fault(fields.place_of("kind"), format!("kind {kind:?} is not known; {hint}"));
        return None;
    };
    let metadata = findings.metadata(fields)?;
    let Some(spec) = fields.get("spec") else {
        findings.fault(fields.place, format!("{kind} {:?} lacks its spec", metadata.name));
        return None;
    };
    Some(Document { kind, metadata, spec, place: fields.place })
}

impl<'n> Known<'n> {
    /// Notes that something refers to a document, which is `there` or else a fault.
    pub(super) fn refer(
        &mut self,
        kind: &'static str,
        name: &'n str,
        place: Place,
        there: bool,
        findings: &mut Findings,
    ) {
        if there {
            self.used.insert((kind, name));
        } else {
            findings
                .fault(place, format!("refers to the {kind} {name:?}, which is not in this file"));
        }
    }

    /// Leaves out what nothing refers to, and those documents that only others have a use for.
    pub(super) fn leave_out_the_rest(&self, documents: &[Document<'n>], findings: &mut Findings) {
        let mut services = 0;
        for document in documents {
            let (kind, name) = (document.kind, document.metadata.name);
            let why = match kind {
                "SLI" | "AlertPolicy" | "AlertCondition" if !self.used.contains(&(kind, name)) => {
                    "nothing refers to it"
                }
                "DataSource" if self.data_sources.get(name) != Some(&super::SOURCE) => {
                    "what is judged is measured in the process; nothing is asked elsewhere"
                }
                "AlertNotificationTarget" => {
                    "who is told is a handler, which the program registers; name it in [[alerts]]"
                }
                "Service" => {
                    services += 1;
                    match services {
                        1 => continue,
                        _ => "an SLA file is for one service, and holds what all of them promise",
                    }
                }
                _ => continue,
            };
            findings.leave_out(document.place, format!("{kind} {name:?}: {why}"));
        }
    }
}
