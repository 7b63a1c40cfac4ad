//! `/admin/tokens/`: API tokens. Plain HTML: a form makes one, a form ends one.

use leptos::prelude::*;

use super::quiet::{in_registry, quiet};
use crate::assets::Assets;
use crate::components::folding::{folding, head};
use crate::components::time::time;
use crate::dto::Code;
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

#[derive(Clone, Debug)]
pub struct TokensView {
    pub visit: Visit,
    /// Or why they can't be had.
    pub tokens: Result<Vec<TokenRow>, Code>,
    /// The token that was just made, to be copied now.
    pub secret: Option<String>,
    pub error: Option<TokenError>,
}

#[derive(Clone, Debug)]
pub struct TokenRow {
    pub name: String,
    pub scope: String,
    pub created_by: String,
    /// RFC 3339, as all times.
    pub created_at: String,
    pub last_used_at: Option<String>,
    pub revoked_at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    Name,
    Taken,
}

/// A complete document.
pub fn render_tokens(tokens: TokensView, assets: &Assets) -> String {
    let TokensView {
        visit,
        tokens,
        secret,
        error,
    } = tokens;
    let look = Look::new(&visit, None);
    let t = &look.t.tokens_page;
    let error = error.map(|error| {
        let text = match error {
            TokenError::Name => t.bad_name,
            TokenError::Taken => t.taken,
        };
        view! { <p class="form-error" role="alert" id="token-error" data-testid="token-error">{text}</p> }
    });
    let described_by = error.is_some().then_some("token-error");
    let secret = secret.map(|secret| {
        view! {
            <p class="secret" role="status">
                {t.copy_now}
                <code data-testid="token-secret">{secret}</code>
            </p>
        }
    });
    let tokens = match tokens {
        Err(code) => in_registry(look, code).into_any(),
        Ok(tokens) if tokens.is_empty() => view! { <p class="note">{t.none}</p> }.into_any(),
        Ok(tokens) => {
            let rows: Vec<_> = tokens.into_iter().map(|token| row(look, token)).collect();
            let heads = [t.name, t.scope, t.state, t.last_used, t.made].map(head);
            folding(false, heads, rows).into_any()
        }
    };
    let body = view! {
        <section class="card">
            {error} {secret}
            <form class="token-form" method="post" action="/admin/tokens/">
                <label>
                    <span>{t.name}</span>
                    <input name="name" required maxlength="64" pattern="[A-Za-z0-9._\\-]+" autocomplete="off" spellcheck="false" aria-describedby=described_by />
                </label>
                <label>
                    <span>{t.scope}</span>
                    <select name="scope">
                        <option value="read">{t.read}</option>
                        <option value="write">{t.write}</option>
                        <option value="ops">{t.ops}</option>
                    </select>
                </label>
                <button class="primary">{t.create}</button>
            </form>
        </section>
        <section class="card wide">
            {tokens}
        </section>
    };
    quiet(Place::Tokens, &visit, assets, body)
}

fn row(look: Look, token: TokenRow) -> impl IntoView {
    let t = &look.t.tokens_page;
    let state = match token.revoked_at {
        Some(at) => view! { {t.revoked} " " {time(look, &at)} }.into_any(),
        None => view! {
            <form method="post" action="/admin/tokens/revoke/">
                <input type="hidden" name="name" value=token.name.clone() />
                <button aria-label=format!("{} {}", t.revoke, token.name)>{t.revoke}</button>
            </form>
        }
        .into_any(),
    };
    let last_used = match token.last_used_at {
        Some(at) => time(look, &at).into_any(),
        None => t.never.into_any(),
    };
    view! {
        <tr role="row" data-testid="token-row">
            <th scope="row" role="rowheader">{token.name}</th>
            <td role="cell" data-name=t.scope>{token.scope}</td>
            <td role="cell" data-name=t.state>{state}</td>
            <td role="cell" data-name=t.last_used>{last_used}</td>
            <td role="cell" class="whole" data-name=t.made>{time(look, &token.created_at)} " · " {token.created_by}</td>
        </tr>
    }
}
