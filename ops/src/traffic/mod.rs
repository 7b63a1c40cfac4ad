//! Traffic: what the service did, by the minute.
//!
//! [`Recorder`] counts each request, thread by thread, in memory of the thread's own; no request waits
//! or locks. Every few seconds [`Traffic`] drains it into the running minute of a
//! [series](crate::series), which does the rest. Histograms are merged, never their percentiles.

mod bounds;
mod bucket;
mod counters;
mod encoding;
mod exemplar;
mod histogram;
mod key;
mod recorder;
#[cfg(test)]
mod recorder_tests;
#[cfg(test)]
mod rollup_tests;
mod routes;
mod sample;
mod status_class;
mod summary;
mod tally;
mod thread_number;
mod traced;
#[expect(
    clippy::module_inception,
    reason = "the folder's one type for the outside"
)]
mod traffic;
#[cfg(test)]
mod traffic_tests;

pub use bounds::{Bounds, QUERY_BOUNDS, REQUEST_BOUNDS, merge_counts};
pub use exemplar::Exemplar;
pub use histogram::Histogram;
pub use key::SeriesKey;
pub use recorder::{Active, Recorder, RequestTotal};
pub use routes::{Route, Routes};
pub use sample::{Sample, TraceIds};
pub use status_class::{ByClass, StatusClass};
pub use summary::{Point, Summary};
pub use tally::Tally;
pub use traced::{Traced, TracedByBound};
pub use traffic::{ROUTES, TRAFFIC, Traffic};
