//! The SVG that is being written, and what all charts have around them.

use super::ink::Ink;
use super::label;
use std::fmt::Write;

/// What a chart is called, by people and by its page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heading<'a> {
    /// Begins all ids of the chart, so it is the chart's own within its page.
    pub(crate) id: &'a str,
    /// Read aloud in place of the chart; not drawn.
    pub(crate) title: &'a str,
    /// What the chart shows, for those who do not see it; not drawn.
    pub(crate) description: &'a str,
}

/// How much room a chart has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// The width of the page: 760 by 230 px.
    Wide,
    /// Half of it, and legible on a phone: 370 by 200 px.
    Half,
}

impl Size {
    pub(super) fn width(self) -> f64 {
        match self {
            Self::Wide => 760.0,
            Self::Half => 370.0,
        }
    }

    pub(super) fn height(self) -> f64 {
        match self {
            Self::Wide => 230.0,
            Self::Half => 200.0,
        }
    }

    /// How many labels stand beside each other below the chart.
    pub(super) fn labels(self) -> usize {
        match self {
            Self::Wide => 7,
            Self::Half => 5,
        }
    }
}

/// Where a text stands, seen from its position.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    End,
}

/// Writes elements one after the other. Texts are escaped here, attributes are our own.
pub(super) struct Canvas {
    svg: String,
    id: String,
}

impl Canvas {
    pub(super) fn new(heading: &Heading<'_>, width: f64, height: f64) -> Self {
        let id = label::id(heading.id);
        let mut svg = String::with_capacity(4_096);
        let _ = write!(
            svg,
            r#"<svg class="chart" viewBox="0 0 {width:.0} {height:.0}" width="100%" role="img" aria-labelledby="{id}-t {id}-d" font-size="11" fill="currentColor"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>"#,
            label::escaped(heading.title, 200),
            label::escaped(heading.description, 1_000),
        );
        Self { svg, id }
    }

    /// The chart's own prefix of ids.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Elements with attributes in common.
    pub(super) fn group(&mut self, attributes: &str, draw: impl FnOnce(&mut Self)) {
        let _ = write!(self.svg, "<g {attributes}>");
        let inside = self.svg.len();
        draw(self);
        if self.svg.len() == inside {
            self.svg.truncate(inside - attributes.len() - 4);
        } else {
            self.svg.push_str("</g>");
        }
    }

    /// A path with these attributes; nothing where there is nothing to draw.
    pub(super) fn path(&mut self, attributes: &str, d: &str) {
        if !d.is_empty() {
            let space = if attributes.is_empty() { "" } else { " " };
            let _ = write!(self.svg, r#"<path{space}{attributes} d="{d}"/>"#);
        }
    }

    /// A path with a text that a browser shows where one points at it.
    pub(super) fn told_path(&mut self, attributes: &str, d: &str, text: &str) {
        if !d.is_empty() {
            let space = if attributes.is_empty() { "" } else { " " };
            let _ = write!(
                self.svg,
                r#"<path{space}{attributes} d="{d}"><title>{}</title></path>"#,
                label::escaped(text, 300)
            );
        }
    }

    /// A text that is cut already, on the given base line.
    pub(super) fn text(&mut self, x: f64, y: f64, text: &str) {
        if !text.is_empty() {
            let _ = write!(
                self.svg,
                r#"<text x="{x:.0}" y="{y:.0}">{}</text>"#,
                label::escaped(text, usize::MAX)
            );
        }
    }

    /// One text with its own ink and anchor.
    pub(super) fn note(&mut self, ink: Ink, anchor: Anchor, at: (f64, f64), text: &str) {
        self.single_text(&ink.fill(), anchor, at, text);
    }

    /// A text over what is drawn, which leaves some room around it.
    pub(super) fn over(&mut self, anchor: Anchor, at: (f64, f64), text: &str) {
        self.single_text(r#"class="on""#, anchor, at, text);
    }

    fn single_text(&mut self, fill: &str, anchor: Anchor, (x, y): (f64, f64), text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::End => r#" text-anchor="end""#,
        };
        if !text.is_empty() {
            let text = label::escaped(text, usize::MAX);
            let _ = write!(self.svg, r#"<text {fill}{anchor} x="{x:.0}" y="{y:.0}">{text}</text>"#);
        }
    }

    /// Elements of ours that have no method of their own here.
    pub(super) fn raw(&mut self, elements: &str) {
        self.svg.push_str(elements);
    }

    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}
