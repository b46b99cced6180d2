//! What is written for machines. A test's name is the claim.

mod faults;
mod request_log;
