//! What a reader can set: forms that work without a script; with one, the pace of refreshing
//! changes on the spot.

use leptos::prelude::*;

use crate::live::preferences::remember_refresh;
use crate::locales::Messages;
use crate::view::viewer::{Language, Refresh};

pub fn refresh_select(t: &'static Messages, refresh: RwSignal<Refresh>, next: String) -> AnyView {
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
            remember_refresh(chosen);
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
    }.into_any()
}

/// One button: with two languages, the other one is the only choice.
pub fn language_switch(language: Language, next: String) -> AnyView {
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
    .into_any()
}

pub fn sign_out(t: &'static Messages, user: &str) -> AnyView {
    view! {
        <form class="control" method="post" action="/admin/logout/">
            <bdi class="user">{user.to_owned()}</bdi>
            <button data-testid="sign-out">{t.sign_out}</button>
        </form>
    }
    .into_any()
}
