//! `/api/namespaces/`: namespaces by the page.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::model::NamespaceView;
use crate::db::queries::namespaces;
use crate::http::error::ApiError;
use crate::http::paging::{Page, Query};
use crate::http::reply;
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
