//! Charts as SVG that is put into a page as it is: no script, no style of its own, one string each.
//!
//! * Over time: [`Lines`], values; [`Bars`], a rate and what failed of it; [`HeatMap`], how latency is
//!   spread; [`Budget`], what is left of an error budget.
//! * Of one run: [`Distribution`] and [`Percentiles`], its latency; [`Shares`], where time goes;
//!   [`Waterfall`], one request; [`Flame`], all requests as a call tree.
//! * Of many runs: [`Trend`].
//! * Within a line of text: [`sparkline()`].
//!
//! Colours are classes, for which [`STYLE`] has light, dark and print; the light ones stand in the
//! SVG too, for a page whose style sheet is blocked. Dashes, patterns and words say all that colours
//! say.

mod axis;
mod bars;
mod budget;
mod canvas;
mod distribution;
mod flame;
mod heat_map;
mod ink;
mod label;
mod legend;
mod lines;
mod path;
mod percentiles;
mod scale;
mod shares;
mod sparkline;
mod time;
mod trend;
mod unit;
mod waterfall;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub(crate) use bars::{Bars, Column};
pub(crate) use budget::Budget;
pub(crate) use canvas::{Heading, Size};
pub(crate) use distribution::{Bin, Distribution};
pub(crate) use flame::{Flame, Node};
pub(crate) use heat_map::HeatMap;
pub(crate) use lines::{Draw, Limit, Lines, Series};
pub(crate) use percentiles::{Curve, Percentiles, Target};
pub(crate) use scale::Spacing;
pub(crate) use shares::{Bar, Shares};
pub(crate) use sparkline::sparkline;
pub(crate) use time::Time;
pub(crate) use trend::{Change, Estimate, History, Trend};
pub(crate) use unit::Unit;
pub(crate) use waterfall::{Row, Waterfall};

/// The style sheet of all charts, once in a page.
///
/// A page that chooses its theme says so with `data-theme="light"` or `"dark"` on its root; one that
/// does not has that of the reader's system. Print is always light.
pub(crate) const STYLE: &str = include_str!("chart/chart.css");
