//! The registry's part of the API's document: what its handlers take and answer. How all operations
//! fail is added where the document is put together.

use utoipa::PartialSchema as _;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    self, ComponentsBuilder, Content, OpenApiBuilder, PathItem, PathsBuilder, Ref, Required,
    ResponseBuilder, SecurityRequirement,
};
use utoipa::{OpenApi, ToSchema as _};

use super::body_schema::{self, Form};
use super::noun::Noun;
use super::{cards, namespaces, schemas};
use crate::db::queries::cards::FoundCard;
use crate::db::queries::namespaces::Namespace;
use crate::db::queries::schemas::Schema;

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// What of the registry is only read, or has filters of its own.
#[derive(OpenApi)]
#[openapi(paths(
    cards::lists::list,
    cards::lists::by_namespace,
    cards::served::standard_json,
    cards::served::well_known,
    cards::served::well_known_before_0_3,
    namespaces::list::list,
    schemas::lists::list,
    schemas::lists::catalog,
))]
struct Read;

/// The registry's part of the API's document.
pub fn all() -> openapi::OpenApi {
    let mut all = Read::openapi();
    for noun in [of::<Namespace>(), of::<Schema>(), of::<FoundCard>()] {
        all.merge(noun);
    }
    all
}

/// The operations of a noun but for its lists, and the schemas that they refer to.
fn of<N: Noun>() -> openapi::OpenApi {
    let one = N::ONE;
    let (_, bare) = one.split_once(' ').unwrap_or_default();
    let create = operation::<N>("create", format!("A new {bare}"));
    let create = answered::<N>(accepting::<N>(guarded(create), Form::New, &[JSON]), "201");
    let read = answered::<N>(operation::<N>("read", format!("One {bare}")), "200")
        .response("304", ResponseBuilder::new().description("Not modified"));
    let replace = guarded(operation::<N>("replace", format!("Replaces {one}")));
    let replace = accepting::<N>(replace, Form::of_replacement(N::SHAPE), &[JSON]);
    let patch = guarded(operation::<N>("patch", format!("Changes parts of {one}")));
    let patch = accepting::<N>(patch, Form::Patch, &[MERGE_PATCH, JSON]);
    let delete = guarded(operation::<N>(
        "delete",
        format!("Deletes {}", N::DELETABLE),
    ))
    .response("204", ResponseBuilder::new().description("Deleted"));

    let mut paths = PathsBuilder::new().path(N::PATH, PathItem::new(HttpMethod::Post, create));
    for (method, operation) in [
        (HttpMethod::Get, read),
        (HttpMethod::Put, answered::<N>(replace, "200")),
        (HttpMethod::Patch, answered::<N>(patch, "200")),
        (HttpMethod::Delete, delete),
    ] {
        let item = PathItem::new(method, identified::<N>(operation));
        paths = paths.path(format!("{}{{id}}/", N::PATH), item);
    }
    let mut components = ComponentsBuilder::new().schema_from::<N::View>().build();
    body_schema::add(&mut components, N::SHAPE);
    OpenApiBuilder::new()
        .paths(paths)
        .components(Some(components))
        .build()
}

fn operation<N: Noun>(handler: &str, summary: String) -> OperationBuilder {
    OperationBuilder::new()
        .tag(N::TAG)
        .operation_id(Some(handler))
        .summary(Some(summary))
}

/// For who may write.
fn guarded(operation: OperationBuilder) -> OperationBuilder {
    let by = |scheme: &str| SecurityRequirement::new(scheme, [""; 0]);
    operation.security(by("session")).security(by("token"))
}

fn identified<N: Noun>(operation: OperationBuilder) -> OperationBuilder {
    let id = ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(N::Id::schema()));
    operation.parameter(id)
}

fn accepting<N: Noun>(operation: OperationBuilder, form: Form, media: &[&str]) -> OperationBuilder {
    let schema = Ref::from_schema_name(form.name(N::SHAPE));
    let mut body = RequestBodyBuilder::new().required(Some(Required::True));
    for kind in media {
        body = body.content(*kind, Content::new(Some(schema.clone())));
    }
    operation.request_body(Some(body.build()))
}

fn answered<N: Noun>(operation: OperationBuilder, status: &str) -> OperationBuilder {
    let view = Content::new(Some(Ref::from_schema_name(N::View::name())));
    operation.response(status, ResponseBuilder::new().content(JSON, view))
}
