//! The port through which pages and server functions reach the server. The server implements it
//! and provides it, as an [`Arc`] in context, with every request.

use std::sync::Arc;

use async_trait::async_trait;

use crate::dto::{Overview, Period, RoutePage, RouteSort, RoutesPage, Status};

/// Never fails as a whole: a part that can't be had says so in the answer itself.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// The whole system status, measured now (health results may be up to a second old).
    async fn status(&self) -> Status;

    /// The system-status page, with its charts over `period`.
    async fn overview(&self, period: Period) -> Overview;

    /// Traffic route by route.
    async fn routes(&self, period: Period, sort: RouteSort) -> RoutesPage;

    /// One route; empty if nobody has called it.
    async fn route(&self, method: String, route: String, period: Period) -> RoutePage;
}

/// What is provided in context.
pub type SharedBackend = Arc<dyn Backend>;
