//! What is written for machines. A test's name is the claim.

mod faults;
mod replay;
mod request_log;
