//! Traffic: what the service did, by the minute.
//!
//! The way of a sample: [`Recorder`] counts it, thread by thread → `own` drains them into the running
//! minute, and closes it when the clock turns → [`Traffic`] writes the minutes to the
//! [store](crate::store) and reads those of other processes and earlier runs → [`Summary`] merges
//! both. In the store minutes are rolled up to hours, and these to days (`due`, `rolling`), which are
//! kept longer. Histograms are merged, never their percentiles.

mod bucket;
mod counters;
mod due;
mod encoding;
mod histogram;
mod history;
mod notable;
mod of_routes;
mod own;
mod past;
mod reading;
mod recorder;
mod rolling;
#[cfg(test)]
mod rolling_tests;
mod routes;
mod rows;
mod series;
mod status_class;
mod stretches;
mod summary;
mod thread_number;
#[expect(
    clippy::module_inception,
    reason = "the folder's one type for the outside"
)]
mod traffic;
#[cfg(test)]
mod traffic_tests;

pub use encoding::{Corrupt, EncodedHistogram};
pub use histogram::Histogram;
pub use notable::Notable;
pub use recorder::{Recorder, Sample};
pub use routes::{Route, Routes};
pub use rows::{Rows, RunTotals, SeriesTotals, Tally, Totals};
pub use series::SeriesKey;
pub use status_class::{ByClass, StatusClass};
pub use summary::{Point, Summary};
pub use traffic::Traffic;

pub use crate::clock::{Covered, Minute, Period, Span};
pub use crate::store::{RETENTION_MINUTES, Retention, Run, Whose};
