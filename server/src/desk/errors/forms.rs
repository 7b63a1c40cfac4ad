//! The same by plain forms. What is done leads back to the group; what is refused is said on its page,
//! beside the field, with what was typed.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, FromRequest as _, HttpMessage as _, HttpRequest, HttpResponse};
use app::address::error_group;
use app::pages::RefusedField;
use ops::errors::Change;
use serde::Deserialize;

use super::{find, if_any, say, until, write_down};
use crate::auth::guard::Operator;
use crate::desk::change::worded;
use crate::desk::page::{redrawn, staff_reads_and_sends};
use crate::desk::state::DeskState;
use crate::http::error::ApiError;
use crate::http::resource::{found, method_not_allowed, see_other};

/// Of all five forms: each sends some of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    reason: String,
    text: String,
    lasts: String,
}

pub fn configure(service: &mut ServiceConfig) {
    for action in ["resolve", "reopen", "mute", "unmute", "notes"] {
        let path = format!("/admin/errors/{{id}}/{action}/");
        service.service(
            web::resource(path)
                .wrap(from_fn(deal))
                .wrap(Compress::default())
                .wrap(from_fn(staff_reads_and_sends))
                .route(redrawn(find::PAGE))
                .route(web::get().to(lead_back))
                .default_service(method_not_allowed("GET, POST")),
        );
    }
}

/// Whoever comes by the address alone, as a page does that is drawn anew.
async fn lead_back(id: web::Path<String>) -> HttpResponse {
    found(error_group(&id))
}

/// Answers what can be done, and lets the page answer what can't.
async fn deal(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if request.method() != Method::POST {
        let answer = next.call(request).await;
        return answer.map(ServiceResponse::map_into_left_body);
    }
    let (request, mut payload) = request.into_parts();
    let dealt = dealt(&request, &mut payload).await;
    let request = ServiceRequest::from_parts(request, payload);
    match dealt {
        Ok(page) => Ok(request.into_response(see_other(page)).map_into_right_body()),
        Err(Refusal::Field(refused)) => {
            request.extensions_mut().insert(refused);
            let answer = next.call(request).await;
            answer.map(ServiceResponse::map_into_left_body)
        }
        Err(Refusal::Whole(error)) => Ok(request.error_response(error).map_into_right_body()),
    }
}

enum Refusal {
    /// Can be put right on the page.
    Field(RefusedField),
    Whole(Error),
}

/// Where it leads to.
async fn dealt(request: &HttpRequest, payload: &mut Payload) -> Result<String, Refusal> {
    let whole = |error: ApiError| Refusal::Whole(error.into());
    let operator = Operator::from_request(request, payload).await;
    let operator = operator.map_err(whole)?;
    let form = web::Form::<Sent>::from_request(request, payload).await;
    let sent = form.map_err(Refusal::Whole)?.into_inner();
    let state = request.app_data::<web::Data<DeskState>>();
    let state = state.ok_or_else(|| whole(ApiError::not_found()))?;
    let id = request.match_info().get("id").unwrap_or_default();
    let action = action(request);
    let done = act(request, state, &operator, (id, action), &sent).await;
    done.map(|()| error_group(id)).map_err(|error| {
        let Some(field) = error.errors.first() else {
            return whole(error);
        };
        Refusal::Field(RefusedField {
            id: format!("{action}-{}", field.field),
            typed: match action {
                "notes" => sent.text,
                _ => sent.reason,
            },
        })
    })
}

fn action(request: &HttpRequest) -> &str {
    let path = request.path().trim_end_matches('/');
    path.rsplit('/').next().unwrap_or_default()
}

async fn act(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    (id, action): (&str, &str),
    sent: &Sent,
) -> Result<(), ApiError> {
    let lasts = Some(sent.lasts.as_str()).filter(|lasts| !lasts.is_empty());
    let (change, reason) = match action {
        "notes" => {
            let text = worded("text", &sent.text)?;
            return write_down(request, state, operator, id, &text).await;
        }
        "resolve" => (Change::Resolve, if_any("reason", &sent.reason)?),
        "mute" => {
            let reason = worded("reason", &sent.reason)?;
            let until_ms = until(state, None, lasts)?;
            (Change::Mute { until_ms }, reason)
        }
        "unmute" => (Change::Unmute, String::new()),
        _ => (Change::Reopen, String::new()),
    };
    say(request, state, operator, id, (change, &reason)).await
}
