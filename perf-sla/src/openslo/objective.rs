//! One objective of an SLO: an objective of ours, or a target.

use super::fields::Fields;
use super::indicator::{Indicator, Measure};
use super::slo::{Common, Reader};
use super::target;
use crate::burn_rate::BurnRatePair;
use crate::config::SlaConfig;
use crate::document::{Node, Place};
use crate::good::Good;
use crate::metric::Metric;
use crate::objective::{Budgeting, Objective, allowed};
use crate::period::Period;
use crate::rule::Rule;
use std::time::Duration;

impl<'n> Reader<'_, 'n> {
    /// Reads one of several, or with `number: None` the only one, whose SLO has this `shared` indicator.
    pub(super) fn objective(
        &mut self,
        node: &'n Node,
        number: Option<usize>,
        is_target: bool,
        common: &Common<'n>,
        shared: Option<&Option<Indicator>>,
    ) {
        let keys = [
            "displayName",
            "op",
            "value",
            "target",
            "targetPercent",
            "timeSliceTarget",
            "timeSliceWindow",
            "indicator",
            "indicatorRef",
        ];
        let Some(fields) = self.findings.fields(node, "objective", &keys) else { return };
        let display = self.findings.text(fields, "displayName");
        let title = match (number, display) {
            (Some(_), Some(display)) => format!("{}: {display}", common.title),
            (Some(number), None) => format!("{} {number}", common.title),
            (None, _) => common.title.to_owned(),
        };
        if number.is_none() && display.is_some_and(|display| display != title) {
            let message = "displayName: an SLO with one objective is called as the SLO is";
            self.findings.leave_out(fields.place_of("displayName"), message);
        }
        let own = self.indicator(fields, &title);
        let indicator = match (own, shared) {
            (Some(_), Some(_)) => {
                let message = "an indicator stands at the SLO or at each objective, not at both";
                return self.findings.fault(node.place, message);
            }
            (None, None) => {
                let message = format!("{title:?} lacks an indicator or an indicatorRef");
                return self.findings.fault(node.place, message);
            }
            (Some(own), None) => {
                let message = "objectives with indicators of their own: each is judged by itself, not their \
                               composite";
                self.findings.leave_out(node.place, message);
                own
            }
            (None, Some(shared)) => shared.clone(),
        };
        let share = target::share(fields, self.findings);
        let budgeting = target::budgeting(fields, common.method, common.slice, self.findings);
        let (Some(indicator), Some(share)) = (indicator, share) else { return };
        let measure = match indicator {
            Ok(measure) => measure,
            Err(why) => {
                return self.findings.leave_out(node.place, format!("the SLO {title:?}: {why}"));
            }
        };
        if let Measure::Events { .. } | Measure::Metric(_) = measure {
            for key in ["op", "value"].into_iter().filter(|key| fields.get(key).is_some()) {
                let message = format!("{key}: a ratio has no threshold beside its target");
                self.findings.leave_out(fields.place_of(key), message);
            }
        }
        let line = Some(self.lines.line(node.place));
        if let Some(target) =
            target::of(&measure, share, fields, is_target, (common.rule, line), self.findings)
        {
            if let Some(target) = target {
                self.leave_out_of_target(common, node.place);
                self.metric(&measure, node.place);
                self.targets.push(node.place);
                self.config.targets.push(target);
            }
            return;
        }
        if let Measure::Events { of_successes: true, .. } = measure {
            let message = "count: successes: an objective counts failures too, as bad events";
            self.findings.leave_out(node.place, message);
        }
        let Some((operation, good)) = self.good(measure, fields, node.place) else { return };
        let Some(budgeting) = budgeting else { return };
        if share <= 0.0 {
            let message = format!("the SLO {title:?}: a target of 0 is met by everything");
            return self.findings.leave_out(node.place, message);
        }
        self.promise(node.place, title, share, (operation, good), budgeting, common);
    }

    /// What an SLO may have and a target has not.
    fn leave_out_of_target(&mut self, common: &Common<'_>, place: Place) {
        let thirty_days = Period::Rolling(Duration::from_secs(30 * 86_400));
        for (has, what) in [
            (!common.description.is_empty(), "a description"),
            (common.period != thirty_days, "a timeWindow; it is judged over whatever was measured"),
            (common.method != "Occurrences", "time slices"),
            (!common.policies.is_empty(), "a budget that burns, and so no alertPolicies"),
        ] {
            if has {
                let message = format!("{:?} becomes a target, which has not {what}", common.title);
                self.findings.leave_out(place, message);
            }
        }
    }

    fn promise(
        &mut self,
        place: Place,
        title: String,
        share: f64,
        (operation, good): (Option<String>, Good),
        budgeting: Budgeting,
        common: &Common<'n>,
    ) {
        let is_taken = |name: &str, config: &SlaConfig| {
            config.objectives.iter().any(|objective| objective.name == name)
        };
        let name = match is_taken(&title, self.config) {
            // What people call it need not be unique in OpenSLO.
            true => format!("{title} ({})", common.name),
            false => title,
        };
        if is_taken(&name, self.config) {
            return self.findings.fault(place, format!("a second objective is called {name:?}"));
        }
        let burn_rates = self.burn_rates(common, allowed(share));
        self.objectives.push(place);
        self.config.objectives.push(Objective {
            name,
            description: common.description.to_owned(),
            operation,
            good,
            target: share,
            period: common.period.clone(),
            budgeting,
            burn_rates,
            rule: Rule { window: None, ..common.rule },
            line: Some(self.lines.line(place)),
        });
    }

    fn burn_rates(&mut self, common: &Common<'_>, allowed: f64) -> Vec<BurnRatePair> {
        let mut pairs = Vec::new();
        for (burn, place) in &common.policies {
            let Some(burn) = burn else { continue };
            match burn.pair(common.period.length(), allowed) {
                Ok(pair) => pairs.push(pair),
                Err(why) => self.findings.leave_out(*place, format!("an alert policy: {why}")),
            }
        }
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.severity));
        pairs
    }

    /// Which events are good.
    fn good(
        &mut self,
        measure: Measure,
        fields: Fields<'n>,
        place: Place,
    ) -> Option<(Option<String>, Good)> {
        match measure {
            Measure::Events { operation, good, .. } => Some((operation, good)),
            Measure::Metric(ref metric) => {
                let name = metric.name.clone();
                self.metric(&measure, place);
                Some((None, Good::Metric(name)))
            }
            Measure::Latency { operation, a_second } => {
                let limit = target::threshold(fields, &["lte", "lt"], self.findings)?;
                match Duration::try_from_secs_f64(limit / a_second) {
                    Ok(limit) if !limit.is_zero() => Some((operation, Good::Latency(limit))),
                    _ => {
                        let message =
                            format!("a latency of {limit} is longer than anything can be");
                        self.findings.fault(fields.place_of("value"), message);
                        None
                    }
                }
            }
            Measure::Throughput { .. } => None,
        }
    }

    /// Adds the metric of the measure, if it is one and is not there yet.
    fn metric(&mut self, measure: &Measure, place: Place) {
        let Measure::Metric(metric) = measure else { return };
        let same = |known: &&Metric| known.name == metric.name;
        match self.config.metrics.iter().find(same) {
            None => self.config.metrics.push(metric.clone()),
            Some(known) if known == metric => {}
            Some(_) => {
                let message = format!(
                    "another metric is called {:?}; give it a name of its own with metric: NAME",
                    metric.name
                );
                self.findings.fault(place, message);
            }
        }
    }
}
