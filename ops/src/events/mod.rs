//! What happened: starts, stops, versions, migrations. The one source of marks on charts.
//!
//! Events are no series: each is a fact of its own, written once and never merged.

mod event;
mod event_log;
#[cfg(test)]
mod memory_store;

pub use event::{Event, EventKind, EventStore};
pub use event_log::EventLog;
#[cfg(test)]
pub(crate) use memory_store::MemoryEvents;
