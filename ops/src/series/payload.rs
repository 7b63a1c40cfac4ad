//! What a row carries.

use crate::clock::Minute;

/// What was measured during some time: counters, a histogram, levels. The parts of a longer time are
/// merged, in any order, and never averaged.
pub trait Payload: Default + Send + Sync + 'static {
    fn merge(&mut self, other: &Self);

    /// In few bytes. `start` is where the row begins, for what counts its time from there.
    fn encode(&self, start: Minute) -> Vec<u8>;

    /// Merges what [`Payload::encode`] wrote into this, without a payload in between: a day of several
    /// instances is thousands of rows.
    ///
    /// # Errors
    /// If the bytes are something else; nothing is merged then.
    fn merge_encoded(&mut self, bytes: &[u8], start: Minute) -> Result<(), Corrupt>;
}

/// The bytes of a row are not what its payload writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an encoded payload")]
pub struct Corrupt;
