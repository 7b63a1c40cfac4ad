//! `/admin/tokens/`: API tokens by form.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use app::address::page::Page;
use app::pages::{NewTokenView, TokenError, TokenRow, TokensView, render_tokens};
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
    page(&request, &state, StatusCode::OK, NewTokenView::default()).await
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
    state: web::Data<AppState>,
    form: web::Form<RevokeForm>,
) -> Result<HttpResponse, ApiError> {
    let user = guard::staff(&request)?;
    let trace = trace_of(&request, user.username);
    if !api_token::is_name(&form.name) {
        return Err(ApiError::bad_request("name: no token has such a name"));
    }
    state
        .api_tokens
        .revoke(form.into_inner().name, trace)
        .await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, Page::Tokens.path()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish())
}

async fn page(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    new: NewTokenView,
) -> HttpResponse {
    let found = super::in_time(tokens::list(&state.db)).await;
    let view = TokensView {
        viewer: look::visit(request),
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
        created_at: time(token.created_at),
        last_used_at: token.last_used_at.map(time),
        revoked_at: token.revoked_at.map(time),
    }
}
