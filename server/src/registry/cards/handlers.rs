//! `/api/agentcards/`: one card at a time.

use std::sync::Arc;

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::model::{CardInput, CardPatch, CardView, Origin, changes, etag};
use super::validity::Validity;
use crate::db::DbError;
use crate::db::queries::cards::{self, FoundCard};
use crate::http::body::{self, Media};
use crate::http::error::{ApiError, FieldError};
use crate::http::{etag as conditions, reply};
use crate::registry::access::{Reader, Writer};
use crate::registry::checks::Patience;
use crate::registry::state::RegistryState;
use crate::registry::{a2a, change};

impl Writer {
    fn origin(&self) -> Origin {
        Origin {
            user_id: self.user_id,
            token: self.token.clone(),
            at: self.trace.at,
        }
    }
}

/// What a violated constraint means.
fn refused(error: DbError, input: &CardInput) -> ApiError {
    if error.is_unique_violation() {
        ApiError::conflict(format!(
            "There is a card {:?} of version {:?} in namespace {:?} already.",
            input.name, input.version, input.namespace
        ))
    } else if error.is_reference_violation() {
        let message = format!("there is no namespace {:?}", input.namespace);
        ApiError::invalid(vec![FieldError::new("namespace", message)])
    } else {
        error.into()
    }
}

async fn checked(state: &RegistryState, input: &CardInput) -> Result<Validity, DbError> {
    let (card, bytes) = (Arc::clone(&input.value), input.card.text().len());
    state
        .checks
        .card(&state.db, card, bytes, Patience::Request)
        .await
}

/// A new agent card
#[utoipa::path(post, path = "/api/agentcards/", tag = "agentcards", request_body = CardInput,
    security(("session" = []), ("token" = [])), responses((status = 201, body = CardView)))]
pub async fn create(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::Json).await?;
    let input = CardInput::parse(&text)?;
    let validity = checked(&state, &input).await?;
    let row = input.to_row(&validity, writer.origin());
    let created = cards::create(&state.db, row, a2a::terms(&input.value), writer.trace).await;
    let id = created.map_err(|error| refused(error, &input))?;
    let created = found(&state, &id.to_string(), true).await?;
    let location = format!("/api/agentcards/{id}/");
    let etag = etag(&created);
    Ok(reply::created(&location, &etag, &CardView::from(created)))
}

/// The card of an id as it stands in a path, if this reader may see it.
pub(super) async fn found(
    state: &RegistryState,
    id: &str,
    sees_hidden: bool,
) -> Result<FoundCard, ApiError> {
    let id = id.parse().map_err(|_| ApiError::not_found())?;
    let found = cards::find(&state.db, id).await?;
    found
        .filter(|found| found.is_public || sees_hidden)
        .ok_or_else(ApiError::not_found)
}

/// One agent card
#[utoipa::path(get, path = "/api/agentcards/{id}/", tag = "agentcards", params(("id" = i64, Path)),
    responses((status = 200, body = CardView), (status = 304, description = "Not modified")))]
pub async fn read(
    reader: Reader,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let found = found(&state, &id, reader.sees_hidden).await?;
    let etag = etag(&found);
    Ok(reply::read(&request, &etag, &CardView::from(found)))
}

/// Replaces an agent card
#[utoipa::path(put, path = "/api/agentcards/{id}/", tag = "agentcards", params(("id" = i64, Path)),
    request_body = CardInput, security(("session" = []), ("token" = [])),
    responses((status = 200, body = CardView)))]
pub async fn replace(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::Json).await?;
    write(&request, &state, &id, writer, |_| text.clone()).await
}

/// Changes parts of an agent card
#[utoipa::path(patch, path = "/api/agentcards/{id}/", tag = "agentcards", params(("id" = i64, Path)),
    request_body(content((CardPatch = "application/merge-patch+json"), (CardPatch = "application/json"))),
    security(("session" = []), ("token" = [])), responses((status = 200, body = CardView)))]
pub async fn patch(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::MergePatch).await?;
    let patch = change::patch(&text)?;
    write(&request, &state, &id, writer, |latest| {
        change::patched(&CardInput::members_of(latest), &patch)
    })
    .await
}

/// Reads the latest, makes the next of it, and tries again if somebody else was quicker.
async fn write(
    request: &HttpRequest,
    state: &RegistryState,
    id: &str,
    writer: Writer,
    next: impl Fn(&FoundCard) -> String,
) -> Result<HttpResponse, ApiError> {
    for _ in 0..change::ATTEMPTS {
        let latest = found(state, id, true).await?;
        etag(&latest).check(request)?;
        let input = CardInput::parse(&next(&latest))?;
        let validity = checked(state, &input).await?;
        let detail = format!(
            "{}/{} {}: {}",
            latest.head.namespace_id,
            latest.head.name,
            latest.head.version,
            changes(&latest, &input)
        );
        let read = (latest.head.id, latest.head.revision);
        let row = input.to_row(&validity, writer.origin());
        let terms = a2a::terms(&input.value);
        let trace = writer.trace.clone();
        let updated = cards::update(&state.db, read, row, terms, trace, detail).await;
        if updated.map_err(|error| refused(error, &input))? {
            let changed = found(state, id, true).await?;
            let etag = etag(&changed);
            return Ok(reply::changed(&etag, &CardView::from(changed)));
        }
    }
    Err(change::too_contended())
}

/// Deletes an agent card
#[utoipa::path(delete, path = "/api/agentcards/{id}/", tag = "agentcards", params(("id" = i64, Path)),
    security(("session" = []), ("token" = [])), responses((status = 204, description = "Deleted")))]
pub async fn delete(
    writer: Writer,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let latest = found(&state, &id, true).await?;
    etag(&latest).check(&request)?;
    let revision = conditions::is_conditional(&request).then_some(latest.head.revision);
    change::deleted(cards::delete(&state.db, latest.head.id, revision, writer.trace).await?)
}
