//! `/admin/tokens/`: API tokens by form.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use app::pages::{TokenError, TokenRow, TokensView, render_tokens};
use app::place::Place;
use serde::Deserialize;

use super::{assets, look};
use crate::auth::api_token::{self, Scope};
use crate::auth::guard::{self, SameOrigin};
use crate::db::queries::tokens::{self, NewToken, Token};
use crate::error::ApiError;
use crate::registry::{time, trace_of};
use crate::state::AppState;

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
pub async fn list(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    page(&request, &state, StatusCode::OK, None, None).await
}

/// `POST /admin/tokens/`: the answer itself shows the token, since nothing can show it again.
pub async fn create(
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<AppState>,
    form: web::Form<NewForm>,
) -> Result<HttpResponse, ApiError> {
    let user = guard::staff(&request)?;
    let scope = Scope::parse(&form.scope)
        .ok_or_else(|| ApiError::bad_request("scope: must be read, write or ops"))?;
    if !api_token::is_name(&form.name) {
        let wrong = Some(TokenError::Name);
        return Ok(page(&request, &state, StatusCode::BAD_REQUEST, None, wrong).await);
    }
    let (secret, token_hash) = api_token::generate().map_err(ApiError::internal)?;
    let trace = trace_of(&request, user.username.clone());
    let token = NewToken {
        name: form.into_inner().name,
        token_hash,
        scope: scope.as_str(),
        created_by: user.username,
        created_at: trace.at,
    };
    match tokens::create(&state.db, token, trace).await {
        Ok(()) => Ok(page(&request, &state, StatusCode::OK, Some(secret), None).await),
        Err(error) if error.is_unique_violation() => {
            let taken = Some(TokenError::Taken);
            Ok(page(&request, &state, StatusCode::CONFLICT, None, taken).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/tokens/revoke/`
pub async fn revoke(
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<AppState>,
    form: web::Form<RevokeForm>,
) -> Result<HttpResponse, ApiError> {
    let user = guard::staff(&request)?;
    let trace = trace_of(&request, user.username);
    if !api_token::is_name(&form.name) {
        return Err(ApiError::bad_request("name: no token has such a name"));
    }
    // One that is revoked already is what was asked for.
    tokens::revoke(&state.db, form.into_inner().name, trace).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, Place::Tokens.path()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish())
}

async fn page(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    secret: Option<String>,
    error: Option<TokenError>,
) -> HttpResponse {
    let found = super::in_time(tokens::list(&state.db)).await;
    let view = TokensView {
        visit: look::visit(request),
        tokens: found.map(|tokens| tokens.into_iter().map(row).collect()),
        secret,
        error,
    };
    super::html(status, render_tokens(view, &assets::current()))
}

fn row(token: Token) -> TokenRow {
    TokenRow {
        name: token.name,
        scope: token.scope,
        created_by: token.created_by,
        created_at: time(token.created_at),
        last_used_at: token.last_used_at.map(time),
        revoked_at: token.revoked_at.map(time),
    }
}
