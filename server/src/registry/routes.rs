//! The registry's part of the route table. Literal paths come before patterns.

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use super::namespaces::RESERVED_IDS;
use super::{cards, namespaces, schemas};
use crate::http::resource::{method_not_allowed, read_only, readable};

/// The registry's part of the API's document.
#[derive(OpenApi)]
#[openapi(paths(
    cards::lists::list,
    cards::handlers::create,
    cards::lists::by_namespace,
    cards::handlers::read,
    cards::handlers::replace,
    cards::handlers::patch,
    cards::handlers::delete,
    cards::served::standard_json,
    cards::served::well_known,
    cards::served::well_known_before_0_3,
    namespaces::handlers::list,
    namespaces::handlers::create,
    namespaces::handlers::read,
    namespaces::handlers::replace,
    namespaces::handlers::patch,
    namespaces::handlers::delete,
    schemas::handlers::list,
    schemas::handlers::create,
    schemas::handlers::catalog,
    schemas::handlers::read,
    schemas::handlers::replace,
    schemas::handlers::patch,
    schemas::handlers::delete,
))]
pub struct Operations;

pub fn configure(service: &mut ServiceConfig) {
    use cards::{handlers as card, lists, served};
    use namespaces::handlers as namespace;
    use schemas::handlers as schema;

    let collection_methods = || method_not_allowed("GET, HEAD, POST");
    let item_methods = || method_not_allowed("GET, HEAD, PUT, PATCH, DELETE");
    service
        .service(
            readable(&["/api/namespaces/"], namespace::list)
                .route(web::post().to(namespace::create))
                .default_service(collection_methods()),
        )
        .service(
            readable(&["/api/namespaces/{id}/"], namespace::read)
                .route(web::put().to(namespace::replace))
                .route(web::patch().to(namespace::patch))
                .route(web::delete().to(namespace::delete))
                .default_service(item_methods()),
        )
        .service(
            readable(&["/api/schemas/"], schema::list)
                .route(web::post().to(schema::create))
                .default_service(collection_methods()),
        )
        .service(read_only(&["/api/schemas/catalog/"], schema::catalog))
        .service(
            readable(&["/api/schemas/{id}/"], schema::read)
                .route(web::put().to(schema::replace))
                .route(web::patch().to(schema::patch))
                .route(web::delete().to(schema::delete))
                .default_service(item_methods()),
        )
        .service(
            readable(&["/api/agentcards/"], lists::list)
                .route(web::post().to(card::create))
                .default_service(collection_methods()),
        )
        .service(read_only(
            &["/api/agentcards/by-namespace/{id}/"],
            lists::by_namespace,
        ))
        .service(
            readable(&["/api/agentcards/{id}/"], card::read)
                .route(web::put().to(card::replace))
                .route(web::patch().to(card::patch))
                .route(web::delete().to(card::delete))
                .default_service(item_methods()),
        )
        .service(read_only(
            &["/api/agentcards/{id}/standard-json/"],
            served::standard_json,
        ));
}

/// The addresses of agents. They begin with any namespace's id, so they come last, and keep out of
/// the service's own.
pub fn configure_well_known(service: &mut ServiceConfig) {
    use cards::served::{well_known, well_known_before_0_3};

    service
        .service(
            read_only(
                &["/{namespace}/{name}/.well-known/agent-card.json"],
                well_known,
            )
            .guard(fn_guard(is_no_address_of_ours)),
        )
        .service(
            read_only(
                &["/{namespace}/{name}/.well-known/agent.json"],
                well_known_before_0_3,
            )
            .guard(fn_guard(is_no_address_of_ours)),
        );
}

fn is_no_address_of_ours(context: &GuardContext<'_>) -> bool {
    let path = context.head().uri.path();
    let first = path.trim_start_matches('/').split('/').next();
    first.is_some_and(|first| !RESERVED_IDS.contains(&first))
}
