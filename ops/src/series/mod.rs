//! The rollup engine, once for whatever is recorded.
//!
//! A recorder counts or samples → [`Series`] keeps it in the running minute (`local`), closes the minute
//! when the clock turns, and writes it to the [store](SeriesStore) (`sync`) → it reads back what other
//! processes and earlier runs wrote (`history`), and keeps windows of it (`window`), so that a page
//! never waits for the store (`cache`) → a [`Summary`] for each period. What is told apart by key, a
//! route for example, is too much to be held in memory and is read when somebody asks (`details`).
//! In the store minutes are rolled up to hours, and these to days (`rollup`), which are kept longer.
//!
//! What a row carries is its [`Payload`]'s business. Recorders live in folders of their own; no
//! tenant's name appears here.

mod cache;
mod details;
mod history;
mod local;
#[cfg(test)]
mod memory_store;
mod payload;
mod rollup;
#[expect(
    clippy::module_inception,
    reason = "the folder's one type for the outside"
)]
mod series;
mod status;
mod store;
mod summary;
mod sync;
mod varint;
mod window;

pub use details::Details;
#[cfg(test)]
pub(crate) use memory_store::MemoryStore;
pub use payload::{Corrupt, Payload};
pub use series::Series;
pub(crate) use status::StoreStatus;
#[cfg(test)]
pub(crate) use store::RETENTION_MINUTES;
pub use store::{InstanceFilter, Kind, Retention, Row, Run, SeriesStore, StoreError};
pub(crate) use store::{SHOWN_MINUTES, in_time};
pub use summary::{Point, Summary};
pub(crate) use varint::{read_varint, write_varint};

/// What distinguishes one series from another, besides its payload.
#[derive(Clone, Copy)]
pub struct Spec {
    /// What waits for the store while that is away, as a line in the log names it.
    pub what: &'static str,
    /// Of the rows of everything together.
    pub total: Kind,
    /// Of the rows for each key, if any are recorded.
    pub by_key: Option<ByKey>,
    pub idle: Idle,
}

#[derive(Clone, Copy)]
pub struct ByKey {
    pub kind: Kind,
    /// Which part of a key is shown; rows of keys that share it are summed. Of an empty key, that of
    /// the total, it is empty.
    pub group: fn(&str) -> &str,
}

/// What a minute in which nothing was recorded says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// The process was up, and there was nothing to record.
    Covered,
    /// Nothing: whoever records regularly did not get to it.
    Unknown,
}

impl Spec {
    fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        let by_key = self.by_key.map(|by_key| by_key.kind);
        std::iter::once(self.total).chain(by_key)
    }
}
