//! Errors by what they are, as this service collects, stores and shows them. The engine is
//! [`ops::errors`].

mod collector;
mod figures;
mod store;

pub use collector::collect;
pub use figures::groups;
pub use store::ErrorGroupStore;
