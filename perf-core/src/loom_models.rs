//! Models of what recording rests on (ARCHITECTURE.md), explored by loom: `cargo xtask loom`.
//!
//! They run the real types with fewer slots, pages and indices. What a model claims is an assertion, or
//! loom's own: that nothing is used before it is published, and that nobody stores to a cell whose sole
//! writer did not hand it on. Each has a broken twin that must fail: mostly the very same code, with one
//! ordering forgotten (`weaken`).
//!
//! The initial thread writes and the thread spawned last reads. loom looks first at the execution in which
//! threads run in this order, and finds the others from its reads; from the opposite order it would not
//! see that a read matters when its writer reads the same cell before the store (loom issue 166).
//! So that a model cannot go blind unnoticed, it says which outcomes there are.

mod explore;
mod fold;
mod hand_over;
mod intervals;
mod limits;
mod paths;
mod record;
mod registration;
