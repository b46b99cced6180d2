//! Our families in a registry of the crate `prometheus`.

use super::exposition::{scraped, service};
use super::strict_parser::{Families, parse_text};
use perf_export::prometheus::{Exposition, ProfilerCollector};
use prometheus::{IntCounter, Registry, TextEncoder};

fn gathered(registry: &Registry) -> Families {
    parse_text(&TextEncoder::new().encode_to_string(&registry.gather()).unwrap())
}

/// One spelling of every edge, and samples in one order.
fn normal(mut families: Families) -> Families {
    for family in families.values_mut() {
        for sample in &mut family.samples {
            if let Some(edge) = sample.labels.get_mut("le")
                && edge != "+Inf"
            {
                *edge = edge.parse::<f64>().unwrap().to_string();
            }
        }
        family.samples.sort_by(|a, b| (&a.name, &a.labels).cmp(&(&b.name, &b.labels)));
    }
    families
}

#[test]
fn the_text_of_a_registry_agrees_with_ours() {
    let profiler = service();
    let registry = Registry::new();
    let collector = ProfilerCollector::new(&profiler, Exposition::new()).unwrap();
    registry.register(Box::new(collector)).unwrap();
    let ours = scraped(&Exposition::new(), &profiler.lifetime());
    assert_eq!(normal(gathered(&registry)), normal(ours));
}

#[test]
fn it_stands_beside_the_metrics_that_a_registry_has() {
    let (profiler, registry) = (service(), Registry::new());
    let own = IntCounter::new("shop_orders_total", "Orders").unwrap();
    registry.register(Box::new(own.clone())).unwrap();
    let collector = || Box::new(ProfilerCollector::new(&profiler, Exposition::new()).unwrap());
    registry.register(collector()).unwrap();
    assert!(registry.register(collector()).is_err(), "the same families twice are refused");
    own.inc();
    let all = gathered(&registry);
    assert!(all.contains_key("shop_orders_total") && all.contains_key("perf_losses_total"));
}
