//! Traces: spans of requests and of what they ask of databases, sent to a collector by OTLP over HTTP.
//!
//! ```text
//!   traceparent ─▶ Tracer ─▶ RequestTrace ──▶ Span ─▶ Spans (a bounded queue) ─▶ exporter ─▶ collector
//!                     │           └─ Parent ─▶ Span ───┘
//!                  Sampler
//! ```
//!
//! Without an endpoint there is no [`Tracer`], and nothing costs anything. Whoever makes a span never
//! waits: a queue that is full loses it, and counts it.
//!
//! Names and attributes are those of OpenTelemetry's semantic conventions:
//! <https://opentelemetry.io/docs/specs/semconv/http/http-spans/> and
//! <https://opentelemetry.io/docs/specs/semconv/database/database-spans/>.

mod exporter;
mod id;
mod otlp;
mod queue;
mod request;
mod sampler;
mod span;
mod url;

pub use exporter::{Collector, Exporter};
pub use id::{Caller, SpanId, TraceId};
pub use otlp::Resource;
pub use queue::{Lost, Spans};
pub use request::{Answered, Operation, Parent, RequestTrace, Tracer};
pub use sampler::Sampler;
pub use url::TraceUrl;
