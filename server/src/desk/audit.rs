//! `/admin/audit/`: who changed what.

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::pages::{AUDIT, AuditRow, AuditView, render_audit};
use serde::Deserialize;

use super::page::{around, staff_reads};
use super::state::DeskState;
use crate::db::queries::audit::{self, Entry};
use crate::db::time::rfc3339;
use crate::http::assets;
use crate::http::resource::read_only;

const PAGE_SIZE: usize = 100;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&[AUDIT.path], list).wrap(from_fn(staff_reads)));
}

#[derive(Deserialize)]
pub struct Part {
    before: Option<i64>,
}

/// `GET /admin/audit/`
pub async fn list(
    request: HttpRequest,
    state: web::Data<DeskState>,
    part: web::Query<Part>,
) -> HttpResponse {
    // One more than is shown tells whether there are older ones.
    let found = audit::latest(&state.db, part.before, PAGE_SIZE as i64 + 1);
    let mut found = super::in_time(found).await;
    let mut older = None;
    if let Ok(found) = &mut found
        && found.len() > PAGE_SIZE
    {
        found.truncate(PAGE_SIZE);
        older = found.last().map(|entry| entry.id);
    }
    let view = AuditView {
        around: around(&request, &state),
        older,
        is_first: part.before.is_none(),
        entries: found.map(|entries| entries.into_iter().map(row).collect()),
    };
    super::html(StatusCode::OK, render_audit(view, &assets::current()))
}

fn row(entry: Entry) -> AuditRow {
    AuditRow {
        at: rfc3339(entry.at),
        actor: entry.actor,
        action: entry.action,
        object: entry.object,
        object_id: entry.object_id,
        detail: entry.detail,
        ip: entry.ip,
        request_id: entry.request_id,
    }
}
