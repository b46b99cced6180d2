//! A chart as high as a line of text.

use super::path::Path;

const HIGH: f64 = 14.0;
const EACH: f64 = 3.0;
/// More values than these are drawn by the highest of some.
const MOST: usize = 40;

/// Columns of these values side by side, for the eye alone: it has no words and no ids.
pub(crate) fn sparkline(values: &[u64]) -> String {
    let some = values.len().div_ceil(MOST).max(1);
    let values: Vec<u64> =
        values.chunks(some).filter_map(|some| some.iter().copied().max()).collect();
    let highest = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    let width = EACH * values.len().max(1) as f64;
    let mut path = Path::whole();
    path.move_to(0.0, HIGH);
    for (place, run) in runs(&values, highest) {
        path.line_to(EACH * place as f64, HIGH - run.1);
        path.line_to(EACH * (place + run.0) as f64, HIGH - run.1);
    }
    path.line_to(width, HIGH);
    path.close();
    format!(
        r#"<svg class="spark" viewBox="0 0 {width} {HIGH}" width="{width}" height="{HIGH}" aria-hidden="true" fill="currentColor"><path d="{}"/></svg>"#,
        path.finish()
    )
}

/// Columns of one height: where they begin, how many they are, and that height in px.
fn runs(values: &[u64], highest: f64) -> Vec<(usize, (usize, f64))> {
    let height = |value: &u64| match value {
        0 => 0.0,
        // Little is seen to be more than nothing.
        _ => (*value as f64 / highest * HIGH).round().max(1.0),
    };
    let heights: Vec<f64> = values.iter().map(height).collect();
    let mut place = 0;
    let runs = heights.chunk_by(|a, b| a == b).map(|run| {
        let first = place;
        place += run.len();
        (first, (run.len(), run[0]))
    });
    runs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_high_as_their_values_and_little_is_more_than_nothing() {
        let svg = sparkline(&[0, 7, 14, 14, 1_400_000, 1]);
        assert!(svg.contains(r#"d="m0 14h3v-1h9v-13h3v13h3v1z""#), "{svg}");
    }

    #[test]
    fn many_values_are_drawn_by_the_highest_of_some() {
        let values: Vec<u64> = (0..4_000).map(|place| u64::from(place == 2_000)).collect();
        let svg = sparkline(&values);
        assert!(svg.contains(r#"width="120""#) && svg.contains("v-14h3v14"), "{svg}");
    }
}
