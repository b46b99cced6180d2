//! Where values are best divided in two, and whether chance would do as well.

use crate::values::median;

/// Values on either side.
const FEWEST: usize = 3;

/// Random orders that are looked at, at the least and at the most.
const ORDERS: (f64, f64) = (999.0, 99_999.0);

/// The first index of the second part, and how often chance alone divides as clearly; `None` when that is
/// more often than `alpha`.
pub(super) fn clearest_split(values: &[f64], alpha: f64) -> Option<(usize, f64)> {
    let mut ranks = centred_ranks(values);
    let clearest = clearest(&ranks)?;
    // At the least five of them are as clear as what is just rare enough.
    let orders = (5.0 / alpha).ceil().clamp(ORDERS.0, ORDERS.1);
    let (mut random, mut as_clear) = (Random(1), 1.0);
    for _ in 0..orders as u64 {
        random.shuffle(&mut ranks);
        if self::clearest(&ranks).is_some_and(|clear| clear >= clearest) {
            as_clear += 1.0;
            if as_clear > alpha * (orders + 1.0) {
                return None;
            }
        }
    }
    let p_value = as_clear / (orders + 1.0);
    (p_value <= alpha).then(|| (place(values), p_value))
}

/// Ranks less their mean and twice their value, equal values sharing the mean of theirs: whole numbers
/// that add up to 0.
fn centred_ranks(values: &[f64]) -> Vec<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let up_to = sorted.partition_point(|other| other <= value);
        (below + up_to) as i64 - values.len() as i64
    };
    values.iter().map(rank).collect()
}

/// By how much the ranks of two parts differ from chance where they do so most: the square of the sum of
/// the first part, over what it varies by, but for a factor that all orders share. `None` when all are
/// equal or too few.
fn clearest(ranks: &[i64]) -> Option<f64> {
    let count = ranks.len();
    let (mut sum, mut most) = (0, 0.0);
    for (index, rank) in ranks.iter().enumerate().take(count.saturating_sub(FEWEST)) {
        sum += rank;
        let first = index + 1;
        if first >= FEWEST {
            // The numbers are whole and below 2^53: equal ones divide to equal ones.
            most = f64::max(most, (sum * sum) as f64 / (first * (count - first)) as f64);
        }
    }
    (most > 0.0).then_some(most)
}

/// The index that leaves the values closest to the medians of their sides, the earliest such one: ranks
/// know that there is a jump, but not how far it goes, and by them a few high values before it would
/// belong to it.
fn place(values: &[f64]) -> usize {
    let apart = |at: &usize| deviation(&values[..*at]) + deviation(&values[*at..]);
    let places = FEWEST..=values.len() - FEWEST;
    places.min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(FEWEST)
}

/// The distances from the median, together.
fn deviation(values: &[f64]) -> f64 {
    let middle = median(values);
    values.iter().map(|value| (value - middle).abs()).sum()
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Each order is as likely as any other (Fisher and Yates, 1938).
    fn shuffle(&mut self, ranks: &mut [i64]) {
        for last in (1..ranks.len()).rev() {
            // In 0..=last: the high half of the product, even to 1 in 2^54 for the numbers here.
            let chosen = (u128::from(self.next()) * (last as u128 + 1)) >> 64;
            ranks.swap(last, chosen as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mann_whitney;

    #[test]
    fn the_clearest_split_is_that_of_the_largest_mann_whitney_statistic() {
        let mut random = Random(7);
        // Nearly without ties, and with many.
        for kinds in [1_000_000, 12] {
            for _ in 0..5 {
                let values: Vec<f64> = (0..40).map(|_| (random.next() % kinds) as f64).collect();
                let squared = |at: usize| {
                    let pairs = (at * (40 - at)) as f64;
                    let u = mann_whitney(&values[..at], &values[at..]).unwrap().u;
                    // The ranks are doubled, and so is their sum, which is U but for a constant.
                    (2.0 * (u - pairs / 2.0)).powi(2) / pairs
                };
                let most = (3..=37).map(squared).fold(0.0, f64::max);
                let seen = clearest(&centred_ranks(&values)).unwrap();
                assert!((seen / most - 1.0).abs() < 1e-12, "{seen} and {most}");
            }
        }
    }

    #[test]
    fn the_place_is_that_of_the_jump_though_values_before_it_are_high() {
        let values = [1.0, 2.0, 1.5, 1.2, 1.1, 1.3, 1.4, 2.5, 2.6, 900.0, 901.0, 900.0, 903.0];
        assert_eq!(place(&values), 9);
        assert_eq!(place(&[1.0, 1.0, 1.0, 5.0, 5.0, 5.0]), 3);
        assert_eq!(place(&[1.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]), 3);
    }

    #[test]
    fn the_probability_is_that_of_all_orders() {
        let values: [f64; 8] = [1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 8.0, 7.0];
        let ranks = centred_ranks(&values);
        let clear = clearest(&ranks).unwrap();
        let (mut orders, mut as_clear) = (0.0, 0.0);
        each_order(&mut ranks.clone(), 0, &mut |order| {
            orders += 1.0;
            as_clear += f64::from(u8::from(clearest(order).is_some_and(|c| c >= clear)));
        });
        let exact = as_clear / orders;
        let (_, seen) = clearest_split(&values, 0.2).unwrap();
        assert_eq!(orders, 40_320.0);
        // A thousand orders, and three standard deviations.
        let off = 3.0 * (exact * (1.0 - exact) / 1_000.0_f64).sqrt();
        assert!((seen - exact).abs() <= off + 0.001, "{seen} and {exact}");
    }

    fn each_order(values: &mut [i64], fixed: usize, see: &mut impl FnMut(&[i64])) {
        if fixed == values.len() {
            return see(values);
        }
        for other in fixed..values.len() {
            values.swap(fixed, other);
            each_order(values, fixed + 1, see);
            values.swap(fixed, other);
        }
    }

    #[test]
    fn equal_and_few_values_have_no_split() {
        assert_eq!(clearest_split(&[1.0; 30], 0.4), None);
        assert_eq!(clearest_split(&[0.0, -0.0, 0.0, -0.0, 0.0, -0.0], 0.4), None);
        assert_eq!(clearest_split(&[1.0, 1.0, 9.0, 9.0, 9.0], 0.4), None);
        assert_eq!(clearest_split(&[], 0.4), None);
    }
}
