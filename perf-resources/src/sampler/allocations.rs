//! What the global allocator counts, beside what the process uses.

use super::series::SeriesWriter;
use crate::alloc::AllocationTotals;

/// Name, unit and meaning, as those of the other series.
pub(super) const METRICS: [(&str, &str, &str); 4] = [
    ("process_allocated_bytes", "bytes", "Bytes allocated and not freed"),
    ("process_peak_allocated_bytes", "bytes", "The most bytes that ever were allocated"),
    ("process_allocations_total", "", "Blocks allocated"),
    ("process_allocations_bytes_total", "bytes", "Bytes of all allocations"),
];

/// Writes nothing where nobody counts.
pub(super) fn write(series: &mut SeriesWriter) {
    let Some(totals) = AllocationTotals::read() else { return };
    series.set_whole("process_allocated_bytes", Some(totals.live_bytes));
    series.set_whole("process_peak_allocated_bytes", Some(totals.peak_bytes));
    series.raise("process_allocations_total", None, Some(totals.allocations));
    series.raise("process_allocations_bytes_total", None, Some(totals.allocated_bytes));
}
