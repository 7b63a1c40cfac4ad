//! Forms of the desk's pages. What is done leads back to the page; what is refused is said on it, beside
//! its field, with all that was typed.

use std::future::Future;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, FromRequest as _, HttpMessage as _, HttpRequest, HttpResponse};
use app::pages::RefusedForm;

use super::page::{redrawn, staff_reads_and_sends};
use super::state::DeskState;
use crate::auth::guard::Operator;
use crate::http::error::ApiError;
use crate::http::resource::{found, method_not_allowed, see_other};

/// The forms of one page.
pub trait Forms: 'static {
    /// The page's pattern. What is sent goes to an address below it.
    const PAGE: &'static str;
    /// Where below it, without slashes at the ends.
    const ACTIONS: &'static [&'static str];

    /// The page of the thing with this id; of a page about no single one, the page itself.
    fn page(id: &str) -> String;

    /// Does what was sent, and says where that leads. Fields of an error have the names of the form's.
    fn act(form: Form<'_>) -> impl Future<Output = Result<String, ApiError>>;
}

/// One that an operator has sent.
pub struct Form<'f> {
    pub request: &'f HttpRequest,
    pub state: &'f DeskState,
    pub operator: &'f Operator,
    pub id: &'f str,
    /// One of [`Forms::ACTIONS`].
    pub action: &'static str,
    pub sent: &'f Sent,
}

/// The fields, as they were typed.
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// Empty if it was not sent.
    pub fn get(&self, name: &str) -> &str {
        let mut fields = self.0.iter();
        let field = fields.find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// `None` if there is nothing in it.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.trim().is_empty())
    }
}

pub fn configure<F: Forms>(service: &mut ServiceConfig) {
    for action in F::ACTIONS {
        let deal = move |request: ServiceRequest, next| deal::<F, _>(action, request, next);
        service.service(
            web::resource(format!("{}{action}/", F::PAGE))
                .wrap(from_fn(deal))
                .wrap(Compress::default())
                .wrap(from_fn(staff_reads_and_sends))
                .route(redrawn(F::PAGE))
                .route(web::get().to(lead_back::<F>))
                .default_service(method_not_allowed("GET, POST")),
        );
    }
}

/// Whoever comes by the address alone, as a page does that is drawn anew.
async fn lead_back<F: Forms>(request: HttpRequest) -> HttpResponse {
    found(F::page(id(&request)))
}

fn id(request: &HttpRequest) -> &str {
    request.match_info().get("id").unwrap_or_default()
}

/// Answers what can be done, and lets the page answer what can't.
async fn deal<F: Forms, B: MessageBody + 'static>(
    action: &'static str,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.method() != Method::POST {
        let answer = next.call(request).await;
        return answer.map(ServiceResponse::map_into_left_body);
    }
    let (request, mut payload) = request.into_parts();
    let dealt = dealt::<F>(&request, &mut payload, action).await;
    let request = ServiceRequest::from_parts(request, payload);
    match dealt {
        Ok(page) => Ok(request.into_response(see_other(page)).map_into_right_body()),
        Err(Refusal::Form(refused)) => {
            request.extensions_mut().insert(refused);
            let answer = next.call(request).await;
            answer.map(ServiceResponse::map_into_left_body)
        }
        Err(Refusal::Whole(error)) => Ok(request.error_response(error).map_into_right_body()),
    }
}

enum Refusal {
    /// Can be put right on the page.
    Form(RefusedForm),
    Whole(Error),
}

/// Where it leads to.
async fn dealt<F: Forms>(
    request: &HttpRequest,
    payload: &mut Payload,
    action: &'static str,
) -> Result<String, Refusal> {
    let whole = |error: ApiError| Refusal::Whole(error.into());
    let operator = Operator::from_request(request, payload).await;
    let operator = operator.map_err(whole)?;
    let fields = web::Form::<Vec<(String, String)>>::from_request(request, payload).await;
    let sent = Sent(fields.map_err(Refusal::Whole)?.into_inner());
    let state = request.app_data::<web::Data<DeskState>>();
    let form = Form {
        request,
        state: state.ok_or_else(|| whole(ApiError::not_found()))?,
        operator: &operator,
        id: id(request),
        action,
        sent: &sent,
    };
    F::act(form).await.map_err(|error| {
        let Some(field) = error.errors.first() else {
            return whole(error);
        };
        Refusal::Form(RefusedForm {
            form: action.to_owned(),
            field: field.field.clone(),
            sent: sent.0,
        })
    })
}
