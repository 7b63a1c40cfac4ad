//! Traffic route by route.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use super::FetchError;
#[cfg(feature = "ssr")]
use super::guard;
use crate::dto::{Period, RoutePage, RouteSort, RoutesPage};

#[server(prefix = "/api/ops/ui", endpoint = "routes", input = GetUrl)]
pub async fn fetch_routes(
    #[server(default)] period: Period,
    #[server(default)] sort: RouteSort,
) -> Result<RoutesPage, FetchError> {
    Ok(guard::staff_backend()?.routes(period, sort).await)
}

#[server(prefix = "/api/ops/ui", endpoint = "route", input = GetUrl)]
pub async fn fetch_route(
    method: String,
    route: String,
    #[server(default)] period: Period,
) -> Result<RoutePage, FetchError> {
    Ok(guard::staff_backend()?.route(method, route, period).await)
}
