//! The API described by itself: OpenAPI 3.1, collected from what each room registers.

mod docs;
mod pages;
mod shapes;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::ServiceConfig;
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Type,
};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::auth::token::COOKIE_NAME;
use crate::http::error::FieldError;
use crate::http::place::METRICS;
use crate::http::resource::read_only;
use crate::registry::a2a::Finding;
use crate::registry::openapi as parameters;
use crate::{desk, registry};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "agent-source-db",
        description = "A registry of A2A agent cards. Reading is public. Writing needs a staff session \
            of the desk, with a request from one of its pages, or an API token of scope write."
    ),
    components(schemas(Problem, Finding, FieldError)),
    tags(
        (name = "agentcards", description = "Agent cards: kept whole, checked, found, and served to A2A clients"),
        (name = "namespaces", description = "What cards are grouped and switched off by"),
        (name = "schemas", description = "What the extensions that cards declare have to look like"),
        (name = "desk", description = "The desk's data for programs"),
        (name = "health", description = "For load balancers, Kubernetes and people"),
        (name = "pages", description = "What a browser asks for: pages, forms and files"),
    ),
)]
struct Document;

/// An error (RFC 9457).
#[derive(ToSchema)]
pub struct Problem {
    #[schema(rename = "type", examples("about:blank"))]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What is wrong and what to do, in a sentence.
    pub detail: String,
    /// Field by field, where the input is to blame.
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    pub request_id: Option<String>,
    /// Leads to the error's line in the log.
    pub error_id: Option<String>,
}

/// What all operations have in common, and so none has to say.
struct Conventions;

impl Modify for Conventions {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.info.version = crate::VERSION.to_owned();
        if let Some(components) = &mut document.components {
            shapes::tell_apart(components);
            add_security_schemes(components);
        }
        for (path, item) in &mut document.paths.paths {
            if path.starts_with("/health/") {
                operations(item).for_each(name);
                continue;
            }
            let is_desk = path.starts_with("/api/ops/");
            let is_item = path.contains("{id}") && !path.contains("by-namespace") && !is_desk;
            for operation in operations(item) {
                name(operation);
                parameters::describe(path, operation);
            }
            for get in item.get.iter_mut() {
                describe_get(get, path, is_item);
            }
            for post in item.post.iter_mut() {
                add_errors(post, &[400, 401, 403, 408, 409, 413, 415, 503]);
            }
            for delete in item.delete.iter_mut() {
                add_errors(delete, &[401, 403, 404, 409, 412, 503]);
                add_header(delete, "If-Match", IF_MATCH);
            }
            if is_desk {
                for put in item.put.iter_mut() {
                    add_errors(put, &[400, 401, 403, 408, 413, 503]);
                }
                continue;
            }
            for change in item.put.iter_mut().chain(item.patch.iter_mut()) {
                add_errors(change, &[400, 401, 403, 404, 408, 409, 412, 413, 415, 503]);
                add_header(change, "If-Match", IF_MATCH);
            }
        }
        pages::add(&mut document.paths);
        for item in document.paths.paths.values_mut() {
            operations(item).for_each(shapes::describe_answers);
        }
    }
}

const IF_MATCH: &str = "The ETag that was read: 412 if it has changed since";

fn add_security_schemes(components: &mut Components) {
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        COOKIE_NAME,
        "A session of the desk; in production the cookie is named __Host-session",
    )));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let token = SecurityScheme::Http(
        bearer
            .description(Some("Made by `agent-source-db token create`"))
            .build(),
    );
    components.add_security_scheme("session", session);
    components.add_security_scheme("token", token);
}

fn describe_get(get: &mut Operation, path: &str, is_item: bool) {
    if path == METRICS {
        add_errors(get, &[401, 403, 503]);
        return;
    }
    if path.starts_with("/api/") {
        add_errors(get, &[400, 404, 503]);
    } else {
        add_pages(get, &[404, 500, 503]);
    }
    if is_item || path.contains("well-known") {
        add_header(
            get,
            "If-None-Match",
            "Nothing is sent to who has it already",
        );
    }
    if path.contains("standard-json") {
        add_errors(get, &[409]);
    }
    if get.security.is_some() {
        add_errors(get, &[401, 403]);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let reading = item.get.iter_mut();
    let writing = item.post.iter_mut().chain(item.put.iter_mut());
    let changing = item.patch.iter_mut().chain(item.delete.iter_mut());
    reading.chain(writing).chain(changing)
}

/// A handler's name is its own among those of its noun only; an operation's must be unique.
fn name(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next();
    if let (Some(tag), Some(handler)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{handler}"));
    }
}

/// Outside of `/api/` errors are pages for people.
fn add_pages(operation: &mut Operation, statuses: &[u16]) {
    add_errors(operation, statuses);
    for status in statuses {
        let found = operation.responses.responses.get_mut(&status.to_string());
        if let Some(RefOr::T(response)) = found {
            response.content.clear();
            let page = ObjectBuilder::new().schema_type(Type::String).build();
            let content = ContentBuilder::new().schema(Some(page)).build();
            response
                .content
                .insert("text/html".to_owned(), content.into());
        }
    }
}

fn add_errors(operation: &mut Operation, statuses: &[u16]) {
    for status in statuses.iter().chain(&[500]) {
        let meaning = match status {
            400 => "The input is wrong: `errors` says where",
            401 => "Nobody is signed in, and there is no good token",
            403 => "Not for this user or token, or not from a page of ours",
            404 => "There is nothing at this address",
            408 => "The body did not come in time",
            409 => "It is taken, still referred to, or not valid",
            412 => "It was changed since it was read",
            413 => "The body, or what would be stored of it, is larger than 1 MiB",
            415 => "The body is of another kind",
            500 => "The service failed: `error_id` leads to the line in its log",
            _ => "It can't be answered at the moment: `Retry-After` says when to ask again",
        };
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let response = ResponseBuilder::new()
            .description(meaning)
            .content("application/problem+json", content)
            .build();
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), RefOr::T(response));
    }
}

fn add_header(operation: &mut Operation, name: &str, description: &str) {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let header: Parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .description(Some(description))
        .schema(Some(text))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(RefOr::T(header));
}

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/api/openapi.json"], serve))
        .service(read_only(&["/api/docs/"], docs::serve));
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = Document::openapi();
    document.merge(registry::operations::all());
    document.merge(desk::operations());
    Conventions.modify(&mut document);
    document.to_pretty_json().unwrap_or_default()
});

/// The document, as JSON.
pub fn document() -> &'static str {
    &DOCUMENT
}

/// `GET /api/openapi.json`
pub async fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(document())
}

/// Whether the service answers this method at this pattern: the document has all of them.
pub fn answers(method: &str, pattern: &str) -> bool {
    static PATHS: LazyLock<Value> = LazyLock::new(|| {
        let mut document = value();
        document
            .get_mut("paths")
            .map(Value::take)
            .unwrap_or_default()
    });
    // What answers GET, answers HEAD.
    let method = if method == "HEAD" { "GET" } else { method };
    let operation = PATHS
        .get(pattern)
        .and_then(|item| item.get(method.to_ascii_lowercase()));
    operation.is_some_and(Value::is_object)
}

/// The document to look into.
pub fn value() -> Value {
    serde_json::from_str(document()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
