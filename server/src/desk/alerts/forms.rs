//! The same by plain forms: each leads back to the page that it was sent from.

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::address::with_query;
use app::dto;
use serde::Deserialize;

use super::silences::{NewQuiet, ended, quieted, silenced, unquieted};
use super::{notifications, tested};
use crate::auth::guard::Operator;
use crate::auth::next;
use crate::desk::change::worded;
use crate::desk::page::staff_sends;
use crate::desk::state::DeskState;
use crate::http::error::{ApiError, FieldError};
use crate::http::resource::{form, see_other};

const PAGE: &str = "/admin/alerts/";

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(form("/admin/alerts/silences/", silence).wrap(from_fn(staff_sends)))
        .service(form("/admin/alerts/silences/end/", end_silence).wrap(from_fn(staff_sends)))
        .service(form("/admin/alerts/quiet/", quiet).wrap(from_fn(staff_sends)))
        .service(form("/admin/alerts/quiet/end/", end_quiet).wrap(from_fn(staff_sends)))
        .service(form("/admin/alerts/channels/test/", test).wrap(from_fn(staff_sends)));
}

#[derive(Deserialize)]
pub struct SilenceForm {
    #[serde(default)]
    rule: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    duration: String,
    next: Option<String>,
}

#[derive(Deserialize)]
pub struct SilenceId {
    id: String,
}

#[derive(Deserialize)]
pub struct QuietForm {
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
pub struct ChannelName {
    name: String,
}

/// Back to the page, with the field of this form that was refused, if it was one.
fn back<T>(page: &str, form: &str, done: Result<T, ApiError>) -> Result<HttpResponse, ApiError> {
    match done {
        Ok(_) => Ok(see_other(page.to_owned())),
        Err(error) => match error.errors.first() {
            Some(field) => {
                let pairs = [("error", format!("{form}-{}", field.field))];
                Ok(see_other(with_query(page, pairs)))
            }
            None => Err(error),
        },
    }
}

/// Where the form has other fields than the API: each of the API's with the one to look at.
fn renamed(mut error: ApiError, names: &[(&str, &str)]) -> ApiError {
    for field in &mut error.errors {
        if let Some((_, name)) = names.iter().find(|(of_api, _)| field.field == *of_api) {
            (*name).clone_into(&mut field.field);
        }
    }
    error
}

/// `POST /admin/alerts/silences/`
pub async fn silence(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    form: web::Form<SilenceForm>,
) -> Result<HttpResponse, ApiError> {
    let form = form.into_inner();
    let page = form
        .next
        .as_deref()
        .map(|path| next::local_path(Some(path)));
    let page = page.unwrap_or_else(|| PAGE.to_owned());
    let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    let matchers = dto::SilenceMatchers {
        rule: given(form.rule),
        subject: given(form.subject),
        severity: match form.severity.as_str() {
            "info" => Some(dto::Severity::Info),
            "warning" => Some(dto::Severity::Warning),
            "critical" => Some(dto::Severity::Critical),
            _ => None,
        },
    };
    let reason = match worded("reason", &form.reason) {
        Ok(reason) => reason,
        Err(error) => return back::<()>(&page, "silence", Err(error)),
    };
    let Some(until) = notifications::until_of(&form.duration, state.alerting.now_ms()) else {
        let message = "must be one of those that the form has";
        let wrong = ApiError::invalid(vec![FieldError::new("duration", message)]);
        return back::<()>(&page, "silence", Err(wrong));
    };
    let done = silenced(&request, &state, &operator, (matchers, reason, until)).await;
    let done = done.map_err(|error| renamed(error, &[("matchers", "rule"), ("until", "duration")]));
    back(&page, "silence", done)
}

/// `POST /admin/alerts/silences/end/`
pub async fn end_silence(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    form: web::Form<SilenceId>,
) -> Result<HttpResponse, ApiError> {
    let done = ended(&request, &state, &operator, &form.id).await;
    back(PAGE, "end-silence", done)
}

/// `POST /admin/alerts/quiet/`
pub async fn quiet(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    form: web::Form<QuietForm>,
) -> Result<HttpResponse, ApiError> {
    let minutes: u64 = form.minutes.trim().parse().unwrap_or(0);
    let wanted = NewQuiet {
        duration_seconds: minutes.saturating_mul(60),
        reason: form.reason.clone(),
    };
    let done = quieted(&request, &state, &operator, &wanted).await;
    let done = done.map_err(|error| renamed(error, &[("duration_seconds", "minutes")]));
    back(PAGE, "quiet", done)
}

/// `POST /admin/alerts/quiet/end/`
pub async fn end_quiet(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    unquieted(&request, &state, &operator).await;
    Ok(see_other(PAGE))
}

/// `POST /admin/alerts/channels/test/`
pub async fn test(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    form: web::Form<ChannelName>,
) -> Result<HttpResponse, ApiError> {
    let found = tested(&request, &state, &operator, &form.name).await?;
    let pairs = [
        ("tested", form.name.clone()),
        ("delivered", found.delivered.to_string()),
        ("answer", found.answer),
    ];
    Ok(see_other(with_query(PAGE, pairs)))
}
