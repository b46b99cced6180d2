//! Markdown, HTML and JUnit XML, from templates: those of this crate, or a user's own in their place.

use crate::error::ReportError;
use crate::security;
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tera::{Context, ErrorKind, Kwargs, State, Tera};

/// Where the templates of this crate are, so that one that takes the place of another can extend it.
const BUILT_IN: &str = "perfkit/";

const TEMPLATES: [(&str, &str); 4] = [
    ("report.md", include_str!("templates/report.md")),
    ("report.html", include_str!("templates/report.html")),
    ("report.junit.xml", include_str!("templates/report.junit.xml")),
    ("trends.html", include_str!("templates/trends.html")),
];

/// What [`Report`](crate::Report) renders Markdown, HTML and JUnit XML with, and [`Trends`](crate::Trends) HTML.
/// Cheap to clone.
///
/// A template is written in [Tera](https://keats.github.io/tera/): `report.md`, `report.html`,
/// `report.junit.xml` or `trends.html`. One of a folder takes the place of the built-in one, and can extend it by its name
/// `perfkit/report.html`, whose blocks are named in docs/report.md; other files of the folder that end in
/// `.html`, `.md` or `.xml` can be included. In `.html` and `.xml` every value is escaped; in `.md` the
/// filter `md` does that, and within an HTML element, where a backslash is no escape, `md_html`.
#[derive(Clone, Debug)]
pub struct Templates {
    tera: Arc<Tera>,
    folder: Option<PathBuf>,
}

static BUILT_IN_TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates {
    // That they are right is tested.
    tera: Arc::new(built_in().expect("the built-in templates are valid")),
    folder: None,
});

impl Default for Templates {
    /// Those of this crate.
    fn default() -> Self {
        BUILT_IN_TEMPLATES.clone()
    }
}

impl Templates {
    /// Those in a folder, in place of the built-in ones of the same name.
    ///
    /// # Errors
    ///
    /// [`ReportError::Read`] for a folder or file that cannot be read; [`ReportError::Template`] for a
    /// template that is none, with its file and line, and for a folder that takes the place of nothing.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<Self, ReportError> {
        let folder = folder.as_ref();
        let read = |path: &Path, error: io::Error| ReportError::Read(path.to_owned(), error);
        let mut templates = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| read(folder, error))? {
            let path = entry.map_err(|error| read(folder, error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_template = [".html", ".md", ".xml"].iter().any(|end| name.ends_with(end));
            if is_template && path.is_file() {
                let text = fs::read_to_string(&path).map_err(|error| read(&path, error))?;
                templates.push((name.to_owned(), text));
            }
        }
        if !TEMPLATES.iter().any(|(name, _)| templates.iter().any(|(given, _)| given == name)) {
            let names: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
            let what = format!(
                "{}: has no template: one is called {}",
                folder.display(),
                names.join(", ")
            );
            return Err(ReportError::Template(folder.to_owned(), what.into()));
        }
        let mut tera = built_in().map_err(|error| failed(folder, &error))?;
        tera.add_raw_templates(templates).map_err(|error| failed(folder, &error))?;
        Ok(Templates { tera: Arc::new(tera), folder: Some(folder.to_owned()) })
    }

    /// The page is told what it may load and run, by the hashes of what stands in it.
    pub(crate) fn html(
        &self,
        template: &str,
        page: &impl Serialize,
    ) -> Result<String, ReportError> {
        Ok(security::locked_down(&self.render(template, page)?))
    }

    pub(crate) fn render(
        &self,
        template: &str,
        view: &impl Serialize,
    ) -> Result<String, ReportError> {
        let failed = |error: tera::Error| match &self.folder {
            Some(folder) => failed(folder, &error),
            None => ReportError::Render(error.to_string().into()),
        };
        let mut context = Context::from_serialize(view).map_err(failed)?;
        context.insert("content_security_policy", security::PLACE);
        self.tera.render(template, &context).map_err(failed)
    }
}

/// `templates/report.html:12:5: Found end of file but expected a block end`, as compilers and editors have it.
fn failed(folder: &Path, error: &tera::Error) -> ReportError {
    // A built-in template that is extended has no file.
    let file = |name: &str| match name.starts_with(BUILT_IN) {
        true => name.to_owned(),
        false => folder.join(name).display().to_string(),
    };
    let told = match error.kind() {
        ErrorKind::SyntaxError(at) | ErrorKind::RenderingError(at) => {
            let (line, column) = (at.span().start_line, at.span().start_col + 1);
            format!("{}:{line}:{column}: {}", file(at.filename()), at.message())
        }
        ErrorKind::MissingParent { current, .. } => format!("{}: {error}", file(current)),
        ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
            format!("{}: {error}", file(tpl))
        }
        _ => match placed(&error.to_string()) {
            Some((name, place, message)) => format!("{}:{place}: {message}", file(name)),
            None => format!("{}: {error}", folder.display()),
        },
    };
    ReportError::Template(folder.to_owned(), told.into())
}

/// The first of several errors that were put into one text: `error: what\n --> file:line:column`.
fn placed(text: &str) -> Option<(&str, &str, &str)> {
    let (message, rest) = text.strip_prefix("error: ")?.split_once('\n')?;
    let (name, place) = rest.lines().next()?.split_once("--> ")?.1.split_once(':')?;
    Some((name, place, message))
}

fn built_in() -> Result<Tera, tera::Error> {
    let mut tera = Tera::default();
    tera.register_filter("md", |text: &str, _: Kwargs, _: &State| markdown_escaped(text));
    tera.register_filter("md_html", |text: &str, _: Kwargs, _: &State| html_escaped(text));
    tera.set_fallback_prefixes([BUILT_IN])?;
    let parts = [("parts.html", include_str!("templates/parts.html"))];
    let all = TEMPLATES.into_iter().chain(parts);
    tera.add_raw_templates(all.map(|(name, text)| (format!("{BUILT_IN}{name}"), text)))?;
    Ok(tera)
}

/// A text that means nothing to Markdown, also inside a table cell.
fn markdown_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '!' | '~' => {
                escaped.extend(['\\', c]);
            }
            _ => push_inert(c, &mut escaped),
        }
    }
    escaped
}

/// A text that means nothing inside an HTML element of Markdown, such as `<summary>`.
fn html_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    text.chars().for_each(|c| push_inert(c, &mut escaped));
    escaped
}

/// GitHub looks for `@somebody` and `#123` after Markdown is rendered, when backslashes and entities are gone: only
/// what stands between keeps people from being told (github/cmark-gfm#181).
fn push_inert(c: char, escaped: &mut String) {
    match c {
        '<' => escaped.push_str("&lt;"),
        '>' => escaped.push_str("&gt;"),
        '&' => escaped.push_str("&amp;"),
        '@' => escaped.push_str("@&#8203;"),
        '#' => escaped.push_str("#&#8203;"),
        _ => escaped.push(c),
    }
}
