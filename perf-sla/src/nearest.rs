//! What somebody may have meant.

/// The one of `known` that is most like `name`, if it is at all.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    let farthest = length / 3 + 1;
    let could_be = |known: &&str| {
        known.len() <= 4 * LONGEST && known.chars().count().abs_diff(length) <= farthest
    };
    let ranked = known.filter(could_be).map(|known| (edit_distance(name, known), known));
    let (distance, nearest) = ranked.min()?;
    (distance <= farthest).then_some(nearest)
}

/// Nobody mistypes what is longer; to compare it with all others would take long.
const LONGEST: usize = 64;

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
