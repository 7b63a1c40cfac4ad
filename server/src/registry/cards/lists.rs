//! `/api/agentcards/` and `/api/agentcards/by-namespace/{id}/`: cards by the page.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::model::CardRow;
use crate::db::queries::card_lists::{self, CardFilter, SortBy, SortKey};
use crate::db::queries::namespaces;
use crate::http::error::ApiError;
use crate::http::paging::{Page, Query};
use crate::http::reply;
use crate::registry::a2a::folded;
use crate::registry::access::Reader;
use crate::registry::namespaces::is_namespace_id;
use crate::registry::state::RegistryState;

const ORDERS: [(&str, SortBy); 6] = [
    ("id", SortBy::Id),
    ("namespace", SortBy::Namespace),
    ("name", SortBy::Name),
    ("version", SortBy::Version),
    ("created_at", SortBy::CreatedAt),
    ("updated_at", SortBy::UpdatedAt),
];

/// What `ordering` may be, as a regular expression.
pub fn ordering_pattern() -> String {
    let names = ORDERS.map(|(name, _)| name).join("|");
    format!("^(|-?({names})(,-?({names}))*)$")
}

/// Agent cards, by id unless ordered otherwise
#[utoipa::path(get, path = "/api/agentcards/", tag = "agentcards", params(
    ("namespace" = Option<String>, Query, description = "The namespace's id"),
    ("name" = Option<String>, Query, description = "Part of the name, in any case"),
    ("skill" = Option<String>, Query, description = "A skill's id or name, in any case"),
    ("tag" = Option<String>, Query, description = "A skill's tag, in any case"),
    ("is_default_version" = Option<bool>, Query), ("is_active" = Option<bool>, Query),
    ("valid" = Option<bool>, Query),
    ("ordering" = Option<String>, Query, description = "id, namespace, name, version, created_at or updated_at; with a - before it for descending order; several with commas"),
    ("page" = Option<i64>, Query, minimum = 1), ("page_size" = Option<i64>, Query, minimum = 1, description = "At most 100"),
), responses((status = 200, body = Page<CardRow>)))]
pub async fn list(
    reader: Reader,
    request: HttpRequest,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(&request);
    let namespace = query.text("namespace");
    page(&reader, &request, &state, query, namespace).await
}

/// The agent cards of a namespace
#[utoipa::path(get, path = "/api/agentcards/by-namespace/{id}/", tag = "agentcards", params(
    ("id" = String, Path, description = "The namespace's id"),
    ("name" = Option<String>, Query, description = "Part of the name, in any case"),
    ("skill" = Option<String>, Query, description = "A skill's id or name, in any case"),
    ("tag" = Option<String>, Query, description = "A skill's tag, in any case"),
    ("is_default_version" = Option<bool>, Query), ("is_active" = Option<bool>, Query),
    ("valid" = Option<bool>, Query),
    ("ordering" = Option<String>, Query, description = "As with the list of all"),
    ("page" = Option<i64>, Query, minimum = 1), ("page_size" = Option<i64>, Query, minimum = 1, description = "At most 100"),
), responses((status = 200, body = Page<CardRow>)))]
pub async fn by_namespace(
    reader: Reader,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    if !is_namespace_id(&id) {
        return Err(ApiError::not_found());
    }
    let namespace = namespaces::find(&state.db, id.clone()).await?;
    if !namespace.is_some_and(|found| found.is_active || reader.sees_hidden) {
        return Err(ApiError::not_found());
    }
    page(&reader, &request, &state, Query::of(&request), Some(id)).await
}

async fn page(
    reader: &Reader,
    request: &HttpRequest,
    state: &RegistryState,
    mut query: Query,
    namespace: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let mut searched = |name: &str| query.text(name).map(|text| folded(&text));
    let (name, skill, tag) = (searched("name"), searched("skill"), searched("tag"));
    let filter = CardFilter {
        namespace,
        name,
        skill,
        tag,
        is_default_version: query.flag("is_default_version"),
        is_active: query.flag("is_active"),
        is_valid: query.flag("valid"),
        with_hidden: reader.sees_hidden,
    };
    let mut keys: Vec<SortKey> = query
        .ordering(&ORDERS)
        .into_iter()
        .map(|(by, descending)| SortKey { by, descending })
        .collect();
    // What the keys leave open the id decides, so that no card is on two pages.
    keys.push(SortKey {
        by: SortBy::Id,
        descending: keys.last().is_some_and(|key| key.descending),
    });
    let wanted = query.finish()?;
    let count = state.card_counts.get(&state.db, &filter).await?;
    wanted.check(count)?;
    let (offset, limit) = (wanted.offset(), wanted.limit());
    let found = card_lists::list(&state.db, filter, keys, offset, limit).await?;
    let results = found
        .into_iter()
        .map(|(head, username)| CardRow::of(head, username))
        .collect();
    Ok(reply::plain(&Page::new(request, wanted, count, results)))
}
