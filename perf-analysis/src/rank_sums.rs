//! The sum of some of a set of ranks: what the rank tests compare with, exactly.

/// The probability of each sum, as index, of `size` of these ranks, when each choice of `size` of them
/// is equally likely. Ranks may repeat.
///
/// By dynamic programming over the ranks (as Streitberg and Röhmel, "Exact distributions for permutation
/// and rank tests", Statistical Software Newsletter 12, 1986): all terms are positive, so nothing cancels.
pub(crate) fn rank_sums(ranks: &[usize], size: usize) -> Vec<f64> {
    let mut largest_first = ranks.to_vec();
    largest_first.sort_unstable_by(|a, b| b.cmp(a));
    let most: usize = largest_first.iter().take(size).sum();
    // ways[k][s]: how many choices of k of the ranks so far have the sum s.
    let mut ways = vec![vec![0.0_f64; most + 1]; size + 1];
    ways[0][0] = 1.0;
    for (seen, rank) in ranks.iter().enumerate() {
        for k in (1..=size.min(seen + 1)).rev() {
            let (without, with) = ways.split_at_mut(k);
            for (sum, before) in with[0][*rank..].iter_mut().zip(&without[k - 1]) {
                *sum += before;
            }
        }
    }
    let sums = ways.pop().unwrap_or_default();
    let all: f64 = sums.iter().sum();
    sums.into_iter().map(|ways| ways / all).collect()
}

/// The probability of each Mann-Whitney U of sets of these sizes without ties.
pub(crate) fn u_distribution(first: usize, second: usize) -> Vec<f64> {
    let size = first.min(second);
    let ranks: Vec<usize> = (1..=first + second).collect();
    let sums = rank_sums(&ranks, size);
    sums[size * (size + 1) / 2..].to_vec()
}

/// How many of the outermost values on each side an interval leaves out: the largest `rank` with
/// `P(at most rank - 1) <= tail`, for the probabilities of 0, 1, 2 and so on.
pub(crate) fn outer_rank(probabilities: &[f64], tail: f64) -> usize {
    let mut sum = 0.0;
    let is_seldom = |probability: &&f64| {
        sum += **probability;
        sum <= tail
    };
    probabilities.iter().take_while(is_seldom).count()
}
