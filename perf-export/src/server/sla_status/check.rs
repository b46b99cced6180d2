//! A check as JSON: what was promised, what was seen, and the evidence.

use super::moment;
use perf_core::saturating_nanos as nanos;
use perf_sla::{Bound, Budget, Check, Quantity, Subject};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The keys are those that a report's JSON has for a check. What is not known is not there.
pub(super) struct CheckJson<'a>(pub(super) &'a Check);

struct BudgetJson<'a>(&'a Budget);

impl Serialize for CheckJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let check = self.0;
        let target = &check.target;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", &check.status.to_string())?;
        map.serialize_entry("sentence", &check.to_string())?;
        map.serialize_entry("path", &target.path)?;
        map.serialize_entry("subject", &target.subject.to_string())?;
        if let Subject::Operation(name) = &target.subject {
            map.serialize_entry("operation", name)?;
        }
        known(&mut map, "label", check.label.as_ref())?;
        map.serialize_entry("indicator", &target.indicator.to_string())?;
        map.serialize_entry("is_minimum", &(target.bound == Bound::AtLeast))?;
        quantity(&mut map, "limit", Some(target.limit))?;
        quantity(&mut map, "observed", check.observed)?;
        quantity(&mut map, "interval_low", check.interval.0)?;
        quantity(&mut map, "interval_high", check.interval.1)?;
        known(&mut map, "margin_ratio", check.margin())?;
        map.serialize_entry("samples", &check.samples)?;
        known(&mut map, "bad_at_least", check.bad.map(|(least, _)| least))?;
        known(&mut map, "bad_at_most", check.bad.map(|(_, most)| most))?;
        known(&mut map, "bad_ratio_low", check.bad_share.map(|(low, _)| low))?;
        known(&mut map, "bad_ratio_high", check.bad_share.map(|(_, high)| high))?;
        known(&mut map, "samples_needed", check.samples_needed)?;
        known(&mut map, "budget", check.budget.as_ref().map(BudgetJson))?;
        known(&mut map, "note", check.note.as_ref())?;
        known(&mut map, "did_you_mean", check.did_you_mean.as_ref())?;
        map.end()
    }
}

impl Serialize for BudgetJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let budget = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("period", &budget.period.to_string())?;
        map.serialize_entry("from", &moment(budget.from))?;
        map.serialize_entry("to", &moment(budget.to))?;
        map.serialize_entry("coverage_ratio", &budget.coverage)?;
        map.serialize_entry("total", &budget.total)?;
        map.serialize_entry("bad_at_least", &budget.bad.0)?;
        map.serialize_entry("bad_at_most", &budget.bad.1)?;
        map.serialize_entry("allowed", &budget.allowed)?;
        let consumed = Some(budget.consumed).filter(|consumed| consumed.is_finite());
        known(&mut map, "consumed_ratio", consumed)?;
        known(&mut map, "exhausted_in_ns", budget.exhausted_in.map(nanos))?;
        map.end()
    }
}

/// The unit is part of the key: `limit_ns`, `limit_ratio`.
fn quantity<M: SerializeMap>(
    map: &mut M,
    name: &str,
    quantity: Option<Quantity>,
) -> Result<(), M::Error> {
    match quantity {
        Some(Quantity::Time(time)) => map.serialize_entry(&format!("{name}_ns"), &nanos(time)),
        Some(Quantity::Rate(rate)) => map.serialize_entry(&format!("{name}_per_second"), &rate),
        Some(Quantity::Ratio(ratio)) => map.serialize_entry(&format!("{name}_ratio"), &ratio),
        Some(Quantity::Bytes(bytes)) => map.serialize_entry(&format!("{name}_bytes"), &bytes),
        Some(Quantity::Number(number)) => map.serialize_entry(&format!("{name}_value"), &number),
        _ => Ok(()),
    }
}

fn known<M: SerializeMap>(
    map: &mut M,
    key: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}
