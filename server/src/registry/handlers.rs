//! The handlers of all nouns, but for their lists: each has filters of its own.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::access::{Reader, Writer};
use super::change;
use super::noun::{Change, Noun};
use super::state::RegistryState;
use crate::db::DbError;
use crate::db::queries::deletion::Deletion;
use crate::http::body::{self, Media};
use crate::http::error::ApiError;
use crate::http::{etag, reply};

/// How often a change is tried anew when others change the same thing at the same time. Each time
/// at least one of them gets through.
const ATTEMPTS: usize = 50;

/// What a path names, whoever asks.
async fn find<N: Noun>(state: &RegistryState, segment: &str) -> Result<N, ApiError> {
    let id = N::parse_id(segment).ok_or_else(ApiError::not_found)?;
    let found = N::find(&state.db, id).await?;
    found.ok_or_else(ApiError::not_found)
}

/// What a path names, if this reader may see it.
pub async fn find_visible<N: Noun>(
    state: &RegistryState,
    segment: &str,
    reader: &Reader,
) -> Result<N, ApiError> {
    let found = find::<N>(state, segment).await?;
    if found.is_public() || reader.sees_hidden {
        Ok(found)
    } else {
        Err(ApiError::not_found())
    }
}

/// What a constraint means that keeps an input from being stored.
fn refused<N: Noun>(error: DbError, input: &N::Input) -> ApiError {
    match N::dangling(input) {
        _ if error.is_unique_violation() => ApiError::conflict(N::taken(input)),
        Some(dangling) if error.is_reference_violation() => ApiError::invalid(vec![dangling]),
        _ => error.into(),
    }
}

pub async fn create<N: Noun>(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::Json).await?;
    let input = N::parse(&state, text, None).await?;
    let change = Change::new(&state, &writer, N::title(&input));
    let created = N::create(change, &input).await;
    let id = created.map_err(|error| refused::<N>(error, &input))?;
    let location = format!("{}{id}/", N::PATH);
    let created = N::find(&state.db, id).await?;
    let created = created.ok_or_else(ApiError::not_found)?;
    let etag = created.etag();
    Ok(reply::created(&location, &etag, &N::View::from(created)))
}

pub async fn read<N: Noun>(
    reader: Reader,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let found = find_visible::<N>(&state, &id, &reader).await?;
    let etag = found.etag();
    Ok(reply::read(&request, &etag, &N::View::from(found)))
}

pub async fn replace<N: Noun>(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::Json).await?;
    write::<N>(&request, &state, &id, writer, |_| text.clone()).await
}

pub async fn patch<N: Noun>(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::MergePatch).await?;
    let patch = change::patch(&text)?;
    write::<N>(&request, &state, &id, writer, |latest| {
        change::patched(&N::SHAPE.changeable(&latest.to_input()), &patch)
    })
    .await
}

/// Reads the latest, makes the next of it, and tries again if somebody else was quicker.
async fn write<N: Noun>(
    request: &HttpRequest,
    state: &RegistryState,
    id: &str,
    writer: Writer,
    next: impl Fn(&N) -> String,
) -> Result<HttpResponse, ApiError> {
    for _ in 0..ATTEMPTS {
        let latest = find::<N>(state, id).await?;
        latest.etag().check(request)?;
        let input = N::parse(state, next(&latest), Some(&latest)).await?;
        let before = latest.to_input();
        let changes = N::SHAPE.changes(&before, &input);
        let detail = format!("{}: {changes}", N::title(&before));
        let change = Change::new(state, &writer, detail);
        let updated = latest.update(change, &input).await;
        if updated.map_err(|error| refused::<N>(error, &input))? {
            let changed = find::<N>(state, id).await?;
            let etag = changed.etag();
            return Ok(reply::changed(&etag, &N::View::from(changed)));
        }
    }
    Err(ApiError::unavailable(
        "Too many change this at the same time. Try again in a few seconds.",
    ))
}

pub async fn delete<N: Noun>(
    writer: Writer,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let latest = find::<N>(&state, &id).await?;
    latest.etag().check(&request)?;
    let revision = etag::is_conditional(&request).then_some(latest.revision());
    let change = Change::new(&state, &writer, N::title(&latest.to_input()));
    match latest.delete(change, revision).await? {
        Deletion::Done => Ok(reply::deleted()),
        Deletion::Missing => Err(ApiError::not_found()),
        Deletion::Changed => Err(ApiError::precondition_failed()),
    }
}
