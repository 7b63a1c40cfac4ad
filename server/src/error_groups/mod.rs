//! Errors by what they are, as this service collects and shows them. The engine is
//! [`ops::errors`].

mod collector;
mod figures;

pub use collector::collect;
pub use figures::{entry, group, groups, named, window};
