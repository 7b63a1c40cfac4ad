//! The same by plain forms: each leads back to the incident, and says there what was wrong.

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{shut, take, write_down};
use crate::auth::guard::Operator;
use crate::desk::change::worded;
use crate::desk::page::staff_sends;
use crate::desk::state::DeskState;
use crate::http::error::ApiError;
use crate::http::resource::{form, see_other};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(form("/admin/incidents/{id}/acknowledge/", acknowledge).wrap(from_fn(staff_sends)))
        .service(form("/admin/incidents/{id}/unacknowledge/", give_back).wrap(from_fn(staff_sends)))
        .service(form("/admin/incidents/{id}/notes/", add_note).wrap(from_fn(staff_sends)))
        .service(form("/admin/incidents/{id}/close/", close).wrap(from_fn(staff_sends)));
}

#[derive(Deserialize)]
pub struct ReasonForm {
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
pub struct NoteForm {
    #[serde(default)]
    text: String,
}

/// Back to the page; with the field of this form that was refused, if it was one.
fn back(id: &str, form: &str, done: Result<(), ApiError>) -> Result<HttpResponse, ApiError> {
    let page = format!("/admin/incidents/{id}/");
    match done {
        Ok(()) => Ok(see_other(page)),
        Err(error) => match error.errors.first() {
            Some(field) => Ok(see_other(format!("{page}?error={form}-{}", field.field))),
            None => Err(error),
        },
    }
}

/// `POST /admin/incidents/{id}/acknowledge/`
pub async fn acknowledge(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    form: web::Form<ReasonForm>,
) -> Result<HttpResponse, ApiError> {
    let done = match worded("reason", &form.reason) {
        Ok(reason) => take(&request, &state, &operator, &id, Some(&reason)).await,
        Err(error) => Err(error),
    };
    back(&id, "acknowledge", done)
}

/// `POST /admin/incidents/{id}/unacknowledge/`
pub async fn give_back(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let done = take(&request, &state, &operator, &id, None).await;
    back(&id, "unacknowledge", done)
}

/// `POST /admin/incidents/{id}/notes/`
pub async fn add_note(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    form: web::Form<NoteForm>,
) -> Result<HttpResponse, ApiError> {
    let done = match worded("text", &form.text) {
        Ok(text) => write_down(&request, &state, &operator, &id, &text).await,
        Err(error) => Err(error),
    };
    back(&id, "note", done)
}

/// `POST /admin/incidents/{id}/close/`
pub async fn close(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    form: web::Form<ReasonForm>,
) -> Result<HttpResponse, ApiError> {
    let done = match worded("reason", &form.reason) {
        Ok(reason) => shut(&request, &state, &operator, &id, &reason).await,
        Err(error) => Err(error),
    };
    back(&id, "close", done)
}
