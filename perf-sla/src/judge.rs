//! The rule for each kind of target. docs/sla.md has them as a table.

use crate::check::{Basis, Check};
use crate::objective::allowed;
use crate::quantity::Quantity;
use crate::rule::{Certainty, How};
use crate::status::Status;
use crate::target::{Bound, Indicator, Target, tolerated};
use perf_analysis::{
    Confidence, CountTest, Evidence, MeanEstimate, quantile_interval, ratio_interval,
};
use perf_core::saturating_nanos;
use perf_core::{Distribution, OperationSnapshot, Quantile};
use std::time::Duration;

/// Judges a target for calls. Latencies are those of the successes that were timed.
pub(crate) fn calls(target: &Target, operation: &OperationSnapshot, how: How) -> Check {
    if operation.count() == 0 {
        return Check::without_data(target.clone());
    }
    let latency = operation.latency();
    match (target.indicator, target.limit) {
        (Indicator::Percentile(quantile), Quantity::Time(limit)) => {
            let bad = over(operation, limit);
            percentile(target, latency, quantile, bad, time, how)
        }
        (Indicator::Max, Quantity::Time(limit)) => {
            let bad = over(operation, limit);
            let observed = operation.max().map(Quantity::Time);
            Check { bad: Some(bad), ..compare(target, latency.count(), observed) }
        }
        (Indicator::Mean, Quantity::Time(limit)) => {
            let nanos = |nanos: f64| time(nanos as u64);
            mean(target, latency, limit.as_nanos() as f64, nanos, how)
        }
        (Indicator::Throughput, _) => {
            compare(target, operation.count(), operation.throughput().map(Quantity::Rate))
        }
        (Indicator::SuccessRate, Quantity::Ratio(limit)) => {
            let (bad, count) = (operation.failures(), operation.count());
            share(target, (bad, bad), count, allowed(limit), how)
        }
        (Indicator::ErrorRate, Quantity::Ratio(limit)) => {
            let (bad, count) = (operation.failures(), operation.count());
            turned(share(target, (bad, bad), count, limit, how))
        }
        (Indicator::Apdex { threshold }, Quantity::Number(limit)) => {
            apdex(target, operation, threshold, limit, how)
        }
        _ => Check::without_data(target.clone()),
    }
}

/// Judges a target for a histogram of whole numbers.
pub(crate) fn values(target: &Target, values: &Distribution, how: How) -> Check {
    let Quantity::Number(limit) = target.limit else { return Check::without_data(target.clone()) };
    let number = |value: u64| Quantity::Number(value as f64);
    match target.indicator {
        _ if values.is_empty() => Check::without_data(target.clone()),
        Indicator::Percentile(quantile) => {
            // A whole number is above the limit if it is above the limit's whole part.
            let bad = values.count_above(limit as u64);
            percentile(target, values, quantile, bad, number, how)
        }
        Indicator::Max => {
            let bad = values.count_above(limit as u64);
            Check { bad: Some(bad), ..compare(target, values.count(), values.max().map(number)) }
        }
        Indicator::Mean => mean(target, values, limit, Quantity::Number, how),
        _ => Check::without_data(target.clone()),
    }
}

/// By the count of values over the limit: exact where the operation has that limit, else as far as the
/// limit's bucket tells.
fn percentile(
    target: &Target,
    values: &Distribution,
    quantile: Quantile,
    bad: (u64, u64),
    unit: impl Fn(u64) -> Quantity,
    how: How,
) -> Check {
    let samples = values.count();
    if samples == 0 {
        return Check::without_data(target.clone());
    }
    let tolerated = samples - quantile.rank(samples);
    let (low, high) = match how.with_evidence {
        true => quantile_interval(values, quantile, Confidence::P95),
        false => (None, None),
    };
    let check = counted(target, bad, samples, allowed(quantile.get()), tolerated, how);
    Check {
        observed: values.quantile(quantile).map(&unit),
        interval: (low.map(&unit), high.map(&unit)),
        ..check
    }
}

/// A share of good events that must be at least what `allowed` leaves.
pub(crate) fn share(
    target: &Target,
    bad: (u64, u64),
    samples: u64,
    allowed: f64,
    how: How,
) -> Check {
    if samples == 0 {
        return Check::without_data(target.clone());
    }
    // In decimal: 5 % of 100 is 5 and not 4.999.
    let tolerated = (allowed * samples as f64 + 1e-9) as u64;
    let good = |bad: u64| Quantity::Ratio((samples - bad.min(samples)) as f64 / samples as f64);
    let check = counted(target, bad, samples, allowed, tolerated, how);
    let interval = match check.bad_share {
        Some((low, high)) => (Some(Quantity::Ratio(1.0 - high)), Some(Quantity::Ratio(1.0 - low))),
        None => (None, None),
    };
    Check { observed: Some(good(bad.1)), interval, ..check }
}

fn counted(
    target: &Target,
    bad: (u64, u64),
    samples: u64,
    allowed: f64,
    tolerated: u64,
    how: How,
) -> Check {
    let (status, samples_needed) = match how.certainty {
        Certainty::Firm(confidence) if allowed > 0.0 && !how.with_evidence => {
            let test = CountTest::new(allowed, confidence);
            let status = match () {
                () if test.is_violated_by(bad.0, samples) => Status::Violated,
                () if test.is_met_by(bad.1, samples) => Status::Met,
                () => Status::Inconclusive,
            };
            (status, None)
        }
        Certainty::Firm(confidence) if allowed > 0.0 => {
            match CountTest::new(allowed, confidence).judge(bad, samples) {
                Evidence::FirmlyMet => (Status::Met, None),
                Evidence::FirmlyViolated => (Status::Violated, None),
                Evidence::Open { needed } => (Status::Inconclusive, needed),
            }
        }
        // Nothing can be firm about "never": this is what was seen.
        _ if bad.1 <= tolerated => (Status::Met, None),
        _ => (Status::Violated, None),
    };
    let bad_share = how.with_evidence.then(|| {
        let (low, _) = ratio_interval(bad.0, samples, Confidence::P95);
        let (_, high) = ratio_interval(bad.1, samples, Confidence::P95);
        (low, high)
    });
    let basis = if bad.0 == bad.1 { Basis::Counted } else { Basis::Buckets };
    let empty = Check::without_data(target.clone());
    Check { status, samples, bad: Some(bad), bad_share, samples_needed, basis, ..empty }
}

/// Firm by the central limit theorem, which takes some values.
fn mean(
    target: &Target,
    values: &Distribution,
    limit: f64,
    unit: impl Fn(f64) -> Quantity,
    how: How,
) -> Check {
    let observed = values.mean().map(&unit);
    let plain = compare(target, values.count(), observed);
    let Certainty::Firm(confidence) = how.certainty else { return plain };
    let samples = values.count();
    let fewest = MeanEstimate::FEWEST;
    let estimate = MeanEstimate::of(values).filter(|estimate| estimate.count >= fewest);
    let open = |needed| Check {
        status: Status::Inconclusive,
        samples_needed: needed,
        basis: Basis::Estimated,
        ..plain.clone()
    };
    let Some(estimate) = estimate else {
        return match samples {
            0 => plain,
            _ => open(Some(fewest - samples)),
        };
    };
    let margin = estimate.margin(confidence);
    let bound = |value: f64| Some(unit(value.max(0.0)));
    let interval = match how.with_evidence {
        true => {
            let two_sided = estimate.margin(confidence.of_each(2));
            (bound(estimate.mean - two_sided), bound(estimate.mean + two_sided))
        }
        false => (None, None),
    };
    let distance = estimate.mean - limit;
    let status = if distance > margin {
        Status::Violated
    } else if -distance >= margin {
        Status::Met
    } else {
        // The margin shrinks with the root of the count.
        let total = samples as f64 * (margin / distance).powi(2);
        let needed =
            (total.is_finite() && total < 1e9).then(|| (total as u64).saturating_sub(samples) + 1);
        return Check { interval, ..open(needed) };
    };
    Check { status, interval, basis: Basis::Estimated, ..plain }
}

/// Firm by Hoeffding's inequality (1963): a mean of values in 0..=1 lies seldom further from the true
/// one than the root of ln(1 / alpha) / 2n.
fn apdex(
    target: &Target,
    operation: &OperationSnapshot,
    threshold: Duration,
    limit: f64,
    how: How,
) -> Check {
    let timed = operation.latency().count();
    let samples = timed + operation.failures();
    if samples == 0 {
        return Check::without_data(target.clone());
    }
    let (slow, very_slow) = (over(operation, threshold), over(operation, tolerated(threshold)));
    let score = |slow: u64, very_slow: u64| {
        ((timed - slow) as f64 + (slow.max(very_slow) - very_slow) as f64 / 2.0) / samples as f64
    };
    let (low, high) = (score(slow.1, very_slow.1), score(slow.0, very_slow.0));
    let (status, samples_needed) = match how.certainty {
        Certainty::Point if low >= limit => (Status::Met, None),
        Certainty::Point => (Status::Violated, None),
        Certainty::Firm(confidence) => {
            let chance = (1.0 / confidence.alpha()).ln() / 2.0;
            let margin = (chance / samples as f64).sqrt();
            if high + margin < limit {
                (Status::Violated, None)
            } else if low - margin >= limit {
                (Status::Met, None)
            } else {
                let total = chance / (low - limit).powi(2);
                let needed = (total < 1e9).then(|| (total as u64).saturating_sub(samples) + 1);
                (Status::Inconclusive, needed)
            }
        }
    };
    let exact = slow.0 == slow.1 && very_slow.0 == very_slow.1;
    Check {
        status,
        observed: Some(Quantity::Number(low)),
        samples,
        samples_needed,
        basis: if exact { Basis::Counted } else { Basis::Buckets },
        ..Check::without_data(target.clone())
    }
}

/// Plainly: the interval was watched whole, so what was seen is known.
pub(crate) fn compare(target: &Target, samples: u64, observed: Option<Quantity>) -> Check {
    let Some(observed) = observed else { return Check::without_data(target.clone()) };
    if matches!(observed, Quantity::Number(number) | Quantity::Ratio(number) if number.is_nan()) {
        let note = Some("was not a number".to_owned());
        let status = Status::Inconclusive;
        return Check { status, samples, note, ..Check::without_data(target.clone()) };
    }
    let kept = target.bound.allows(observed, target.limit);
    let status = if kept { Status::Met } else { Status::Violated };
    Check { status, observed: Some(observed), samples, ..Check::without_data(target.clone()) }
}

/// A check of a share whose limit is for the events that [`share`] calls bad: what was observed, and
/// where it lies, is their share.
pub(crate) fn turned(check: Check) -> Check {
    let Some((_, bad)) = check.bad.filter(|_| check.samples > 0) else { return check };
    let observed = Some(Quantity::Ratio(bad as f64 / check.samples as f64));
    let bound = |bound: f64| Some(Quantity::Ratio(bound));
    let interval = check.bad_share.map_or((None, None), |(low, high)| (bound(low), bound(high)));
    Check { observed, interval, ..check }
}

fn time(nanos: u64) -> Quantity {
    Quantity::Time(Duration::from_nanos(nanos))
}

/// How many timed successes took longer than `limit`: at least and at most.
pub(crate) fn over(operation: &OperationSnapshot, limit: Duration) -> (u64, u64) {
    match operation.over(limit) {
        Some(over) if over.exact => (over.successes, over.successes),
        _ => operation.latency().count_above(saturating_nanos(limit)),
    }
}

/// Whether `a` is worse for the target than `b`: a violation before anything else, then what has data but
/// cannot be compared, then by what was observed.
pub(crate) fn is_worse(a: &Check, b: &Check) -> bool {
    let class = |check: &Check| match check.status {
        Status::Violated => 2,
        _ if check.samples > 0 && check.observed.is_none() => 1,
        _ => 0,
    };
    let severity = |check: &Check| {
        let bad = check.bad.filter(|_| check.samples > 0);
        // A share of bad events says more than a percentile, which has no more than one value.
        bad.map(|(_, most)| most as f64 / check.samples as f64).or_else(|| {
            let margin = check.margin()?;
            Some(if check.target.bound == Bound::AtMost { margin } else { -margin })
        })
    };
    (class(a), severity(a)) > (class(b), severity(b))
}
