//! Cards as A2A wants them: the document alone, just as it was written.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::validity::Validity;
use crate::db::queries::cards::{self, FoundCard};
use crate::http::error::{ApiError, FieldError};
use crate::registry::access::Reader;
use crate::registry::handlers::find_visible;
use crate::registry::noun::Noun as _;
use crate::registry::state::RegistryState;

/// The card itself, if it is valid
#[utoipa::path(get, path = "/api/agentcards/{id}/standard-json/", tag = "agentcards", params(("id" = i64, Path)),
    responses((status = 200, body = Object), (status = 304, description = "Not modified")))]
pub async fn standard_json(
    reader: Reader,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let found = find_visible::<FoundCard>(&state, &id, &reader).await?;
    let validity = Validity::of_row(&found.head);
    if !validity.valid {
        let errors = validity
            .errors
            .into_iter()
            .map(|finding| FieldError::new(finding.path, finding.message))
            .collect();
        return Err(ApiError {
            errors,
            ..ApiError::conflict("The card is not valid: `errors` says what to change.")
        });
    }
    Ok(document(&request, found, "no-cache"))
}

/// The default version of an agent's card, for A2A clients
#[utoipa::path(get, path = "/{namespace}/{name}/.well-known/agent-card.json", tag = "agentcards", params(
    ("namespace" = String, Path), ("name" = String, Path, description = "The name in the card"),
), responses((status = 200, body = Object), (status = 304, description = "Not modified")))]
pub async fn well_known(
    request: HttpRequest,
    path: Path<(String, String)>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let (namespace, name) = path.into_inner();
    // PostgreSQL has no such text, so nothing can be called that.
    if namespace.contains('\0') || name.contains('\0') {
        return Err(ApiError::not_found());
    }
    let found = cards::find_default(&state.db, namespace, name).await?;
    let found = found.ok_or_else(ApiError::not_found)?;
    Ok(document(&request, found, "public, max-age=60"))
}

/// The same, where clients of A2A 0.2 look for it
#[utoipa::path(get, path = "/{namespace}/{name}/.well-known/agent.json", tag = "agentcards", params(
    ("namespace" = String, Path), ("name" = String, Path, description = "The name in the card"),
), responses((status = 200, body = Object), (status = 304, description = "Not modified")))]
pub async fn well_known_before_0_3(
    request: HttpRequest,
    path: Path<(String, String)>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    well_known(request, path, state).await
}

fn document(request: &HttpRequest, found: FoundCard, caching: &str) -> HttpResponse {
    let etag = found.etag();
    let mut response = if etag.is_known_to(request) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header(etag.header())
        .insert_header((CACHE_CONTROL, caching));
    if etag.is_known_to(request) {
        return response.finish();
    }
    response
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(found.card.text().to_owned())
}
