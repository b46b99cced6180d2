//! Where all requests spend their time, as a tree: callers above what they call.

use super::canvas::{Canvas, Heading, Size};
use super::ink::{PAGE, SERIES};
use super::label;
use super::path::Path;
use super::scale::drawable;

/// An operation below its callers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    /// How many callers it has above it.
    pub(crate) depth: usize,
    /// Where it begins, as a share of the whole width.
    pub(crate) start: f64,
    /// How wide it is, as a share of the whole width.
    pub(crate) width: f64,
    /// Written on it where it fits.
    pub(crate) name: &'a str,
    /// Shown where one points at it.
    pub(crate) tooltip: &'a str,
}

/// A call tree, drawn from above.
#[derive(Debug, Clone)]
pub(crate) struct Flame<'a> {
    /// What the chart is called; how many nodes are not drawn is added to the description.
    pub(crate) heading: Heading<'a>,
    /// How much room it has in width; its height is that of its levels.
    pub(crate) size: Size,
    /// In any order.
    pub(crate) nodes: &'a [Node<'a>],
}

const EACH: f64 = 19.0;
/// Deeper than this is not drawn.
const LEVELS: usize = 64;
/// Narrower than this share of the width is not drawn.
const NARROWEST: f64 = 0.0015;
/// From this width in px a name is worth its letters.
const NAMED: f64 = 24.0;

impl Flame<'_> {
    /// A box each, wide as its share. A name has one colour wherever it stands.
    pub(crate) fn to_svg(&self) -> String {
        let seen = |node: &&Node<'_>| {
            node.depth < LEVELS && drawable(node.width).is_some_and(|width| width >= NARROWEST)
        };
        let nodes: Vec<_> = self.nodes.iter().filter(seen).collect();
        let left_out = self.nodes.len() - nodes.len();
        let width = self.size.width();
        let levels = nodes.iter().map(|node| node.depth + 1).max().unwrap_or(1);
        let description = match left_out {
            0 => self.heading.description.to_owned(),
            _ => {
                let said = label::cut(self.heading.description, 900);
                format!("{said} Too narrow or too deep to be drawn: {left_out}.")
            }
        };
        let heading = Heading { description: &description, ..self.heading };
        let mut canvas = Canvas::new(&heading, width, EACH * levels as f64 + 1.0);
        let ends = |node: &Node<'_>| {
            let start = drawable(node.start).unwrap_or(0.0).clamp(0.0, 1.0);
            (start * width, (start + node.width).min(1.0) * width)
        };
        let edge = format!(r#"{} stroke-width="4" transform="scale(.25)""#, PAGE.stroke());
        canvas.group(&edge, |canvas| {
            for (place, ink) in SERIES.iter().enumerate() {
                canvas.group(&format!(r#"{} fill-opacity=".4""#, ink.fill()), |canvas| {
                    for node in nodes.iter().filter(|node| colour(node.name) == place) {
                        let top = EACH * node.depth as f64;
                        let mut area = Path::fine();
                        area.rectangle(ends(node), (top, top + EACH));
                        canvas.told_path("", &area.finish(), node.tooltip);
                    }
                });
            }
        });
        canvas.group(r#"pointer-events="none""#, |canvas| {
            for node in &nodes {
                let (left, right) = ends(node);
                if right - left >= NAMED {
                    let name = label::fitted(node.name, right - left - 8.0);
                    canvas.text(left + 4.0, EACH * node.depth as f64 + 13.0, &name);
                }
            }
        });
        canvas.finish()
    }
}

/// A colour by the name alone, so that it is the same in all reports (FNV-1a).
fn colour(name: &str) -> usize {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 8) as usize % SERIES.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_narrow_or_too_deep_is_counted_and_not_drawn() {
        let node = |depth, width| Node { depth, start: 0.0, width, name: "n", tooltip: "told" };
        let heading = Heading { id: "f", title: "", description: "Calls." };
        let nodes = [node(0, 1.0), node(1, 0.001), node(1, f64::NAN), node(LEVELS, 1.0)];
        let svg = Flame { heading, size: Size::Wide, nodes: &nodes }.to_svg();
        assert_eq!(svg.matches("<title>told").count(), 1, "{svg}");
        assert!(svg.contains("Calls. Too narrow or too deep to be drawn: 3.</desc>"), "{svg}");
    }

    #[test]
    fn a_name_has_one_colour_and_names_have_several() {
        let colours: std::collections::BTreeSet<_> =
            ["request", "model", "render", "rerank", "read", "embed"].map(colour).into();
        assert!(colours.len() >= 3, "{colours:?}");
    }
}
