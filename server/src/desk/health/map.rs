//! The engine's neutral report as the endpoints, the desk and the command line show it.

use app::dto;
use ops::health::{CheckResult, Code, Report, Status};

use crate::db::Db;
use crate::db::figures::{PoolState, Vendor};
use crate::db::probe::{DATABASE, is_down};

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

/// The registry's database: what the last probe found, and the pool as it is now.
pub fn database_of(report: &Report, db: &Db) -> dto::Database {
    let check = report.check(DATABASE);
    let failed = is_down(check);
    dto::Database {
        vendor: vendor(db.vendor()),
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
        pool: pool(db.pool_state()),
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

pub fn vendor(vendor: Vendor) -> dto::Vendor {
    match vendor {
        Vendor::Sqlite => dto::Vendor::Sqlite,
        Vendor::Postgresql => dto::Vendor::Postgresql,
    }
}

pub fn pool(state: PoolState) -> dto::Pool {
    dto::Pool {
        active: state.active,
        idle: state.idle,
        max: state.max,
    }
}
