//! Our checks, and the three endpoints over them.
//!
//! The engine's neutral report is mapped once, here, to the types of [`app::dto`]; endpoints, desk
//! and command line all use that mapping.

use std::time::{Duration, Instant};

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};
use app::dto;
use async_trait::async_trait;
use ops::clock::rfc3339_millis;
use ops::health::{CheckName, CheckResult, Code, Probe, Report, Status};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{Db, migrate, queries};
use crate::routes::read_only;
use crate::state::AppState;

pub const DATABASE: &str = "database";
pub const MIGRATIONS: &str = "migrations";
pub const STARTUP: &str = "startup";

const DATABASE_TIMEOUT: Duration = Duration::from_secs(1);

/// Asks the registry's database one question and feeds two checks with the answer.
pub struct DatabaseProbe {
    names: [CheckName; 2],
    db: Db,
    wanted: Vec<String>,
}

impl DatabaseProbe {
    /// `wanted` are the migrations that this binary carries.
    pub fn new(db: Db, wanted: Vec<String>) -> Self {
        Self {
            names: [DATABASE.into(), MIGRATIONS.into()],
            db,
            wanted,
        }
    }
}

#[async_trait]
impl Probe for DatabaseProbe {
    fn names(&self) -> &[CheckName] {
        &self.names
    }

    fn timeout(&self) -> Duration {
        // The work's own deadline comes first: it knows more than that time has passed.
        DATABASE_TIMEOUT + Duration::from_millis(100)
    }

    async fn run(&self) -> Vec<(CheckName, CheckResult)> {
        let started = Instant::now();
        match queries::health::ask(&self.db, DATABASE_TIMEOUT).await {
            Ok(answer) => {
                let latency = started.elapsed();
                let missing = migrate::missing(&self.wanted, &answer.applied_migrations);
                let database = if answer.is_read_only {
                    CheckResult::warning().with_code(Code::ReadOnly)
                } else {
                    CheckResult::ok()
                };
                let database = database
                    .with_latency(latency)
                    .with_detail("version", answer.version);
                let migrations = if missing.is_empty() {
                    CheckResult::ok()
                } else {
                    CheckResult::warning().not_ready()
                };
                vec![
                    (DATABASE.into(), database),
                    (
                        MIGRATIONS.into(),
                        migrations
                            .with_detail("unapplied", missing.len())
                            .with_detail("missing", missing),
                    ),
                ]
            }
            Err(error) => {
                let failed = CheckResult::failed(error.code()).with_cause(&error);
                vec![
                    (DATABASE.into(), failed.clone()),
                    (MIGRATIONS.into(), failed),
                ]
            }
        }
    }
}

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/health/", "/health"], liveness))
        .service(read_only(&["/health/ready/", "/health/ready"], readiness))
        .service(read_only(&["/health/db/", "/health/db"], database));
}

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
pub async fn liveness(state: web::Data<AppState>) -> HttpResponse {
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
pub async fn readiness(state: web::Data<AppState>) -> HttpResponse {
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
pub async fn database(state: web::Data<AppState>) -> HttpResponse {
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

/// The checks of readiness, as everybody shows them.
pub fn checks(report: &Report) -> dto::Checks {
    report
        .checks()
        .map(|(name, check)| (name.to_owned(), check_of(check)))
        .collect()
}

fn check_of(check: &CheckResult) -> dto::Check {
    let unapplied = check.details.get("unapplied");
    dto::Check {
        status: match check.status {
            Status::Ok => dto::CheckStatus::Ok,
            Status::Warning => dto::CheckStatus::Warning,
            Status::Error => dto::CheckStatus::Error,
        },
        error: check.error.map(code),
        latency_ms: check.latency_ms(),
        unapplied: unapplied
            .and_then(serde_json::Value::as_u64)
            .and_then(|count| u32::try_from(count).ok()),
    }
}

/// Whether the registry's database can't even be read.
pub fn is_down(check: Option<&CheckResult>) -> bool {
    check.is_none_or(|check| check.status == Status::Error)
}

/// The registry's database: what the last probe found, and the pool as it is now.
pub fn database_of(report: &Report, db: &Db) -> dto::Database {
    let check = report.check(DATABASE);
    let failed = is_down(check);
    dto::Database {
        vendor: db.vendor(),
        version: check
            .and_then(|check| check.details.get("version"))
            .and_then(|version| version.as_str())
            .map(str::to_owned),
        connection: if failed {
            dto::Connection::Failed
        } else {
            dto::Connection::Ok
        },
        error: check.and_then(|check| check.error).map(code),
        latency_ms: check.and_then(CheckResult::latency_ms),
        pool: db.pool_state(),
    }
}

pub fn code(code: Code) -> dto::Code {
    match code {
        Code::Timeout => dto::Code::Timeout,
        Code::Unreachable => dto::Code::Unreachable,
        Code::Refused => dto::Code::Refused,
        Code::Auth => dto::Code::Auth,
        Code::PoolExhausted => dto::Code::PoolExhausted,
        Code::Query => dto::Code::Query,
        Code::ReadOnly => dto::Code::ReadOnly,
        Code::Encoding => dto::Code::Encoding,
        Code::UnexpectedStatus => dto::Code::UnexpectedStatus,
        Code::Draining => dto::Code::Draining,
    }
}
