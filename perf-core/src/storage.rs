//! What recording writes: buckets in pages, pages in shards, one shard a thread and operation.
//!
//! Read in this order: where a value goes (`layout`), how memory becomes visible (`published`),
//! what is counted (`cells`), by whom (`thread_index`, `shard_table`). Scopes have paths besides
//! (`call_paths`).

mod call_counts;
mod call_paths;
mod cells;
mod folded;
mod layout;
mod name_hash;
mod open_scopes;
mod operations;
mod path_nodes;
mod published;
mod registry;
mod series_set;
mod shard;
mod shard_table;
mod thread_index;

pub(crate) use call_counts::Counts;
pub(crate) use call_paths::CallPaths;
pub(crate) use cells::{Attempt, Cells, CellsReading, pages_in};
pub(crate) use layout::{PAGES, SLOTS, bucket_range, page_and_slot};
pub(crate) use open_scopes::Place;
pub(crate) use operations::{Make, Operations};
#[cfg(all(test, loom))]
pub(crate) use path_nodes::{PathNodes, Room, Slot};
pub(crate) use published::Published;
pub(crate) use registry::Registry;
pub(crate) use series_set::SeriesSet;
pub(crate) use shard::{FailureShard, Shard};
pub(crate) use shard_table::ShardTable;
pub(crate) use thread_index::ThreadIndex;
