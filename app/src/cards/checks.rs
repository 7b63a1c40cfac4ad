//! What readiness is made of, check by check.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::dto::{Check, CheckStatus, Checks};
use crate::view::numbers::milliseconds;
use crate::view::settings::ViewSettings;

pub fn checks_card(settings: ViewSettings, checks: &Checks) -> impl IntoView + use<> {
    let t = settings.t;
    let body = if checks.is_empty() {
        Either::Left(empty(t.no_checks))
    } else {
        let rows: Vec<_> = checks
            .iter()
            .filter(|(name, check)| !follows_from_another(name, check, checks))
            .map(|(name, check)| row(settings, name, check))
            .collect();
        Either::Right(view! {
            <table class="checks">
                <thead>
                    <tr>
                        <th scope="col">{t.check}</th>
                        <th scope="col">{t.status}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    card("checks", t.readiness, body)
}

/// Of migrations nothing is known while the database does not answer: that is one failure.
fn follows_from_another(name: &str, check: &Check, checks: &Checks) -> bool {
    let is_down = checks
        .get("database")
        .is_some_and(|database| database.status == CheckStatus::Error);
    is_down && name == "migrations" && check.error.is_some() && check.unapplied.is_none()
}

fn row(settings: ViewSettings, name: &str, check: &Check) -> AnyView {
    let (state, text) = judge(settings, check);
    let latency = check
        .latency_ms
        .map(|ms| view! { <span class="note">{milliseconds(ms)}</span> });
    view! {
        <tr>
            <th scope="row">{foreign((settings.t.check_name)(name))}</th>
            <td>
                <span class="check-result">{badge(state, text)} {latency}</span>
            </td>
        </tr>
    }
    .into_any()
}

/// An unapplied migration makes the service not ready, whatever its check calls itself.
pub fn judge(settings: ViewSettings, check: &Check) -> (State, String) {
    let t = settings.t;
    match (check.status, check.error, check.unapplied) {
        (_, None, Some(count)) if count > 0 => (State::Error, (t.unapplied_migrations)(count)),
        (status, Some(code), _) => (status.into(), (t.code)(code).to_owned()),
        (CheckStatus::Ok, None, _) => (State::Ok, t.ok.to_owned()),
        (CheckStatus::Warning, None, _) => (State::Warning, t.warning.to_owned()),
        (CheckStatus::Error, None, _) => (State::Error, t.error.to_owned()),
    }
}
