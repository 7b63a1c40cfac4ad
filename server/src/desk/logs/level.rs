//! The log level at run time: `GET` and `PUT /api/ops/log-level/`, and the page's form.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use app::address::log_query::{BadDirectives, DIRECTIVES};
use app::address::page::Page;
use app::address::with_query;
use app::dto::{BadQuery, EventDetail, LogLevelState};
use bytes::Bytes;
use ops::events::EventKind;
use ops::log::{LogLevel, TemporaryLevel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::level_state;
use crate::alerting::note_event;
use crate::auth::guard::{OpsReader, SameOrigin, Staff};
use crate::auth::next;
use crate::auth::state::AuthState;
use crate::auth::trace::trace_of;
use crate::desk::query::fresh;
use crate::desk::state::DeskState;
use crate::http::error::{ApiError, FieldError};
use crate::http::resource::see_other;

const DEFAULT_SECONDS: u64 = 15 * 60;
/// A day: more is a matter of configuration.
const MAX_SECONDS: u64 = 24 * 60 * 60;

const NOTHING_GIVEN: &str = "Must be such as debug or info,server=debug.";

/// Other filter directives for a while.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LogLevelChange)]
pub struct Change {
    /// Such as `debug` or `info,server=debug`.
    #[schema(min_length = 1)]
    directives: String,
    #[serde(default = "default_seconds")]
    #[schema(minimum = 1, maximum = 86400)]
    duration_seconds: u64,
}

impl Change {
    fn audited(&self) -> String {
        format!("{} for {} s", self.directives.trim(), self.duration_seconds)
    }
}

/// No change of the registry's: it is made whether the audit can take it now or not.
async fn record(request: &HttpRequest, state: &DeskState, user: Staff, detail: String) {
    let told = EventDetail {
        title: Some(detail.clone()),
        by: Some(user.0.username.clone()),
        ..EventDetail::default()
    };
    note_event(state, state.alerting.now_ms(), EventKind::LogLevel, &told);
    let Some(auth) = request.app_data::<web::Data<AuthState>>() else {
        return;
    };
    let trace = trace_of(request, user.0.username);
    let entry = trace.entry("update", "log-level", &state.service.instance, detail);
    auth.audit_trail.record(entry).await;
}

fn default_seconds() -> u64 {
    DEFAULT_SECONDS
}

/// What is verbose enough to be written, and until when
#[utoipa::path(get, path = "/api/ops/log-level/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = LogLevelState)))]
pub async fn show(_: OpsReader, state: web::Data<DeskState>) -> Result<HttpResponse, ApiError> {
    Ok(fresh(level_state(&state.log.level)))
}

/// Puts other filter directives in force, for a while
#[utoipa::path(put, path = "/api/ops/log-level/", tag = "desk", security(("session" = [])),
    request_body = Change,
    responses((status = 200, body = LogLevelState)))]
pub async fn set(
    user: Staff,
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<DeskState>,
    body: Bytes,
) -> Result<HttpResponse, ApiError> {
    let wanted = r#"Must be such as {"directives":"debug","duration_seconds":900}"#;
    let change: Change = serde_json::from_slice(&body)
        .map_err(|error| invalid("body", format!("{wanted}: {error}.")))?;
    change_level(&state.log.level, &change, &user)?;
    record(&request, &state, user, change.audited()).await;
    Ok(fresh(level_state(&state.log.level)))
}

#[derive(Deserialize)]
pub struct Form {
    #[serde(default)]
    directives: String,
    /// 0: back to what is configured.
    minutes: Option<u64>,
    next: Option<String>,
}

/// `POST /admin/log-level/`: the same without JavaScript; leads back to the page.
pub async fn set_by_form(
    user: Staff,
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<DeskState>,
    form: web::Form<Form>,
) -> Result<HttpResponse, ApiError> {
    let Form {
        directives,
        minutes,
        next,
    } = form.into_inner();
    match minutes {
        Some(0) => {
            state.log.level.reset(&user.0.username);
            record(
                &request,
                &state,
                user,
                "back to the configured one".to_owned(),
            )
            .await;
        }
        minutes => {
            let seconds = minutes.map(|minutes| minutes.saturating_mul(60));
            let change = Change {
                directives,
                duration_seconds: seconds.unwrap_or(DEFAULT_SECONDS),
            };
            if bad_directives(&change.directives).is_some() {
                let pairs = [(DIRECTIVES, change.directives)];
                return Ok(see_other(with_query(Page::Logs.path(), pairs)));
            }
            change_level(&state.log.level, &change, &user)?;
            record(&request, &state, user, change.audited()).await;
        }
    }
    Ok(see_other(next::local_path(next.as_deref())))
}

/// What the page says beside the field.
pub fn bad_directives(given: &str) -> Option<BadDirectives> {
    let message = match LogLevel::parse(given) {
        _ if given.trim().is_empty() => NOTHING_GIVEN.to_owned(),
        Ok(_) => return None,
        Err(error) => error.to_string(),
    };
    let why = BadQuery {
        field: DIRECTIVES.to_owned(),
        message,
    };
    Some(BadDirectives {
        given: given.to_owned(),
        why,
    })
}

fn change_level(level: &TemporaryLevel, change: &Change, user: &Staff) -> Result<(), ApiError> {
    let directives = change.directives.trim();
    if directives.is_empty() {
        return Err(invalid(DIRECTIVES, NOTHING_GIVEN));
    }
    if !(1..=MAX_SECONDS).contains(&change.duration_seconds) {
        return Err(invalid(
            "duration_seconds",
            format!("Must be a whole number of seconds from 1 to {MAX_SECONDS}."),
        ));
    }
    let duration = Duration::from_secs(change.duration_seconds);
    level
        .set(directives, duration, &user.0.username)
        .map_err(|error| invalid(DIRECTIVES, error.to_string()))
}

fn invalid(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::invalid(vec![FieldError::new(field, message)])
}
