//! What is written for machines. A test's name is the claim.

mod convert;
mod faults;
mod merged;
mod prometheus;
mod replay;
mod request_log;
mod retention;
