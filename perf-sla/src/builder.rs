//! Promises made in code.

use crate::burn_rate::BurnRatePair;
use crate::config::SlaConfig;
use crate::error::{Problem, SlaError};
use crate::good::Good;
use crate::lint;
use crate::objective::{Budgeting, Objective, allowed};
use crate::period::{Period, SHORTEST};
use crate::quantity::Quantity;
use crate::rule::{Certainty, OnNoData, Rule};
use crate::target::{Bound, Indicator, Subject, Target};
use perf_core::Quantile;
use std::collections::BTreeMap;
use std::time::Duration;

/// Makes an [`SlaConfig`] in code: made by [`SlaConfig::builder`].
///
/// ```
/// use perf_sla::{SlaConfig, Targets};
/// use std::time::Duration;
///
/// let ms = Duration::from_millis;
/// let sla = SlaConfig::builder()
///     .overall(Targets::new().max_p95(ms(300)).min_throughput(10.0).min_success_rate(0.95))
///     .operation("retrieval", Targets::new().max_p95(ms(100)))
///     .latency_objective("fast answers", "retrieval", ms(100), 0.99, ms(30 * 86_400_000))
///     .build()?;
/// assert_eq!(sla.targets().len(), 4);
/// # Ok::<(), perf_sla::SlaError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SlaBuilder {
    config: SlaConfig,
}

/// Targets of the whole or of one operation, for an [`SlaBuilder`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Targets {
    limits: Vec<(String, Indicator, Bound, Quantity)>,
    rule: Rule,
}

impl SlaConfig {
    /// Makes promises in code instead of a file.
    pub fn builder() -> SlaBuilder {
        SlaBuilder::default()
    }
}

impl SlaBuilder {
    /// The operation that stands for the whole.
    pub fn overall_operation(mut self, name: &str) -> Self {
        self.config.overall_operation = Some(name.to_owned());
        self
    }

    /// What is left out at the start of a run.
    pub fn warm_up(mut self, warm_up: Duration) -> Self {
        self.config.warm_up = Some(warm_up).filter(|warm_up| !warm_up.is_zero());
        self
    }

    /// Targets for the whole.
    pub fn overall(self, targets: Targets) -> Self {
        self.with(Subject::Overall, "overall", targets)
    }

    /// Targets for one operation.
    pub fn operation(self, name: &str, targets: Targets) -> Self {
        self.with(Subject::Operation(name.to_owned()), &format!("operations.{name}"), targets)
    }

    /// A share of the calls of `operation` that is to succeed within `limit`, over the last `period`.
    pub fn latency_objective(
        self,
        name: &str,
        operation: &str,
        limit: Duration,
        target: f64,
        period: Duration,
    ) -> Self {
        self.objective(name, operation, Good::Latency(limit), target, period)
    }

    /// A share of the calls of `operation` that is to succeed, over the last `period`.
    pub fn success_objective(
        self,
        name: &str,
        operation: &str,
        target: f64,
        period: Duration,
    ) -> Self {
        self.objective(name, operation, Good::Success, target, period)
    }

    fn objective(
        mut self,
        name: &str,
        operation: &str,
        good: Good,
        target: f64,
        period: Duration,
    ) -> Self {
        self.config.objectives.push(Objective {
            name: name.to_owned(),
            description: String::new(),
            operation: Some(operation.to_owned()),
            good,
            target,
            burn_rates: BurnRatePair::of_the_workbook(period, allowed(target)),
            period: Period::Rolling(period),
            budgeting: Budgeting::Occurrences,
            rule: Rule::default(),
            line: None,
        });
        self
    }

    fn with(mut self, subject: Subject, path: &str, targets: Targets) -> Self {
        let rule = targets.rule;
        let target =
            |(key, indicator, bound, limit): (String, Indicator, Bound, Quantity)| Target {
                subject: subject.clone(),
                indicator,
                bound,
                limit,
                rule,
                path: format!("{path}.{key}"),
                line: None,
            };
        self.config.targets.extend(targets.limits.into_iter().map(target));
        self
    }

    /// The promises.
    ///
    /// # Errors
    ///
    /// [`SlaError`] with every limit that nothing can meet or nothing can miss, such as NaN, zero or a
    /// success rate above 1, and every target that was given twice.
    pub fn build(mut self) -> Result<SlaConfig, SlaError> {
        let mut messages = Vec::new();
        // As a file has them: the whole first, then one table for each.
        let mut order = BTreeMap::from([(Subject::Overall, 0)]);
        for target in &self.config.targets {
            let next = order.len();
            order.entry(target.subject.clone()).or_insert(next);
        }
        self.config.targets.sort_by_key(|target| order.get(&target.subject).copied());
        let mut known = std::collections::HashSet::new();
        for target in &self.config.targets {
            if !known.insert(target.path.clone()) {
                messages.push(format!("{} is given twice", target.path));
            }
            if let Some(message) = impossible(target) {
                messages.push(format!("{}: {message}", target.path));
            }
        }
        for group in self.config.targets.chunk_by(|a, b| a.subject == b.subject) {
            if group.iter().any(|target| target.rule != group[0].rule) {
                let subject = &group[0].subject;
                messages.push(format!("{subject}: its targets are to be judged in two ways"));
            }
        }
        for objective in &self.config.objectives {
            let path = format!("objectives.{}", objective.name);
            if objective.name.is_empty() || !known.insert(path.clone()) {
                messages.push(format!("{path}: every objective needs a name of its own"));
            }
            if objective.good == Good::Latency(Duration::ZERO) {
                messages.push(format!("{path}: a latency limit must be above zero"));
            }
            if !(objective.target > 0.0 && allowed(objective.target) > 0.0) {
                messages.push(format!(
                    "{path}: a target of {} is not between 0 and 1",
                    objective.target
                ));
            }
            let longest = Duration::from_secs(366 * 86_400);
            if objective.period.length() < SHORTEST || objective.period.length() > longest {
                messages.push(format!("{path}: a period lies between an hour and 366 days"));
            }
        }
        if self.config.targets.is_empty() && self.config.objectives.is_empty() {
            messages.push(
                "promises nothing; add a target such as overall(Targets::new().max_p95(…))".into(),
            );
        }
        if messages.is_empty() {
            self.config.warnings = lint::warnings(&self.config);
            return Ok(self.config);
        }
        let problems = messages.into_iter().map(|message| Problem { position: None, message });
        Err(SlaError { file: None, problems: problems.collect() })
    }
}

/// Why nothing can meet, or nothing can miss, this target.
fn impossible(target: &Target) -> Option<String> {
    const LONGEST: Duration = Duration::from_nanos(u64::MAX / 2);
    if let Indicator::Percentile(quantile) = target.indicator
        && !(quantile.get() > 0.0 && quantile.get() < 1.0)
    {
        return Some(
            "a percentile lies between 0 and 100; the largest value is max_max".to_owned(),
        );
    }
    if target.rule.window.is_some_and(|window| window.is_zero()) {
        return Some("a window must be above zero".to_owned());
    }
    match target.limit {
        Quantity::Time(time) if time > LONGEST => Some("a latency of centuries".to_owned()),
        Quantity::Time(Duration::ZERO) => Some("a latency limit must be above zero".to_owned()),
        Quantity::Rate(rate) if !(rate > 0.0 && rate.is_finite()) => {
            Some(format!("a throughput of {rate} a second must be above zero"))
        }
        Quantity::Ratio(ratio) if !(ratio > 0.0 && ratio <= 1.0) => {
            Some(format!("a share of {ratio} is not above 0 and at most 1"))
        }
        Quantity::Number(number) if !(number > 0.0 && number <= 1.0) => {
            Some(format!("an Apdex score of {number} is not above 0 and at most 1"))
        }
        _ => None,
    }
}

impl Targets {
    /// None yet.
    pub fn new() -> Self {
        Targets::default()
    }

    /// The median latency is at most this.
    pub fn max_p50(self, limit: Duration) -> Self {
        self.max_percentile(Quantile::P50, limit)
    }

    /// The 90th percentile of the latency is at most this.
    pub fn max_p90(self, limit: Duration) -> Self {
        self.max_percentile(Quantile::P90, limit)
    }

    /// The 95th percentile of the latency is at most this.
    pub fn max_p95(self, limit: Duration) -> Self {
        self.max_percentile(Quantile::P95, limit)
    }

    /// The 99th percentile of the latency is at most this.
    pub fn max_p99(self, limit: Duration) -> Self {
        self.max_percentile(Quantile::P99, limit)
    }

    /// A quantile of the latency is at most this.
    pub fn max_percentile(self, quantile: Quantile, limit: Duration) -> Self {
        let key = format!("max_{quantile}");
        self.with(&key, Indicator::Percentile(quantile), Bound::AtMost, Quantity::Time(limit))
    }

    /// The mean latency is at most this.
    pub fn max_mean(self, limit: Duration) -> Self {
        self.with("max_mean", Indicator::Mean, Bound::AtMost, Quantity::Time(limit))
    }

    /// No call takes longer.
    pub fn max_max(self, limit: Duration) -> Self {
        self.with("max_max", Indicator::Max, Bound::AtMost, Quantity::Time(limit))
    }

    /// At least so many calls a second.
    pub fn min_throughput(self, per_second: f64) -> Self {
        let limit = Quantity::Rate(per_second);
        self.with("min_throughput", Indicator::Throughput, Bound::AtLeast, limit)
    }

    /// At least this share of calls succeeds, such as `0.99`.
    pub fn min_success_rate(self, share: f64) -> Self {
        let limit = Quantity::Ratio(share);
        self.with("min_success_rate", Indicator::SuccessRate, Bound::AtLeast, limit)
    }

    /// At most this share of calls fails, such as `0.01`.
    pub fn max_error_rate(self, share: f64) -> Self {
        let limit = Quantity::Ratio(share);
        self.with("max_error_rate", Indicator::ErrorRate, Bound::AtMost, limit)
    }

    /// The Apdex score is at least this, such as `0.9`, where `threshold` satisfies.
    pub fn min_apdex(self, score: f64, threshold: Duration) -> Self {
        let indicator = Indicator::Apdex { threshold };
        self.with("min_apdex", indicator, Bound::AtLeast, Quantity::Number(score))
    }

    /// How sure met and violated must be.
    pub fn certainty(mut self, certainty: Certainty) -> Self {
        self.rule.certainty = certainty;
        self
    }

    /// With fewer samples a check is inconclusive.
    pub fn min_samples(mut self, count: u64) -> Self {
        self.rule.min_samples = count;
        self
    }

    /// What follows from no samples at all.
    pub fn on_no_data(mut self, on_no_data: OnNoData) -> Self {
        self.rule.on_no_data = on_no_data;
        self
    }

    /// Judge the worst stretch of this length, where there is a timeline.
    pub fn window(mut self, length: Duration) -> Self {
        self.rule.window = Some(length);
        self
    }

    fn with(mut self, key: &str, indicator: Indicator, bound: Bound, limit: Quantity) -> Self {
        self.limits.push((key.to_owned(), indicator, bound, limit));
        self
    }
}
