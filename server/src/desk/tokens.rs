//! `/admin/tokens/`: API tokens by form.

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::pages::{NewTokenView, TOKENS, TokenError, TokenRow, TokensView, render_tokens};
use serde::Deserialize;

use super::page::{around, staff_reads_and_sends, staff_sends};
use super::state::DeskState;
use crate::auth::api_token::{self, Scope};
use crate::auth::guard::{self, SameOrigin};
use crate::auth::state::AuthState;
use crate::auth::trace::trace_of;
use crate::db::queries::tokens::{self, NewToken, Token};
use crate::db::time::rfc3339;
use crate::http::assets;
use crate::http::error::ApiError;
use crate::http::resource::{form, method_not_allowed, readable, see_other};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(
            readable(&[TOKENS.path], list)
                .wrap(from_fn(staff_reads_and_sends))
                .route(web::post().to(create))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(form("/admin/tokens/revoke/", revoke).wrap(from_fn(staff_sends)));
}

#[derive(Deserialize)]
pub struct NewForm {
    name: String,
    scope: String,
}

#[derive(Deserialize)]
pub struct RevokeForm {
    name: String,
}

/// `GET /admin/tokens/`
pub async fn list(request: HttpRequest, state: web::Data<DeskState>) -> HttpResponse {
    page(&request, &state, StatusCode::OK, NewTokenView::default()).await
}

/// `POST /admin/tokens/`: the answer itself shows the token, since nothing can show it again.
pub async fn create(
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<DeskState>,
    form: web::Form<NewForm>,
) -> Result<HttpResponse, ApiError> {
    let user = guard::staff(&request)?;
    let scope = Scope::parse(&form.scope)
        .ok_or_else(|| ApiError::bad_request("scope: must be read, write or ops"))?;
    // Comes back as it was typed, to be put right.
    let wrong = |error| NewTokenView {
        name: form.name.clone(),
        scope: scope.as_str(),
        error: Some(error),
        secret: None,
    };
    if !api_token::is_name(&form.name) {
        let wrong = wrong(TokenError::Name);
        return Ok(page(&request, &state, StatusCode::BAD_REQUEST, wrong).await);
    }
    let (secret, token_hash) = api_token::generate().map_err(ApiError::internal)?;
    let trace = trace_of(&request, user.username.clone());
    let token = NewToken {
        name: form.name.clone(),
        token_hash,
        scope: scope.as_str(),
        created_by: user.username,
        created_at: trace.at,
    };
    match tokens::create(&state.db, token, trace).await {
        Ok(()) => {
            let made = NewTokenView {
                secret: Some(secret),
                ..NewTokenView::default()
            };
            Ok(page(&request, &state, StatusCode::OK, made).await)
        }
        Err(error) if error.is_unique_violation() => {
            let taken = wrong(TokenError::Taken);
            Ok(page(&request, &state, StatusCode::CONFLICT, taken).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/tokens/revoke/`
pub async fn revoke(
    _: SameOrigin,
    request: HttpRequest,
    auth: web::Data<AuthState>,
    form: web::Form<RevokeForm>,
) -> Result<HttpResponse, ApiError> {
    let user = guard::staff(&request)?;
    let trace = trace_of(&request, user.username);
    if !api_token::is_name(&form.name) {
        return Err(ApiError::bad_request("name: no token has such a name"));
    }
    auth.api_tokens
        .revoke(form.into_inner().name, trace)
        .await?;
    Ok(see_other(TOKENS.path))
}

async fn page(
    request: &HttpRequest,
    state: &DeskState,
    status: StatusCode,
    new: NewTokenView,
) -> HttpResponse {
    let found = super::in_time(tokens::list(&state.db)).await;
    let view = TokensView {
        around: around(request, state),
        tokens: found.map(|tokens| tokens.into_iter().map(row).collect()),
        new,
    };
    super::html(status, render_tokens(view, &assets::current()))
}

fn row(token: Token) -> TokenRow {
    TokenRow {
        name: token.name,
        scope: token.scope,
        created_by: token.created_by,
        created_at: rfc3339(token.created_at),
        last_used_at: token.last_used_at.map(rfc3339),
        revoked_at: token.revoked_at.map(rfc3339),
    }
}
