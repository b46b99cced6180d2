//! What is said, by templates.

mod specifics;
mod view;

pub(crate) use specifics::{Specifics, Worst, worst};
pub(crate) use view::{SEVERITIES, View};

use crate::rules::{Compiled, RuleError};
use crate::text::{cut, one_line};
use perf_sla::SlaConfig;
use std::fmt;
use std::sync::{Arc, LazyLock};
use tera::{Context, ErrorKind, Tera};

/// A summary is cut after so many characters, a description after so many more.
const LONGEST: [usize; 2] = [1_000, 8_000];

const BUILT_IN: [(&str, &str); 2] = [
    ("summary", include_str!("templates/summary.txt")),
    ("description", include_str!("templates/description.txt")),
];

/// Those of this crate, which say it when a template of the user's own fails.
static DEFAULTS: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::default();
    // That they are right is tested.
    tera.add_raw_templates(BUILT_IN).expect("the built-in templates are valid");
    tera
});

/// The templates of all rules. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Messages {
    /// `summary` and `description`, and for rules with a summary of their own `summary NUMBER`.
    tera: Arc<Tera>,
}

/// What was said, and how often a template failed at it.
pub(crate) struct Said {
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) failures: u64,
}

impl Messages {
    pub(crate) fn new(sla: &SlaConfig, rules: &[Compiled]) -> Result<Self, RuleError> {
        let mut tera = Tera::default();
        // That they are right is tested.
        tera.add_raw_templates(BUILT_IN).expect("the built-in templates are valid");
        let alerting = sla.alerting();
        let all = [("summary", &alerting.summary), ("description", &alerting.description)];
        for (name, template) in all {
            if let Some(template) = template {
                let refuse = |told| RuleError::of_all(sla, format!("{name}: {told}"));
                add(&mut tera, name, template).map_err(refuse)?;
            }
        }
        for (number, rule) in rules.iter().enumerate() {
            if let Some(template) = &rule.alert.summary {
                let alert = &rule.alert;
                let refuse =
                    |told| RuleError::new(sla, alert.line, &alert.name, format!("summary: {told}"));
                add(&mut tera, &own(number), template).map_err(refuse)?;
            }
        }
        Ok(Messages { tera: Arc::new(tera) })
    }

    /// Says it in the words of the rule at this place, if it has some.
    pub(crate) fn say(&self, rule: Option<usize>, view: &View<'_>) -> Said {
        let mut failures = 0;
        let Ok(context) = Context::from_serialize(view) else {
            let summary = one_line(view.headline).trim().to_owned();
            return Said { summary, description: String::new(), failures: 1 };
        };
        let mut render = |name: &str, default: &str| {
            self.tera.render(name, &context).unwrap_or_else(|_| {
                failures += 1;
                // A template of ours does not fail.
                DEFAULTS.render(default, &context).unwrap_or_else(|_| view.headline.to_owned())
            })
        };
        let own = rule.map(own).filter(|name| self.tera.contains_template(name));
        let summary = render(own.as_deref().unwrap_or("summary"), "summary");
        let description = render("description", "description");
        let summary = cut(one_line(&summary).trim(), LONGEST[0]);
        let description = cut(&without_controls(description.trim()), LONGEST[1]);
        Said { summary, description, failures }
    }
}

fn own(number: usize) -> String {
    format!("summary {number}")
}

/// Adds a template, or says where it is wrong.
fn add(tera: &mut Tera, name: &str, template: &str) -> Result<(), String> {
    tera.add_raw_template(name, template).map_err(|error| match error.kind() {
        ErrorKind::SyntaxError(at) => {
            let (line, column) = (at.span().start_line, at.span().start_col + 1);
            format!("{line}:{column}: {}", at.message())
        }
        _ => error.to_string(),
    })?;
    let used = tera.get_template_variables(name).map_err(|error| error.to_string())?;
    let mut unknown: Vec<&str> =
        used.into_iter().filter(|name| !view::NAMES.contains(name)).collect();
    unknown.sort_unstable();
    match unknown.first() {
        Some(unknown) => {
            Err(format!("there is no {unknown:?} to say; there is {}", view::NAMES.join(", ")))
        }
        None => Ok(()),
    }
}

fn without_controls(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}
