//! What the crate says, from outside: a file a subject.

mod bottlenecks;
mod comparison;
mod random;
mod reading;
mod reference;
mod stability;
mod trend;
