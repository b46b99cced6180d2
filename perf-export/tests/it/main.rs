//! What is written for machines. A test's name is the claim.

mod convert;
mod csv;
mod exposition;
#[cfg(feature = "prometheus")]
mod exposition_collector;
mod exposition_hostile;
mod exposition_protobuf;
mod faults;
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
