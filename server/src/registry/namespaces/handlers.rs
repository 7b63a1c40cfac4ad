//! `/api/namespaces/`

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::model::{
    NamespaceInput, NamespacePatch, NamespaceReplacement, NamespaceView, changes, etag,
};
use crate::db::queries::namespaces::{self, Namespace};
use crate::http::body::{self, Media};
use crate::http::error::ApiError;
use crate::http::paging::{Page, Query};
use crate::http::{etag as conditions, reply};
use crate::registry::access::Writer;
use crate::registry::change;
use crate::registry::state::RegistryState;

/// Namespaces, by id
#[utoipa::path(get, path = "/api/namespaces/", tag = "namespaces", params(
    ("is_active" = Option<bool>, Query, description = "Only those that are, or are not"),
    ("page" = Option<i64>, Query, minimum = 1), ("page_size" = Option<i64>, Query, minimum = 1, description = "At most 100"),
), responses((status = 200, body = Page<NamespaceView>)))]
pub async fn list(
    request: HttpRequest,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(&request);
    let is_active = query.flag("is_active");
    let wanted = query.finish()?;
    let count = namespaces::count(&state.db, is_active).await?;
    wanted.check(count)?;
    let found = namespaces::list(&state.db, is_active, wanted.offset(), wanted.limit()).await?;
    let results = found.into_iter().map(NamespaceView::from).collect();
    Ok(reply::plain(&Page::new(&request, wanted, count, results)))
}

/// A new namespace
#[utoipa::path(post, path = "/api/namespaces/", tag = "namespaces", request_body = NamespaceInput,
    security(("session" = []), ("token" = [])), responses((status = 201, body = NamespaceView)))]
pub async fn create(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::Json).await?;
    let input = NamespaceInput::parse(&text, None)?;
    let namespace = Namespace {
        id: input.id,
        name: input.name,
        description: input.description,
        is_active: input.is_active,
        created_at: writer.trace.at,
        updated_at: writer.trace.at,
        revision: 1,
    };
    match namespaces::create(&state.db, namespace.clone(), writer.trace).await {
        Ok(()) => {}
        Err(error) if error.is_unique_violation() => {
            return Err(ApiError::conflict(format!(
                "There is a namespace {:?} already.",
                namespace.id
            )));
        }
        Err(error) => return Err(error.into()),
    }
    let location = format!("/api/namespaces/{}/", namespace.id);
    let etag = etag(&namespace);
    Ok(reply::created(
        &location,
        &etag,
        &NamespaceView::from(namespace),
    ))
}

async fn find(state: &RegistryState, id: &str) -> Result<Namespace, ApiError> {
    if !super::is_namespace_id(id) {
        return Err(ApiError::not_found());
    }
    let found = namespaces::find(&state.db, id.to_owned()).await?;
    found.ok_or_else(ApiError::not_found)
}

/// One namespace
#[utoipa::path(get, path = "/api/namespaces/{id}/", tag = "namespaces", params(("id" = String, Path)),
    responses((status = 200, body = NamespaceView), (status = 304, description = "Not modified")))]
pub async fn read(
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let found = find(&state, &id).await?;
    let etag = etag(&found);
    Ok(reply::read(&request, &etag, &NamespaceView::from(found)))
}

/// Replaces a namespace
#[utoipa::path(put, path = "/api/namespaces/{id}/", tag = "namespaces", params(("id" = String, Path)),
    request_body = NamespaceReplacement, security(("session" = []), ("token" = [])),
    responses((status = 200, body = NamespaceView)))]
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

/// Changes parts of a namespace
#[utoipa::path(patch, path = "/api/namespaces/{id}/", tag = "namespaces", params(("id" = String, Path)),
    request_body(content((NamespacePatch = "application/merge-patch+json"), (NamespacePatch = "application/json"))),
    security(("session" = []), ("token" = [])), responses((status = 200, body = NamespaceView)))]
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
        change::patched(&NamespaceInput::members_of(latest), &patch)
    })
    .await
}

/// Reads the latest, makes the next of it, and tries again if somebody else was quicker.
async fn write(
    request: &HttpRequest,
    state: &RegistryState,
    id: &str,
    writer: Writer,
    next: impl Fn(&Namespace) -> String,
) -> Result<HttpResponse, ApiError> {
    for _ in 0..change::ATTEMPTS {
        let latest = find(state, id).await?;
        etag(&latest).check(request)?;
        let input = NamespaceInput::parse(&next(&latest), Some(id))?;
        let detail = format!("{}: {}", latest.name, changes(&latest, &input));
        let mut changed = Namespace {
            name: input.name,
            description: input.description,
            is_active: input.is_active,
            updated_at: writer.trace.at,
            ..latest
        };
        let trace = writer.trace.clone();
        if namespaces::update(&state.db, changed.clone(), trace, detail).await? {
            changed.revision += 1;
            let etag = etag(&changed);
            return Ok(reply::changed(&etag, &NamespaceView::from(changed)));
        }
    }
    Err(change::too_contended())
}

/// Deletes a namespace that has no cards
#[utoipa::path(delete, path = "/api/namespaces/{id}/", tag = "namespaces", params(("id" = String, Path)),
    security(("session" = []), ("token" = [])), responses((status = 204, description = "Deleted")))]
pub async fn delete(
    writer: Writer,
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let latest = find(&state, &id).await?;
    etag(&latest).check(&request)?;
    let revision = conditions::is_conditional(&request).then_some(latest.revision);
    let deleted = namespaces::delete(&state.db, latest.id, revision, writer.trace).await;
    match deleted {
        Err(error) if error.is_reference_violation() => Err(ApiError::conflict(
            "The namespace has agent cards: delete them first, or set is_active to false.",
        )),
        deleted => change::deleted(deleted?),
    }
}
