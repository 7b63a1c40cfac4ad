//! What changed, on one axis; and a deployment marks itself.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto::{self, BadQuery, EventDetail, TimelineKind, TimelineQuery};
use app::view::viewer::Language;
use ops::alerts::duration;
use ops::clock::{DAY_MS, Minute, from_unix_millis, unix_millis};
use ops::events::EventKind;
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use super::change::{audit, parsed, worded};
use super::incidents::map::time;
use super::query::fresh;
use super::state::DeskState;
use crate::alerting::note_event;
use crate::auth::guard::{Operator, OpsReader};
use crate::host;
use crate::http::error::{ApiError, FieldError};
use crate::http::language::language;
use crate::http::paging::Query;
use crate::http::resource::{method_not_allowed, readable};

/// More are left out, the oldest first.
const MOST: usize = 500;

pub fn configure(service: &mut ServiceConfig) {
    service.service(
        readable(&["/api/ops/timeline/"], list_timeline)
            .route(web::post().to(add_to_timeline))
            .default_service(method_not_allowed("GET, HEAD, POST")),
    );
}

#[derive(OpenApi)]
#[openapi(paths(list_timeline, add_to_timeline), components(schemas(NewEntry)))]
pub struct Operations;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTimelineEntry)]
pub struct NewEntry {
    /// `deploy` or `note`.
    #[serde(default)]
    kind: String,
    #[serde(default)]
    #[schema(min_length = 1)]
    title: String,
    #[serde(default)]
    detail: Option<String>,
}

/// What is asked for, in full.
///
/// # Errors
/// If a field can't be understood; nothing was looked for then.
pub fn timeline(
    desk: &DeskState,
    language: Language,
    query: &TimelineQuery,
) -> Result<dto::Timeline, BadQuery> {
    let now_ms = desk.alerting.now_ms();
    let since_ms = match &query.since {
        Some(text) => moment(text, now_ms).ok_or_else(|| bad("since", text))?,
        None => now_ms - DAY_MS,
    };
    let until_ms = match &query.until {
        Some(text) => moment(text, now_ms).ok_or_else(|| bad("until", text))?,
        None => now_ms,
    };
    if since_ms > until_ms {
        return Err(BadQuery {
            field: "since".to_owned(),
            message: "must not lie after until".to_owned(),
        });
    }
    let mut kinds = Vec::new();
    for name in &query.kinds {
        kinds.push(TimelineKind::from_name(name).ok_or_else(|| {
            let known = TimelineKind::ALL.map(TimelineKind::name).join(", ");
            BadQuery {
                field: "kind".to_owned(),
                message: format!("must be one of {known}"),
            }
        })?);
    }
    let from = Minute::of(from_unix_millis(since_ms));
    let events = desk.recorded.host.events_since(from);
    let wanted = events.iter().rev().filter(|event| {
        let is_within = event.at_ms >= since_ms && event.at_ms <= until_ms;
        is_within && (kinds.is_empty() || kinds.contains(&host::timeline_kind(event.kind)))
    });
    let mut results: Vec<dto::TimelineEntry> = wanted
        .take(MOST + 1)
        .map(|event| host::entry(event, language))
        .collect();
    let is_cut = results.len() > MOST;
    results.truncate(MOST);
    Ok(dto::Timeline {
        results,
        since: time(since_ms),
        until: time(until_ms),
        is_cut,
        error: desk.alerting.seen().away.map(|(_, code)| code),
    })
}

fn bad(field: &str, given: &str) -> BadQuery {
    let given: String = given.chars().take(50).collect();
    BadQuery {
        field: field.to_owned(),
        message: format!(
            "{given:?} is no time: RFC 3339, seconds since 1970, or back from now such as 24h"
        ),
    }
}

fn moment(text: &str, now_ms: i64) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(1000);
    }
    if let Some(back) = duration::parse(text) {
        return now_ms.checked_sub(i64::try_from(back.as_millis()).ok()?);
    }
    let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(unix_millis(at.into()))
}

/// What changed, the newest first
#[utoipa::path(get, path = "/api/ops/timeline/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("since" = Option<String>, Query, description = "RFC 3339, seconds since 1970, or back from now such as 24h (the default)"),
        ("until" = Option<String>, Query, description = "Likewise; else now"),
        ("kind" = Option<String>, Query, description = "May be given several times; else all kinds")),
    responses((status = 200, body = dto::Timeline)))]
pub async fn list_timeline(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(&request);
    let wanted = TimelineQuery {
        kinds: query.each(&request, "kind"),
        since: query.text("since"),
        until: query.text("until"),
    };
    query.finish()?;
    let found = timeline(&state, language(&request), &wanted);
    Ok(fresh(found.map_err(ApiError::from)?))
}

/// Marks a deployment, or anything else worth knowing
#[utoipa::path(post, path = "/api/ops/timeline/", tag = "desk", security(("session" = []), ("token" = [])),
    request_body = NewEntry,
    responses((status = 201, body = dto::TimelineEntry)))]
pub async fn add_to_timeline(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let wanted: NewEntry = parsed(&request, payload).await?;
    let kind = match wanted.kind.as_str() {
        "deploy" => EventKind::Deploy,
        "note" => EventKind::Note,
        _ => {
            let wrong = FieldError::new("kind", "must be deploy or note");
            return Err(ApiError::invalid(vec![wrong]));
        }
    };
    let title = worded("title", &wanted.title)?;
    let detail = wanted.detail.filter(|detail| !detail.trim().is_empty());
    let detail = detail.map(|detail| worded("detail", &detail)).transpose()?;
    audit(
        &request,
        &operator,
        ("create", "timeline", kind.name()),
        &title,
    )
    .await;
    let detail = EventDetail {
        title: Some(title),
        detail,
        by: Some(operator.name.clone()),
        ..EventDetail::default()
    };
    let now_ms = state.alerting.now_ms();
    let event = note_event(&state, now_ms, kind, &detail);
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(host::entry(&event, language(&request))))
}
