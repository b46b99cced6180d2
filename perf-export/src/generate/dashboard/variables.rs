//! What can be chosen on top of the dashboard, and marked in it.

use super::panel::data_source;
use super::query::matcher;
use crate::generate::generator::Generator;
use crate::generate::promql::for_grafana;
use serde_json::{Value, json};

pub(super) fn variables(generator: &Generator) -> Vec<Value> {
    let families = generator.families();
    let info = families.name("build_info");
    let meant: Vec<String> =
        generator.selector.matchers().map(|matcher| for_grafana(&matcher)).collect();
    let job = format!("label_values({info}{{{}}}, job)", meant.join(","));
    let others: Vec<String> = ["job=~\"$job\"".to_owned()]
        .into_iter()
        .chain(generator.selector.others(&["job"]).map(|matcher| for_grafana(&matcher)))
        .collect();
    let instance = format!("label_values({info}{{{}}}, instance)", others.join(","));
    let mut all = vec![
        json!({
            "hide": 0,
            "includeAll": false,
            "label": "Data source",
            "multi": false,
            "name": "datasource",
            "query": "prometheus",
            "refresh": 1,
            "type": "datasource",
        }),
        variable("job", "Job", &job, ".+"),
        variable("instance", "Instance", &instance, ".+"),
    ];
    let group =
        families.groups().into_iter().find_map(|group| Some((group.requests, group.label?)));
    if let Some((requests, label)) = group {
        let operation = format!("label_values({requests}{}, {label})", generator.chosen(&[]));
        // Series of promises about no operation lack the label, and a name may have a line end in it: they are
        // among all.
        all.push(variable("operation", "Operation", &operation, "(?s).*"));
    }
    all
}

fn variable(name: &str, label: &str, query: &str, all: &str) -> Value {
    json!({
        "allValue": all,
        "current": { "selected": true, "text": ["All"], "value": ["$__all"] },
        "datasource": data_source(),
        "definition": query,
        "hide": 0,
        "includeAll": true,
        "label": label,
        "multi": true,
        "name": name,
        "query": { "query": query, "refId": name },
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "type": "query",
    })
}

/// When a new version of the service came.
pub(super) fn annotations(generator: &Generator) -> Value {
    let chosen = generator.chosen(&[matcher("version", "!=", "")]);
    let info = generator.families().name("build_info");
    let versions = format!("count by (version) ({info}{chosen})");
    let before = format!("count by (version) ({info}{chosen} offset 5m)");
    json!({
        "list": [{
            "datasource": data_source(),
            "enable": true,
            "expr": format!("{versions} unless {before}"),
            "iconColor": "blue",
            "name": "New version",
            "titleFormat": "New version",
            "textFormat": "{{version}}",
        }],
    })
}
