//! What the desk knows, in the formats that other programs read.
//!
//! `GET /metrics` is Prometheus' [text format 0.0.4] or [OpenMetrics 1.0], as whoever scrapes asks for.
//!
//! [text format 0.0.4]: https://prometheus.io/docs/instrumenting/exposition_formats/
//! [OpenMetrics 1.0]: https://prometheus.io/docs/specs/om/open_metrics_spec/

mod exposition;
mod format;

pub use exposition::{Exemplar, Exposition, Family, Kind, Samples};
pub use format::Format;
