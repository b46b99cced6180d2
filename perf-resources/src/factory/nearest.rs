//! What somebody may have meant.

/// The one of `known` that is most like `name`, if it is at all.
pub(super) fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    // Nobody mistypes what is longer; to compare it with all others would take long.
    if name.len() > 64 {
        return None;
    }
    let ranked = known.iter().map(|known| (edit_distance(name, known), *known));
    let (distance, nearest) = ranked.min()?;
    (distance <= name.chars().count() / 3 + 1).then_some(nearest)
}

/// Levenshtein's distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(from != *to)).min(above.min(row[j]) + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}
