//! Markdown and HTML, from templates.

use crate::error::ReportError;
use crate::view::View;
use std::sync::LazyLock;
use tera::{Context, Kwargs, State, Tera};

/// The templates of this crate, parsed once. Those that end in `.html` escape what they show.
static TEMPLATES: LazyLock<Result<Tera, tera::Error>> = LazyLock::new(|| {
    let mut tera = Tera::default();
    tera.register_filter("md", |text: &str, _: Kwargs, _: &State| markdown_escaped(text));
    tera.add_raw_templates([
        ("report.md", include_str!("templates/report.md")),
        ("report.html", include_str!("templates/report.html")),
    ])?;
    Ok(tera)
});

pub(crate) fn render(template: &str, view: &View) -> Result<String, ReportError> {
    let tera = TEMPLATES.as_ref().map_err(failed)?;
    let context = Context::from_serialize(view).map_err(|error| failed(&error))?;
    tera.render(template, &context).map_err(|error| failed(&error))
}

fn failed(error: &tera::Error) -> ReportError {
    ReportError::Render(error.to_string().into())
}

/// A text that means nothing to Markdown, also inside a table cell.
fn markdown_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '!' | '~'
            | '@' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}
