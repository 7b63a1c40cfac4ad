//! The databases from within, for the page's first load and for each refresh.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use super::FetchError;
use crate::dto::DatabaseReport;

#[server(prefix = "/api/ops/ui", endpoint = "database", input = GetUrl)]
pub async fn fetch_database() -> Result<DatabaseReport, FetchError> {
    Ok(super::guard::staff_backend()?.database().await)
}
