//! Many tests at once.

/// The probabilities of several tests, each made larger so that comparing all of them with one limit is
/// wrong in any of them no more often than that limit says (Holm, "A simple sequentially rejective
/// multiple test procedure", Scandinavian Journal of Statistics 6, 1979). In the order given.
///
/// What is not a number stays so and counts as a test.
///
/// ```
/// # use perf_analysis::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
/// ```
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
    let mut corrected = probabilities.to_vec();
    let mut least = 0.0_f64;
    for (place, index) in order.into_iter().enumerate() {
        if !probabilities[index].is_nan() {
            least = least.max(probabilities[index] * (probabilities.len() - place) as f64).min(1.0);
            corrected[index] = least;
        }
    }
    corrected
}
