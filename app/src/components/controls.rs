//! What a reader can set: forms that work without a script; with one, the pace of refreshing
//! changes on the spot.

use leptos::prelude::*;

use crate::locales::Messages;
use crate::visit::{Language, REFRESH_COOKIE, Refresh};

const YEAR_SECONDS: u32 = 31_536_000;

pub fn refresh_select(
    t: &'static Messages,
    refresh: RwSignal<Refresh>,
    next: String,
) -> impl IntoView + use<> {
    let options: Vec<_> = Refresh::ALL
        .into_iter()
        .map(|option| {
            let text = option
                .seconds()
                .map_or_else(|| t.paused.to_owned(), t.every_seconds);
            let selected = option == refresh.get_untracked();
            view! {
                <option value=option.seconds().unwrap_or(0).to_string() selected=selected>
                    {text}
                </option>
            }
        })
        .collect();
    let choose = move |event| {
        let seconds = event_target_value(&event).parse().ok();
        if let Some(chosen) = seconds.and_then(Refresh::from_seconds) {
            remember(chosen);
            refresh.set(chosen);
        }
    };
    view! {
        <form class="control" method="post" action="/admin/preferences/">
            <input type="hidden" name="next" value=next />
            <label>
                <span class="control-label">{t.refresh}</span>
                <select name="refresh" autocomplete="off" data-testid="refresh-interval" on:change=choose>
                    {options}
                </select>
            </label>
            <button class="without-script">{t.apply}</button>
        </form>
    }
}

/// In the same cookie that the server writes for a reader without scripts.
fn remember(refresh: Refresh) {
    use leptos::wasm_bindgen::JsCast;

    let seconds = refresh.seconds().unwrap_or(0);
    let cookie =
        format!("{REFRESH_COOKIE}={seconds}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax");
    let document: web_sys::HtmlDocument = document().unchecked_into();
    // It fails only where cookies are forbidden; then the choice holds until the page is left.
    let _ = document.set_cookie(&cookie);
}

/// One button: with two languages, the other one is the only choice.
pub fn language_switch(language: Language, next: String) -> impl IntoView {
    let (other, name) = match language {
        Language::ChineseSimplified => (Language::English, "English"),
        Language::English => (Language::ChineseSimplified, "简体中文"),
    };
    view! {
        <form class="control" method="post" action="/admin/preferences/">
            <input type="hidden" name="next" value=next />
            <button name="language" value=other.tag() lang=other.tag() data-testid="language">
                {name}
            </button>
        </form>
    }
}

pub fn sign_out(t: &'static Messages, user: &str) -> impl IntoView + use<> {
    view! {
        <form class="control" method="post" action="/admin/logout/">
            <bdi class="user">{user.to_owned()}</bdi>
            <button data-testid="sign-out">{t.sign_out}</button>
        </form>
    }
}
