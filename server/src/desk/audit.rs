//! `/admin/audit/`: who changed what.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use app::pages::{AuditRow, AuditView, render_audit};
use serde::Deserialize;

use super::{assets, look};
use crate::db::queries::audit;
use crate::error::ApiError;
use crate::registry::time;
use crate::state::AppState;

const PAGE_SIZE: usize = 100;

#[derive(Deserialize)]
pub struct Part {
    before: Option<i64>,
}

/// `GET /admin/audit/`
pub async fn list(
    request: HttpRequest,
    state: web::Data<AppState>,
    part: web::Query<Part>,
) -> Result<HttpResponse, ApiError> {
    // One more than is shown tells whether there are older ones.
    let mut found = audit::latest(&state.db, part.before, PAGE_SIZE as i64 + 1).await?;
    let has_more = found.len() > PAGE_SIZE;
    found.truncate(PAGE_SIZE);
    let view = AuditView {
        visit: look::visit(&request),
        older: found.last().map(|entry| entry.id).filter(|_| has_more),
        is_first: part.before.is_none(),
        entries: found
            .into_iter()
            .map(|entry| AuditRow {
                at: time(entry.at),
                actor: entry.actor,
                action: entry.action,
                object: format!("{} {}", entry.object, entry.object_id),
                detail: entry.detail,
                ip: entry.ip,
                request_id: entry.request_id,
            })
            .collect(),
    };
    Ok(super::html(
        StatusCode::OK,
        render_audit(view, &assets::current()),
    ))
}
