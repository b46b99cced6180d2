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
#[cfg(feature = "push")]
mod http_sink;
mod merged;
mod negotiate;
mod prometheus;
#[cfg(feature = "push")]
mod push_endpoint;
#[cfg(feature = "push")]
mod push_gateway;
#[cfg(feature = "push")]
mod push_outages;
#[cfg(feature = "push")]
mod push_servers;
#[cfg(feature = "push-tls")]
mod push_tls;
#[cfg(feature = "push")]
mod remote_write;
mod replay;
mod request_log;
mod retention;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod server_access;
#[cfg(feature = "server")]
mod server_attacks;
#[cfg(feature = "server")]
mod server_client;
#[cfg(feature = "server-tls")]
mod server_tls;
mod strict_parser;
#[cfg(feature = "push")]
mod write_request;
