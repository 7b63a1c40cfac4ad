//! The registry's part of the route table. Literal paths come before patterns.

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

use super::namespaces::RESERVED_IDS;
use super::{cards, docs, namespaces, openapi, schemas};
use crate::error::ApiError;
use crate::routes::{method_not_allowed, read_only};

pub fn configure(service: &mut ServiceConfig) {
    use cards::{handlers as card, lists, served};
    use namespaces::handlers as namespace;
    use schemas::handlers as schema;

    let collection_methods = || web::to(|| method_not_allowed("GET, HEAD, POST"));
    let item_methods = || web::to(|| method_not_allowed("GET, HEAD, PUT, PATCH, DELETE"));
    service
        .service(read_only(&["/api/openapi.json"], openapi::serve))
        .service(read_only(&["/api/docs/"], docs::serve))
        .service(
            read("/api/namespaces/", namespace::list)
                .route(web::post().to(namespace::create))
                .default_service(collection_methods()),
        )
        .service(
            read("/api/namespaces/{id}/", namespace::read)
                .route(web::put().to(namespace::replace))
                .route(web::patch().to(namespace::patch))
                .route(web::delete().to(namespace::delete))
                .default_service(item_methods()),
        )
        .service(
            read("/api/schemas/", schema::list)
                .route(web::post().to(schema::create))
                .default_service(collection_methods()),
        )
        .service(read_only(&["/api/schemas/catalog/"], schema::catalog))
        .service(
            read("/api/schemas/{id}/", schema::read)
                .route(web::put().to(schema::replace))
                .route(web::patch().to(schema::patch))
                .route(web::delete().to(schema::delete))
                .default_service(item_methods()),
        )
        .service(
            read("/api/agentcards/", lists::list)
                .route(web::post().to(card::create))
                .default_service(collection_methods()),
        )
        .service(read_only(
            &["/api/agentcards/by-namespace/{id}/"],
            lists::by_namespace,
        ))
        .service(
            read("/api/agentcards/{id}/", card::read)
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

/// A resource with GET and HEAD, to which a list or an item adds what else it takes.
fn read<F, Arguments>(path: &str, handler: F) -> Resource
where
    F: Handler<Arguments, Output = Result<actix_web::HttpResponse, ApiError>>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
}
