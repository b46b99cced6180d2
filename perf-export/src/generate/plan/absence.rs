//! Nobody is there.

use super::alerting::labels;
use super::{Alert, Group, Series, Text, Traffic};
use crate::generate::generator::Generator;
use perf_sla::Severity;
use std::time::Duration;

pub(super) fn group(generator: &Generator) -> Group {
    let name = generator.families().name("build_info");
    let expression = format!("absent({name}{})", generator.matchers(&[]));
    let alert = Alert {
        name: "SLA service absent".to_owned(),
        expression,
        pending: Duration::from_secs(300),
        keep_firing: Duration::ZERO,
        labels: labels(Vec::new(), Severity::Critical),
        annotations: vec![
            ("summary", Text::plain("No process of the service is scraped")),
            (
                "description",
                Text::plain(
                    "Nothing has been exposed for 5m: no promise of the SLA file is watched until a process is there.",
                ),
            ),
        ],
        traffic: Traffic::Absence {
            present: Series { name, labels: vec![("version", "1".to_owned())] },
        },
        has_process_labels: false,
    };
    Group { name: "presence".to_owned(), recordings: Vec::new(), alerts: vec![alert] }
}
