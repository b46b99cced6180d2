//! What is written for machines. A test's name is the claim.

mod convert;
mod csv;
mod exposition;
#[cfg(feature = "prometheus")]
mod exposition_collector;
mod exposition_hostile;
mod exposition_protobuf;
#[cfg(feature = "sla")]
mod exposition_sla;
mod faults;
#[cfg(feature = "generate")]
mod generated;
#[cfg(feature = "generate")]
mod generated_dashboard;
#[cfg(feature = "generate")]
mod generated_hostile;
#[cfg(feature = "generate")]
mod generated_promtool;
#[cfg(feature = "generate")]
mod generated_rules;
#[cfg(feature = "hdr")]
mod hdr_log;
#[cfg(feature = "hdr")]
mod hdr_read_back;
#[cfg(feature = "hdr")]
mod hdr_samples;
mod hgrm;
mod merged;
mod negotiate;
mod prometheus;
mod replay;
mod request_log;
mod retention;
mod strict_parser;
