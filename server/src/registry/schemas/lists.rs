//! `/api/schemas/` and `/api/schemas/catalog/`: schemas by the page, and the active ones by type.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::model::{CatalogEntry, CatalogType, SchemaView};
use crate::db::queries::schemas::{self, SchemaFilter};
use crate::http::error::ApiError;
use crate::http::paging::{Page, Query};
use crate::http::reply;
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
