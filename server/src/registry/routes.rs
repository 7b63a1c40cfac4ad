//! The registry's part of the route table. Literal paths come before patterns.

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

use super::namespaces::RESERVED_IDS;
use super::noun::Noun;
use super::{cards, handlers, namespaces, schemas};
use crate::db::queries::cards::FoundCard;
use crate::db::queries::namespaces::Namespace;
use crate::db::queries::schemas::Schema;
use crate::http::resource::{method_not_allowed, read_only, readable};

pub fn configure(service: &mut ServiceConfig) {
    use cards::{lists, served};

    service
        .service(collection::<Namespace, _, _>(namespaces::list::list))
        .service(item::<Namespace>())
        .service(collection::<Schema, _, _>(schemas::lists::list))
        .service(read_only(
            &["/api/schemas/catalog/"],
            schemas::lists::catalog,
        ))
        .service(item::<Schema>())
        .service(collection::<FoundCard, _, _>(lists::list))
        .service(read_only(
            &["/api/agentcards/by-namespace/{id}/"],
            lists::by_namespace,
        ))
        .service(item::<FoundCard>())
        .service(read_only(
            &["/api/agentcards/{id}/standard-json/"],
            served::standard_json,
        ));
}

/// All of a noun: what is there, by the page, and the way for more.
fn collection<N, F, Arguments>(list: F) -> Resource
where
    N: Noun,
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    readable(&[N::PATH], list)
        .route(web::post().to(handlers::create::<N>))
        .default_service(method_not_allowed("GET, HEAD, POST"))
}

/// One of a noun.
fn item<N: Noun>() -> Resource {
    readable(&[&format!("{}{{id}}/", N::PATH)], handlers::read::<N>)
        .route(web::put().to(handlers::replace::<N>))
        .route(web::patch().to(handlers::patch::<N>))
        .route(web::delete().to(handlers::delete::<N>))
        .default_service(method_not_allowed("GET, HEAD, PUT, PATCH, DELETE"))
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
