//! Rate and errors.

use crate::generate::dashboard::board::Board;
use crate::generate::dashboard::panel::Panel;
use crate::generate::dashboard::query::{RANGE, by, legend, matcher};
use crate::generate::generator::Generator;

pub(in crate::generate::dashboard) fn calls(generator: &Generator, board: &mut Board) {
    let mut rate =
        Panel::lines("Calls a second", "reqps", "Calls that ended, successes and failures.");
    let text = "The share of calls that failed.";
    let mut errors = Panel::lines("Failed calls", "percentunit", text);
    let text = "Failures whose kind is known, a second.";
    let mut kinds = Panel::lines("Failures by kind", "reqps", text);
    let error = [matcher("status", "=", "error")];
    for group in generator.families().groups() {
        let by_name = by(&[group.label]);
        let of = |name: &str, more: &[String]| {
            let chosen = generator.chosen_operations(group.label, more);
            format!("sum{by_name} (rate({name}{chosen}{RANGE}))")
        };
        let name = legend(group.label, "request");
        let all = of(&group.requests, &[]);
        errors = errors.with(format!("{}\n/ {all}", of(&group.requests, &error)), &*name);
        rate = rate.with(all, &*name);
        let chosen = generator.chosen_operations(group.label, &[]);
        let by_kind = by(&[group.label, Some("kind")]);
        kinds = kinds.with(
            format!("sum{by_kind} (rate({}{chosen}{RANGE}))", group.failures),
            format!("{name} {{{{kind}}}}"),
        );
    }
    board.row("Calls", vec![rate, errors, kinds]);
}
