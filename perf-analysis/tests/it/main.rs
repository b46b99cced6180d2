//! What the crate says, from outside: a file a subject.

mod any_requests;
mod bottlenecks;
mod change_points;
mod comparison;
mod leak;
mod leak_shapes;
mod random;
mod reading;
mod reference;
mod request_statistics;
mod request_totals;
mod request_watch;
mod saturation;
mod stability;
mod trend;
