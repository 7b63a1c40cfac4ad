//! What goes to the store: a row for each span and run, with all gauges in it.

use super::encoding::EncodedLevels;
use crate::clock::{Covered, Minute, Span};
use crate::store::Run;

/// Written again while there may be more, and never with less in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRow {
    pub span: Span,
    pub start: Minute,
    pub run: Run,
    pub covered: Covered,
    /// How often was looked.
    pub samples: u64,
    pub levels: EncodedLevels,
}

impl HostRow {
    /// Whether it knows no less than `other`, which is of the same span and run.
    pub fn replaces(&self, other: &Self) -> bool {
        // Of two sets of which one holds the other, the larger number is the larger set.
        other.samples <= self.samples && other.covered <= self.covered
    }
}
