//! `/admin/tokens/`: API tokens. Plain HTML: a form makes one, a form ends one, and asks first.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::plain::{PlainView, in_registry, plain};
use crate::assets::Assets;
use crate::components::folding::{folding, head};
use crate::components::time::time;
use crate::dto::Code;
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;

pub static PAGE: PageDefinition = PageDefinition {
    path: "/admin/tokens/",
    title: titles::TOKENS,
    summary: "The API tokens",
    menu: Menu::Shown,
    drawing: Drawing::Handler,
};

#[derive(Clone, Debug)]
pub struct TokensView {
    pub around: PlainView,
    /// Or why they can't be had.
    pub tokens: Result<Vec<TokenRow>, Code>,
    pub new: NewTokenView,
}

/// What stands in the form, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct NewTokenView {
    /// As it was typed, if it has to be put right.
    pub name: String,
    pub scope: &'static str,
    pub error: Option<TokenError>,
    /// The token that was just made, to be copied now.
    pub secret: Option<String>,
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
        around,
        tokens,
        new,
    } = tokens;
    let settings = ViewSettings::new(&around.viewer, None);
    let body = view! {
        <section class="card">{form(settings, new)}</section>
        <section class="card wide">{list(settings, tokens)}</section>
    };
    plain(&PAGE, &around, assets, body)
}

/// Makes a token; above it stands the secret of one that was just made.
fn form(settings: ViewSettings, new: NewTokenView) -> AnyView {
    let t = &settings.t.tokens_page;
    let is_wrong = new.error.is_some();
    let error = new.error.map(|error| error_line(settings, error));
    let described_by = if is_wrong {
        "token-error"
    } else {
        "token-hint"
    };
    let hint = (!is_wrong).then(|| view! { <p class="hint" id="token-hint">{t.name_hint}</p> });
    let scopes = [("read", t.read), ("write", t.write), ("ops", t.ops)].map(|(scope, text)| {
        view! { <option value=scope selected=scope == new.scope>{text}</option> }
    });
    let secret = new.secret.map(|secret| {
        view! {
            <p class="secret" role="status">
                {t.copy_now}
                <code data-testid="token-secret">{secret}</code>
            </p>
        }
    });
    view! {
        {secret}
        <form class="token-form" method="post" action="/admin/tokens/">
            <div>
                <label>
                    <span>{t.name}</span>
                    <input
                        name="name"
                        value=new.name
                        required
                        maxlength="64"
                        pattern="[A-Za-z0-9._\\-]+"
                        title=t.name_hint
                        autocomplete="off"
                        spellcheck="false"
                        aria-invalid=is_wrong.then_some("true")
                        aria-describedby=described_by
                    />
                </label>
                {error}
                {hint}
            </div>
            <label>
                <span>{t.scope}</span>
                <select name="scope">{scopes}</select>
            </label>
            <button class="primary">{t.create}</button>
        </form>
    }
    .into_any()
}

fn error_line(settings: ViewSettings, error: TokenError) -> AnyView {
    let t = &settings.t.tokens_page;
    let text = match error {
        TokenError::Name => t.bad_name,
        TokenError::Taken => t.taken,
    };
    view! {
        <p class="field-error" role="alert" id="token-error" data-testid="token-error">
            <span aria-hidden="true">"✕ "</span>
            {text}
        </p>
    }
    .into_any()
}

fn list(settings: ViewSettings, tokens: Result<Vec<TokenRow>, Code>) -> AnyView {
    let t = &settings.t.tokens_page;
    match tokens {
        Err(code) => in_registry(settings, code).into_any(),
        Ok(tokens) if tokens.is_empty() => view! { <p class="note">{t.none}</p> }.into_any(),
        Ok(tokens) => {
            let rows: Vec<_> = tokens
                .into_iter()
                .map(|token| row(settings, token))
                .collect();
            let heads = [t.name, t.scope, t.state, t.last_used, t.made].map(head);
            folding(false, heads, rows).into_any()
        }
    }
}

fn row(settings: ViewSettings, token: TokenRow) -> AnyView {
    let t = &settings.t.tokens_page;
    let state = match token.revoked_at {
        Some(at) => view! { {t.revoked} " " {time(settings, &at)} }.into_any(),
        None => view! {
            <details class="revoke" data-testid="token-revoke">
                <summary aria-label=format!("{} {}", t.revoke, token.name)>{t.revoke} "…"</summary>
                <form method="post" action="/admin/tokens/revoke/">
                    <p>{(t.revoke_what)(&token.name)}</p>
                    <input type="hidden" name="name" value=token.name.clone() />
                    <button class="danger">{t.revoke_now}</button>
                </form>
            </details>
        }
        .into_any(),
    };
    let last_used = match token.last_used_at {
        Some(at) => time(settings, &at).into_any(),
        None => t.never.into_any(),
    };
    view! {
        <tr role="row" data-testid="token-row">
            <th scope="row" role="rowheader">{token.name}</th>
            <td role="cell" data-name=t.scope>{token.scope}</td>
            <td role="cell" class="whole" data-name=t.state>{state}</td>
            <td role="cell" data-name=t.last_used>{last_used}</td>
            <td role="cell" class="whole" data-name=t.made>{time(settings, &token.created_at)} " · " {token.created_by}</td>
        </tr>
    }.into_any()
}
