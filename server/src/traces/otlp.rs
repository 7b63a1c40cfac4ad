//! Spans in OTLP's form: <https://opentelemetry.io/docs/specs/otlp/#otlphttp>.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1 as resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{
    ResourceSpans, ScopeSpans, Span as OtlpSpan, SpanFlags, Status,
};
use prost::Message as _;

use super::span::{Kind, Span, Value};

/// The versions of the conventions that names and attributes follow.
const SCHEMA: &str = "https://opentelemetry.io/schemas/1.44.0";

/// Who sends: names and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource(pub BTreeMap<String, String>);

/// The body of one request.
pub fn encode(resource: &Resource, spans: &[Span]) -> Vec<u8> {
    let attributes = resource.0.iter();
    let attributes = attributes.map(|(key, value)| attribute(key, text(value.clone())));
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource::Resource {
                attributes: attributes.collect(),
                ..Default::default()
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope {
                    name: env!("CARGO_PKG_NAME").to_owned(),
                    version: crate::VERSION.to_owned(),
                    ..Default::default()
                }),
                spans: spans.iter().map(otlp).collect(),
                schema_url: SCHEMA.to_owned(),
            }],
            schema_url: SCHEMA.to_owned(),
        }],
    };
    request.encode_to_vec()
}

/// How many spans a collector says that it did not take, and why; an answer that can't be read says
/// nothing.
pub fn rejected(answer: &[u8]) -> (u64, String) {
    let answer = ExportTraceServiceResponse::decode(answer).ok();
    let partial = answer.and_then(|answer| answer.partial_success);
    let partial = partial.unwrap_or_default();
    let count = u64::try_from(partial.rejected_spans).unwrap_or_default();
    (count, partial.error_message)
}

fn otlp(span: &Span) -> OtlpSpan {
    let attributes = span.attributes.iter();
    let attributes = attributes.map(|(key, value)| {
        attribute(
            key,
            match value {
                Value::Text(value) => text(value.to_string()),
                Value::Whole(value) => any_value::Value::IntValue(*value),
                Value::Real(value) => any_value::Value::DoubleValue(*value),
            },
        )
    });
    OtlpSpan {
        trace_id: span.trace_id.to_bytes().to_vec(),
        span_id: span.span_id.to_bytes().to_vec(),
        parent_span_id: span
            .parent
            .map(|parent| parent.to_bytes().to_vec())
            .unwrap_or_default(),
        flags: flags(span),
        name: span.name.to_string(),
        kind: match span.kind {
            Kind::Server => SpanKind::Server,
            Kind::Client => SpanKind::Client,
        } as i32,
        start_time_unix_nano: nanoseconds(span.started),
        end_time_unix_nano: nanoseconds(span.started + span.took),
        attributes: attributes.collect(),
        status: span.is_error.then(|| Status {
            code: StatusCode::Error as i32,
            message: String::new(),
        }),
        ..Default::default()
    }
}

/// Sampled, as all that are sent; and whether the parent is in another process.
fn flags(span: &Span) -> u32 {
    const SAMPLED: u32 = 1;
    let is_remote = span.kind == Kind::Server && span.parent.is_some();
    let remote = if is_remote {
        SpanFlags::ContextIsRemoteMask as u32
    } else {
        0
    };
    SAMPLED | SpanFlags::ContextHasIsRemoteMask as u32 | remote
}

fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..Default::default()
    }
}

fn text(value: String) -> any_value::Value {
    any_value::Value::StringValue(value)
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let since: Duration = since.unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use opentelemetry_proto::tonic::collector::trace::v1::ExportTracePartialSuccess;

    use super::*;
    use crate::traces::SpanId;
    use crate::traces::request::fixture;

    #[test]
    fn a_span_is_what_it_was() {
        let span = Span {
            parent: SpanId::from_hex("00f067aa0ba902b7"),
            ..fixture::span()
        };
        let known = [("service.name".into(), "desk".into())];
        let resource = Resource(known.into_iter().collect());
        let body = encode(&resource, std::slice::from_ref(&span));
        let sent = ExportTraceServiceRequest::decode(&*body).unwrap();
        let of_resource = &sent.resource_spans[0];
        let known = of_resource.resource.as_ref().unwrap();
        assert_eq!(known.attributes[0].key, "service.name");
        let sent = &of_resource.scope_spans[0].spans[0];
        assert_eq!(sent.trace_id, span.trace_id.to_bytes());
        assert_eq!(sent.span_id, span.span_id.to_bytes());
        assert_eq!(
            sent.parent_span_id,
            [0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]
        );
        assert_eq!(sent.start_time_unix_nano, 1_500_000_000);
        assert_eq!(sent.end_time_unix_nano, 1_500_250_000);
        assert_eq!(sent.kind, SpanKind::Server as i32);
        assert_eq!(sent.flags, 0x301);
        assert_eq!(sent.status.as_ref().unwrap().code, StatusCode::Error as i32);
        let values = sent.attributes.iter();
        let values: Vec<_> = values
            .map(|it| it.value.clone().unwrap().value.unwrap())
            .collect();
        assert_eq!(
            values,
            [
                any_value::Value::StringValue("http".into()),
                any_value::Value::IntValue(503),
                any_value::Value::DoubleValue(0.5),
            ]
        );
    }

    #[test]
    fn a_span_without_a_caller_has_no_parent_and_no_status_unless_it_failed() {
        let span = Span {
            is_error: false,
            ..fixture::span()
        };
        let sent = otlp(&span);
        assert!(sent.parent_span_id.is_empty());
        assert_eq!(sent.status, None);
    }

    #[test]
    fn what_was_rejected_is_counted() {
        let answer = ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans: 3,
                error_message: "too old".into(),
            }),
        };
        assert_eq!(rejected(&answer.encode_to_vec()), (3, "too old".to_owned()));
        assert_eq!(rejected(b"").0, 0);
        assert_eq!(rejected(b"{\"partialSuccess\":{}}").0, 0);
    }
}
