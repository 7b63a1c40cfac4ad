//! The Leptos pages: behind the staff guard, with the same context.

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method as HttpMethod;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, Route};
use app::address::log_query::{DIRECTIVES, LogForm, LogSearch, StoryId};
use app::address::page::Page;
use app::address::percent_encode;
use app::address::route_name;
use app::backend::SharedBackend;
use app::pages::{OpenNow, PAGES, PlainView, RefusedForm};
use app::view::viewer::Language;
use leptos::prelude::{IntoView, provide_context, use_context, use_nonce};
use leptos_actix::{Request, ResponseOptions, render_app_async_with_context};
use leptos_router::Method;
use ops::clock::rfc3339_millis;

use super::errors::find as errors;
use super::incidents::find;
use super::logs::{self, level};
use super::state::DeskState;
use super::{Desk, view};
use crate::auth::identity::CurrentUser;
use crate::http::assets;
use crate::http::content_policy::page_policy;
use crate::http::error::ApiError;
use crate::http::resource::{found, method_not_allowed};
use crate::traffic;

/// Where `/admin/` leads.
pub const HOME: Page = Page::SystemStatus;

/// All pages that need no handler of their own.
pub fn configure(service: &mut ServiceConfig) {
    for page in PAGES {
        if let Some(document) = page.document() {
            service.service(resource(page.path, document));
        }
    }
}

/// A page of the desk, for staff.
fn resource<V: IntoView + 'static>(
    path: &'static str,
    document: impl Fn() -> V + Clone + Send + 'static,
) -> impl HttpServiceFactory {
    web::resource(path)
        .wrap(from_fn(known_thing))
        // Tables and charts repeat themselves: a tenth of their bytes will do.
        .wrap(Compress::default())
        .wrap(from_fn(staff_reads))
        .route(render_app_async_with_context(
            page_context,
            document,
            Method::Get,
        ))
        .route(web::head().to(page_head))
        .default_service(method_not_allowed("GET, HEAD"))
}

/// Draws the page of this pattern in answer to a form that was refused: see [`RefusedForm`].
pub fn redrawn(pattern: &str) -> Route {
    let page = PAGES.into_iter().find(|page| page.path == pattern);
    match page.and_then(|page| page.document()) {
        Some(document) => render_app_async_with_context(page_context, document, Method::Post),
        None => method_not_allowed("GET, HEAD"),
    }
}

/// Leptos routes answer GET only; whoever asks with HEAD wants to know whether the page is there.
async fn page_head() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// What pages find in context.
fn provide_desk() {
    let Some(request) = use_context::<Request>() else {
        return;
    };
    let viewer = view::viewer(&request);
    let pairs = query_pairs(&request);
    let directives = pairs.iter().find(|(name, _)| name == DIRECTIVES);
    if let Some(bad) = directives.and_then(|(_, given)| level::bad_directives(given)) {
        provide_context(bad);
    }
    let form = LogForm::from_pairs(&pairs, viewer.zone);
    provide_context(viewer);
    let query = logs::asked(form.pairs()).map(|asked| asked.query);
    provide_context(LogSearch { form, query });
    // The page of a request has one parameter; others have none, or more.
    provide_context(StoryId(request.match_info().load().unwrap_or_default()));
    provide_context(view::address(&request));
    provide_context(assets::current());
    if let Some(state) = request.app_data::<web::Data<DeskState>>() {
        provide_context(state.service.configured.clone());
        let backend: SharedBackend = Arc::new(Desk::new(state.clone()));
        provide_context(backend);
    }
}

/// What is around a page that a handler of its own draws.
pub fn around(request: &HttpRequest, desk: &DeskState) -> PlainView {
    let viewer = view::viewer(request);
    let open = OpenNow {
        incidents: find::open(desk, viewer.language),
        at: rfc3339_millis(desk.clock.now()),
    };
    PlainView {
        viewer,
        configured: desk.service.configured.clone(),
        open,
    }
}

fn query_pairs(request: &HttpRequest) -> Vec<(String, String)> {
    let pairs = web::Query::from_query(request.query_string());
    // Anything can be read as pairs: what is no UTF-8 is replaced.
    pairs.map(web::Query::into_inner).unwrap_or_default()
}

fn page_context() {
    provide_desk();
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce)) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    let request = use_context::<Request>();
    let refused = request.and_then(|request| request.extensions().get::<RefusedForm>().cloned());
    if let Some(refused) = refused {
        response.set_status(StatusCode::BAD_REQUEST);
        provide_context(refused);
    }
}

/// The page of a route takes any tail, and is there only for routes that the service answers or once did;
/// those of an incident and of an error group only for those that there are.
async fn known_thing(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let pattern = request.match_pattern();
    let is_unknown = match pattern.as_deref() {
        // Whatever there is, it takes no such method.
        _ if !request.method().is_safe() => false,
        Some(route_name::PATTERN) => !is_known_route(&request).await,
        Some(find::PAGE) => !is_known_incident(&request).await,
        Some(errors::PAGE) => !is_known_error(&request).await,
        _ => false,
    };
    if is_unknown {
        let refused = request.error_response(ApiError::not_found());
        return Ok(refused.map_into_right_body());
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// One that the store can't tell of now may be there: the page says so.
async fn is_known_incident(request: &ServiceRequest) -> bool {
    let (Some(id), Some(state)) = (
        request.match_info().get("id"),
        request.app_data::<web::Data<DeskState>>().cloned(),
    ) else {
        return false;
    };
    let found = find::report(&state, Language::English, id).await;
    !matches!(found, Ok(None))
}

/// Likewise.
async fn is_known_error(request: &ServiceRequest) -> bool {
    let (Some(id), Some(state)) = (
        request.match_info().get("id"),
        request.app_data::<web::Data<DeskState>>().cloned(),
    ) else {
        return false;
    };
    state.recorded.errors.knows(id).await
}

async fn is_known_route(request: &ServiceRequest) -> bool {
    let Some((method, route)) = route_name::from_path(request.path()) else {
        return false;
    };
    let Some(state) = request.app_data::<web::Data<DeskState>>().cloned() else {
        return false;
    };
    state.host_service.answers(&method, &route)
        || traffic::was_called(&state.recorded.traffic, &method, &route).await
}

fn is_staff(request: &ServiceRequest) -> Option<bool> {
    let extensions = request.extensions();
    extensions.get::<CurrentUser>().map(|user| user.is_staff)
}

pub async fn staff_reads(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    staff_or_sign_in(&[HttpMethod::GET, HttpMethod::HEAD], request, next).await
}

pub async fn staff_reads_and_sends(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let methods = [HttpMethod::GET, HttpMethod::HEAD, HttpMethod::POST];
    staff_or_sign_in(&methods, request, next).await
}

pub async fn staff_sends(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    staff_or_sign_in(&[HttpMethod::POST], request, next).await
}

/// A stranger is led to the sign-in page, and back here afterwards.
async fn staff_or_sign_in(
    methods: &[HttpMethod],
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match is_staff(&request) {
        Some(true) => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body),
        Some(false) => {
            Ok(request.error_response(ApiError::forbidden("This page is for staff only.")))
        }
        // The resource says that it takes no such method, to strangers, too.
        None if !methods.contains(request.method()) => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body),
        None => {
            let here = request
                .uri()
                .path_and_query()
                .map_or("/", |here| here.as_str());
            let target = format!("/admin/login/?next={}", percent_encode(here));
            Ok(request.into_response(found(target)))
        }
    }
}
