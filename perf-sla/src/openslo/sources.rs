//! Indicators as they are written: metric sources of the type `perfkit`.

use super::SOURCE;
use super::parts::share_of;
use super::yaml::{Yaml, table, text};
use crate::config::SlaConfig;
use crate::good::Good;
use crate::metric::{Metric, MetricSource};
use crate::objective::Objective;
use crate::quantity::{Quantity, span};
use crate::series_pattern::SeriesPattern;
use crate::target::{Indicator, Subject, Target};

/// The indicator of a target and the share of good events it promises; a floor has none. Or why OpenSLO
/// cannot say it.
pub(super) fn of_target(
    config: &SlaConfig,
    target: &Target,
) -> Result<(Yaml, Option<f64>), &'static str> {
    let operation = match &target.subject {
        Subject::Overall => None,
        Subject::Operation(name) => Some(name.as_str()),
        Subject::Metric(name) => return of_metric_target(config, name, target),
        _ => return Err("what the process uses is no share of good events"),
    };
    let indicator = match (target.indicator, target.limit) {
        (Indicator::Percentile(_), Quantity::Time(limit)) => {
            // A percentile is of the latencies of successes; failures do not count.
            let counted = || of_operation("successes", operation);
            let good = text(format!("latency <= {}", span(limit)));
            ratio("good", counted().with("good", good), counted())
        }
        (Indicator::SuccessRate, Quantity::Ratio(limit)) if limit < 1.0 => {
            good_calls(operation, "success")
        }
        (Indicator::SuccessRate, _) => return Err("a target of OpenSLO is less than 100 %"),
        (Indicator::ErrorRate, _) => {
            let failed = calls(operation).with("bad", text("failure"));
            ratio("bad", failed, calls(operation))
        }
        (Indicator::Throughput, _) => {
            let spec = with_operation(table([("measure", text("throughput"))]), operation);
            return Ok((table([("thresholdMetric", source(spec))]), None));
        }
        (Indicator::Mean, _) => return Err("a mean is no share of good events"),
        (Indicator::Max, _) => return Err("a largest value promises 100 %, a target is less"),
        (Indicator::Apdex { .. }, _) => {
            return Err("Apdex counts half events, which no share of good events does");
        }
        _ => return Err("it is no share of good events"),
    };
    Ok((indicator, share_of(target)))
}

/// The indicator of an objective, unless its metric is missing.
pub(super) fn of_objective(config: &SlaConfig, objective: &Objective) -> Option<Yaml> {
    let operation = objective.operation.as_deref();
    match &objective.good {
        Good::Metric(name) => of_metric(config.metrics.iter().find(|known| known.name == *name)?),
        Good::Joint(_) => {
            let requests = || table([("count", text("requests"))]);
            let good = requests().with("good", text(objective.good.to_string()));
            Some(ratio("good", good, requests()))
        }
        good => Some(good_calls(operation, &good.to_string())),
    }
}

fn of_metric_target(
    config: &SlaConfig,
    name: &str,
    target: &Target,
) -> Result<(Yaml, Option<f64>), &'static str> {
    let metric = config.metrics.iter().find(|known| known.name == name);
    match (target.indicator, target.limit, target.bound) {
        (Indicator::GoodRatio, Quantity::Ratio(limit), crate::target::Bound::AtLeast)
            if limit < 1.0 =>
        {
            let indicator = metric.and_then(of_metric).ok_or("its metric is no ratio")?;
            Ok((indicator, share_of(target)))
        }
        (Indicator::GoodRatio, _, crate::target::Bound::AtLeast) => {
            Err("a target of OpenSLO is less than 100 %")
        }
        (Indicator::GoodRatio, ..) => Err("a share of good events has no upper limit in OpenSLO"),
        (Indicator::Value, ..) => Err("the value of a gauge is no share of good events"),
        (Indicator::Growth | Indicator::Rate, ..) => {
            Err("the growth of a counter is no share of good events")
        }
        _ => {
            Err("a histogram of one's own is not counted against a limit; use a ratio of counters")
        }
    }
}

fn of_metric(metric: &Metric) -> Option<Yaml> {
    let MetricSource::Ratio { good, bad, total } = &metric.source else { return None };
    let named = |pattern: &SeriesPattern| {
        let spec = table([("metric", text(&*metric.name)), ("series", text(pattern.to_string()))]);
        spec.with_some("by", metric.by.as_deref().map(text))
    };
    Some(match (good, bad, total) {
        (Some(good), _, Some(total)) => ratio("good", named(good), named(total)),
        (None, Some(bad), Some(total)) => ratio("bad", named(bad), named(total)),
        // OpenSLO wants the sum; what it is of stands beside it.
        (Some(good), Some(bad), None) => {
            let sum = SeriesPattern::parse(&format!("{good} + {bad}")).ok()?;
            ratio("good", named(good), named(&sum).with("bad", text(bad.to_string())))
        }
        _ => return None,
    })
}

fn good_calls(operation: Option<&str>, good: &str) -> Yaml {
    ratio("good", calls(operation).with("good", text(good)), calls(operation))
}

fn calls(operation: Option<&str>) -> Yaml {
    of_operation("calls", operation)
}

fn of_operation(counted: &str, operation: Option<&str>) -> Yaml {
    with_operation(table([("count", text(counted))]), operation)
}

fn with_operation(spec: Yaml, operation: Option<&str>) -> Yaml {
    spec.with_some("operation", operation.map(text))
}

fn ratio(part: &str, numerator: Yaml, total: Yaml) -> Yaml {
    let counter = Yaml::Plain("true".to_owned());
    let parts = table([("counter", counter), (part, source(numerator)), ("total", source(total))]);
    table([("ratioMetric", parts)])
}

fn source(spec: Yaml) -> Yaml {
    table([("metricSource", table([("type", text(SOURCE)), ("spec", spec)]))])
}
