//! The engine's summary as the desk shows it.

use std::time::Duration;

use app::dto;
use ops::clock::rfc3339_millis;
use ops::store::StoreError;
use ops::traffic::{Point, Summary, Traffic};

use crate::db::{DbError, milliseconds};
use crate::health;

/// There are always figures. With a code beside them they are what this process knows.
pub async fn last_day(traffic: &Traffic) -> (dto::Traffic, Option<dto::Code>) {
    let summary = traffic.last_day().await;
    let error = summary.store_error.as_deref().map(code);
    (figures(&summary), error)
}

fn figures(summary: &Summary) -> dto::Traffic {
    let tally = &summary.tally;
    let (requests, errors) = (tally.requests(), tally.by_class.errors);
    let percentile = |share| tally.durations.percentile(share).map(milliseconds);
    dto::Traffic {
        requests,
        errors,
        client_errors: tally.by_class.client_errors,
        error_rate: (requests > 0).then(|| errors as f64 / requests as f64),
        avg_ms: tally.durations.average().map(milliseconds),
        p50_ms: percentile(0.50),
        p95_ms: percentile(0.95),
        p99_ms: percentile(0.99),
        covered_minutes: u32::try_from(summary.points.len()).unwrap_or(u32::MAX),
        points: summary.points.iter().map(point).collect(),
    }
}

fn point(point: &Point) -> dto::TrafficPoint {
    let in_ms = |duration: Option<Duration>| duration.map(milliseconds);
    dto::TrafficPoint {
        t: rfc3339_millis(point.minute.start()),
        requests: point.requests,
        errors: point.errors,
        client_errors: point.client_errors,
        avg_ms: in_ms(point.average),
        p95_ms: in_ms(point.p95),
    }
}

fn code(error: &StoreError) -> dto::Code {
    match error {
        StoreError::NotPrepared => dto::Code::Unreachable,
        StoreError::Timeout => dto::Code::Timeout,
        StoreError::Failed(cause) => cause
            .downcast_ref::<DbError>()
            .map_or(dto::Code::Query, |error| health::code(error.code())),
    }
}
