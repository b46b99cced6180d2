//! What somebody may have meant.

/// The one of `known` that is most like `name`, if it is at all.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let ranked = known.map(|known| (edit_distance(name, known), known));
    let (distance, nearest) = ranked.min()?;
    (distance <= name.chars().count() / 3 + 1).then_some(nearest)
}

/// Levenshtein's distance; of a long name only the first 64 characters count.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(from != *to)).min(above.min(row[j]) + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}
