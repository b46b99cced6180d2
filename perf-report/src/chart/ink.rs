//! Colours by their class, and the light one for a page whose style sheet is blocked.

/// A colour that `chart.css` has under this name, for light, dark and print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink {
    pub(super) name: char,
    pub(super) light: &'static str,
}

/// Of things side by side: Okabe and Ito's colours for all eyes, on white two of them darker.
pub(super) const SERIES: [Ink; 6] = [
    Ink { name: 'a', light: "#0072b2" },
    Ink { name: 'b', light: "#b87900" },
    Ink { name: 'c', light: "#009e73" },
    Ink { name: 'd', light: "#cc79a7" },
    Ink { name: 'e', light: "#3a93cc" },
    BAD,
];

/// Failures, limits and what is beyond them.
pub(super) const BAD: Ink = Ink { name: 'f', light: "#d55e00" };
/// Lines that help the eye.
pub(super) const GRID: Ink = Ink { name: 'g', light: "#d0d7de" };
/// Texts that are not read first.
pub(super) const MUTED: Ink = Ink { name: 'm', light: "#656d76" };
/// What the page is written in.
pub(super) const TEXT: Ink = Ink { name: 't', light: "#1f2328" };
/// What the page is written on.
pub(super) const PAGE: Ink = Ink { name: 'p', light: "#ffffff" };

/// From few to many; in light ever darker, in dark ever lighter.
pub(super) const HEAT: [Ink; 7] = [
    Ink { name: '1', light: "#d6e6f4" },
    Ink { name: '2', light: "#abcfe6" },
    Ink { name: '3', light: "#7ab3d9" },
    Ink { name: '4', light: "#4b93c7" },
    Ink { name: '5', light: "#2673b0" },
    Ink { name: '6', light: "#0d5392" },
    Ink { name: '7', light: "#08306b" },
];

/// Lengths of dashes and gaps in px, one for each of [`SERIES`]; the first is not dashed.
const DASHES: [&[u32]; 6] = [&[], &[6, 3], &[10, 3, 2, 3], &[2, 3], &[4, 2], &[12, 4]];

/// The colour of the nth of things side by side.
pub(super) fn series(place: usize) -> Ink {
    SERIES[place % SERIES.len()]
}

/// The attribute that dashes the nth line, in quarters of a px; empty for the first.
pub(super) fn dash(place: usize) -> String {
    match DASHES[place % DASHES.len()] {
        [] => String::new(),
        lengths => {
            let lengths: Vec<_> = lengths.iter().map(|px| (px * 4).to_string()).collect();
            format!(r#" stroke-dasharray="{}""#, lengths.join(" "))
        }
    }
}

impl Ink {
    pub(super) fn fill(self) -> String {
        format!(r#"class="f{}" fill="{}""#, self.name, self.light)
    }

    pub(super) fn stroke(self) -> String {
        format!(r#"class="s{}" stroke="{}""#, self.name, self.light)
    }
}

/// Attributes of a group of lines and areas in quarters of a px.
pub(super) const LINES: &str =
    r#"fill="none" stroke-width="7" stroke-linejoin="round" transform="scale(.25)""#;
/// Attributes of an area below its line, within [`LINES`].
pub(super) const TINT: &str = r#"fill-opacity=".25""#;
/// Attributes of dots, within [`LINES`].
pub(super) const DOTS: &str = r#"stroke-width="20" stroke-linecap="round""#;
