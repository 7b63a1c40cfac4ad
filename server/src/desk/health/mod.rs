//! The health endpoints, for load balancers, Kubernetes and people.

pub mod map;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};
use app::dto;
use ops::clock::rfc3339_millis;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use self::map::{checks, database_of};
use super::state::DeskState;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/health/", "/health"], liveness))
        .service(read_only(&["/health/ready/", "/health/ready"], readiness))
        .service(read_only(&["/health/db/", "/health/db"], database));
}

#[derive(OpenApi)]
#[openapi(paths(liveness, readiness, database))]
pub struct Operations;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Liveness {
    Ok,
    Error,
}

#[derive(Serialize, ToSchema)]
pub struct LivenessAnswer {
    status: Liveness,
    timestamp: String,
    service: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// Whether the process lives
///
/// Touches nothing outside the process: the memory figures are sampled beside it.
#[utoipa::path(get, path = "/health/", tag = "health",
    responses((status = 200, body = LivenessAnswer), (status = 503, body = LivenessAnswer, description = "It is not")))]
pub async fn liveness(state: web::Data<DeskState>) -> HttpResponse {
    let exhausted = state.memory.is_exhausted();
    let answer = LivenessAnswer {
        status: if exhausted {
            Liveness::Error
        } else {
            Liveness::Ok
        },
        timestamp: rfc3339_millis(state.clock.now()),
        service: crate::SERVICE_NAME,
        version: crate::VERSION,
        error: exhausted.then_some("memory"),
    };
    respond(!exhausted).json(answer)
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    Ready,
    NotReady,
}

#[derive(Serialize, ToSchema)]
pub struct ReadinessAnswer {
    status: Readiness,
    timestamp: String,
    #[schema(value_type = std::collections::BTreeMap<String, dto::Check>)]
    checks: dto::Checks,
}

/// Whether it can serve
#[utoipa::path(get, path = "/health/ready/", tag = "health",
    responses((status = 200, body = ReadinessAnswer), (status = 503, body = ReadinessAnswer, description = "It is not")))]
pub async fn readiness(state: web::Data<DeskState>) -> HttpResponse {
    let report = state.health.report().await;
    let ready = report.is_ready();
    let answer = ReadinessAnswer {
        status: if ready {
            Readiness::Ready
        } else {
            Readiness::NotReady
        },
        timestamp: rfc3339_millis(state.clock.now()),
        checks: checks(&report),
    };
    respond(ready).json(answer)
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseStatus {
    Ok,
    Error,
}

#[derive(Serialize, ToSchema)]
pub struct DatabaseAnswer {
    status: DatabaseStatus,
    database: dto::Database,
}

/// How the registry's database is
#[utoipa::path(get, path = "/health/db/", tag = "health",
    responses((status = 200, body = DatabaseAnswer), (status = 503, body = DatabaseAnswer, description = "It is not")))]
pub async fn database(state: web::Data<DeskState>) -> HttpResponse {
    let report = state.health.report().await;
    let database = database_of(&report, &state.db);
    let ok = database.connection == dto::Connection::Ok;
    let status = if ok {
        DatabaseStatus::Ok
    } else {
        DatabaseStatus::Error
    };
    respond(ok).json(DatabaseAnswer { status, database })
}

fn respond(healthy: bool) -> HttpResponseBuilder {
    let status = if healthy {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response
}
