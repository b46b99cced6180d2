//! What is written for machines. A test's name is the claim.

mod convert;
mod faults;
mod merged;
mod replay;
mod request_log;
mod retention;
