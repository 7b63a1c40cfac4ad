//! Alerts: the rules and their states, silences, quiet and channels.

mod forms;
pub mod notifications;
pub mod report;
mod rules;
mod silences;
mod toml;

pub use forms::silence_sent;
pub use rules::evaluated_ms;
pub use toml::rule_text;

use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use self::rules::alerts;
use super::change::{audit, parsed};
use super::query::fresh;
use super::state::DeskState;
use crate::alerting::past;
use crate::auth::guard::{Operator, OpsReader};
use crate::http::error::{ApiError, FieldError};
use crate::http::resource::{method_not_allowed, read_only};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(
            web::resource("/api/ops/alerts/preview/")
                .route(web::post().to(preview_rule))
                .default_service(method_not_allowed("POST")),
        )
        .service(read_only(&["/api/ops/alerts/"], list_rules))
        .service(
            web::resource("/api/ops/channels/{name}/test/")
                .route(web::post().to(test_channel))
                .default_service(method_not_allowed("POST")),
        )
        .service(read_only(&["/api/ops/channels/"], list_channels))
        .service(read_only(&["/api/ops/maintenance/"], list_maintenance))
        .configure(silences::configure)
        .configure(super::forms::configure::<forms::AlertForms>);
}

#[derive(OpenApi)]
#[openapi(
    paths(
        list_rules,
        preview_rule,
        list_channels,
        test_channel,
        list_maintenance,
        silences::list_silences,
        silences::add_silence,
        silences::end_silence,
        silences::ask_for_quiet,
        silences::end_quiet
    ),
    components(schemas(Preview))
)]
pub struct Operations;

/// The rules of alerts and their states
#[utoipa::path(get, path = "/api/ops/alerts/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::Alerts)))]
pub async fn list_rules(_: OpsReader, state: web::Data<DeskState>) -> HttpResponse {
    fresh(alerts(&state))
}

/// A rule to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RulePreviewRequest)]
pub struct Preview {
    /// TOML, with its `[[rule]]` header.
    rule: String,
    /// Back from now: `24h`, `7d`.
    #[serde(default = "week")]
    since: String,
}

fn week() -> String {
    "7d".to_owned()
}

/// When a rule would have fired in the past; changes nothing
#[utoipa::path(post, path = "/api/ops/alerts/preview/", tag = "desk", security(("session" = []), ("token" = [])),
    request_body = Preview,
    responses((status = 200, body = dto::RulePreview)))]
pub async fn preview_rule(
    _: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let wanted: Preview = parsed(&request, payload).await?;
    let found = past::preview(&state, &wanted.rule, &wanted.since).await;
    let found =
        found.map_err(|bad| ApiError::invalid(vec![FieldError::new(bad.field, bad.message)]))?;
    Ok(fresh(found))
}

/// The channels, and how they are doing
#[utoipa::path(get, path = "/api/ops/channels/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::Channels)))]
pub async fn list_channels(_: OpsReader, state: web::Data<DeskState>) -> HttpResponse {
    fresh(dto::Channels {
        results: notifications::channels(&state),
    })
}

/// Sends a test by a channel, six a minute at most
#[utoipa::path(post, path = "/api/ops/channels/{name}/test/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("name" = String, Path, description = "The channel's name")),
    responses((status = 200, body = dto::ChannelTest)))]
pub async fn test_channel(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    name: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    Ok(fresh(tested(&request, &state, &operator, &name).await?))
}

async fn tested(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    name: &str,
) -> Result<dto::ChannelTest, ApiError> {
    let setup = state.alerting.setup();
    if !setup.channels.iter().any(|channel| channel.name == name) {
        return Err(ApiError::not_found());
    }
    if !state.alerting.admits_test() {
        return Err(ApiError::too_many_requests(
            "Channels are tested six times a minute at most.",
        ));
    }
    let found = notifications::test(state, name)
        .await
        .ok_or_else(ApiError::not_found)?;
    audit(request, operator, ("test", "channel", name), &found.answer).await;
    Ok(found)
}

/// The windows of planned work, and when each is open
#[utoipa::path(get, path = "/api/ops/maintenance/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::MaintenanceWindows)))]
pub async fn list_maintenance(_: OpsReader, state: web::Data<DeskState>) -> HttpResponse {
    fresh(dto::MaintenanceWindows {
        results: notifications::maintenance(&state),
    })
}
