//! `/api/schemas/`

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::model::{
    CatalogEntry, CatalogType, SchemaInput, SchemaPatch, SchemaView, changes, etag,
};
use crate::db::DbError;
use crate::db::queries::schemas::{self, Schema, SchemaFilter};
use crate::http::body::{self, Media};
use crate::http::error::ApiError;
use crate::http::paging::{Page, Query};
use crate::http::{etag as conditions, reply};
use crate::registry::access::Writer;
use crate::registry::change;
use crate::registry::state::RegistryState;

/// Schemas, by id
#[utoipa::path(get, path = "/api/schemas/", tag = "schemas", params(
    ("schema_uri" = Option<String>, Query), ("schema_type" = Option<String>, Query),
    ("is_active" = Option<bool>, Query, description = "Only those that are, or are not"),
    ("page" = Option<i64>, Query, minimum = 1), ("page_size" = Option<i64>, Query, minimum = 1, description = "At most 100"),
), responses((status = 200, body = Page<SchemaView>)))]
pub async fn list(
    request: HttpRequest,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(&request);
    let filter = SchemaFilter {
        schema_uri: query.text("schema_uri"),
        schema_type: query.text("schema_type"),
        is_active: query.flag("is_active"),
    };
    let wanted = query.finish()?;
    let count = schemas::count(&state.db, filter.clone()).await?;
    wanted.check(count)?;
    let found = schemas::list(&state.db, filter, wanted.offset(), wanted.limit()).await?;
    let results = found.into_iter().map(SchemaView::from).collect();
    Ok(reply::plain(&Page::new(&request, wanted, count, results)))
}

/// The active schemas by type, with how many agent cards use each
#[utoipa::path(get, path = "/api/schemas/catalog/", tag = "schemas",
    responses((status = 200, body = Vec<CatalogType>)))]
pub async fn catalog(state: Data<RegistryState>) -> Result<HttpResponse, ApiError> {
    let mut types: Vec<CatalogType> = Vec::new();
    for (schema, uses) in schemas::catalog(&state.db).await? {
        let entry = CatalogEntry {
            id: schema.id,
            schema_uri: schema.schema_uri,
            version: schema.version,
            description: schema.description,
            uses,
        };
        match types
            .last_mut()
            .filter(|last| last.schema_type == schema.schema_type)
        {
            Some(last) => last.schemas.push(entry),
            None => types.push(CatalogType {
                schema_type: schema.schema_type,
                schemas: vec![entry],
            }),
        }
    }
    Ok(reply::plain(&types))
}

fn taken(error: DbError) -> ApiError {
    if error.is_unique_violation() {
        ApiError::conflict(
            "There is a schema of this schema_uri, or of this schema_type and version, already.",
        )
    } else {
        error.into()
    }
}

/// A new schema
#[utoipa::path(post, path = "/api/schemas/", tag = "schemas", request_body = SchemaInput,
    security(("session" = []), ("token" = [])), responses((status = 201, body = SchemaView)))]
pub async fn create(
    writer: Writer,
    request: HttpRequest,
    payload: Payload,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let text = body::read(&request, payload, Media::Json).await?;
    let new = state.checks.schema(text).await?.created_at(writer.trace.at);
    let id = schemas::create(&state.db, new, writer.trace)
        .await
        .map_err(taken)?;
    state.revalidation.wake();
    let created = find(&state, &id.to_string()).await?;
    let location = format!("/api/schemas/{id}/");
    let etag = etag(&created);
    Ok(reply::created(&location, &etag, &SchemaView::from(created)))
}

async fn find(state: &RegistryState, id: &str) -> Result<Schema, ApiError> {
    let id = id.parse().map_err(|_| ApiError::not_found())?;
    let found = schemas::find(&state.db, id).await?;
    found.ok_or_else(ApiError::not_found)
}

/// One schema
#[utoipa::path(get, path = "/api/schemas/{id}/", tag = "schemas", params(("id" = i64, Path)),
    responses((status = 200, body = SchemaView), (status = 304, description = "Not modified")))]
pub async fn read(
    request: HttpRequest,
    id: Path<String>,
    state: Data<RegistryState>,
) -> Result<HttpResponse, ApiError> {
    let found = find(&state, &id).await?;
    let etag = etag(&found);
    Ok(reply::read(&request, &etag, &SchemaView::from(found)))
}

/// Replaces a schema
#[utoipa::path(put, path = "/api/schemas/{id}/", tag = "schemas", params(("id" = i64, Path)),
    request_body = SchemaInput, security(("session" = []), ("token" = [])),
    responses((status = 200, body = SchemaView)))]
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

/// Changes parts of a schema
#[utoipa::path(patch, path = "/api/schemas/{id}/", tag = "schemas", params(("id" = i64, Path)),
    request_body(content((SchemaPatch = "application/merge-patch+json"), (SchemaPatch = "application/json"))),
    security(("session" = []), ("token" = [])), responses((status = 200, body = SchemaView)))]
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
        change::patched(&SchemaInput::members_of(latest), &patch)
    })
    .await
}

/// Reads the latest, makes the next of it, and tries again if somebody else was quicker.
async fn write(
    request: &HttpRequest,
    state: &RegistryState,
    id: &str,
    writer: Writer,
    next: impl Fn(&Schema) -> String,
) -> Result<HttpResponse, ApiError> {
    for _ in 0..change::ATTEMPTS {
        let latest = find(state, id).await?;
        etag(&latest).check(request)?;
        let input = state.checks.schema(next(&latest)).await?;
        let detail = format!("{}: {}", latest.schema_uri, changes(&latest, &input));
        let mut changed = input.applied_to(latest, writer.trace.at);
        let trace = writer.trace.clone();
        let updated = schemas::update(&state.db, changed.clone(), trace, detail).await;
        if updated.map_err(taken)? {
            state.revalidation.wake();
            changed.revision += 1;
            let etag = etag(&changed);
            return Ok(reply::changed(&etag, &SchemaView::from(changed)));
        }
    }
    Err(change::too_contended())
}

/// Deletes a schema that no agent card uses
#[utoipa::path(delete, path = "/api/schemas/{id}/", tag = "schemas", params(("id" = i64, Path)),
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
    match schemas::delete(&state.db, latest.id, revision, writer.trace).await? {
        Ok(deletion) => change::deleted(deletion),
        Err(uses) => Err(ApiError::conflict(format!(
            "{uses} agent cards use this extension: change them first, or set is_active to false."
        ))),
    }
}
