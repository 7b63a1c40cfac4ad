//! The first thing on the page: one sentence that on-call needs at three in the morning.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::state::{State, symbol};
use crate::components::text::foreign;
use crate::components::time::{age, time, zone_offset};
use crate::dto::{Check, CheckStatus, Finding, LogLine, Status, VerdictState};
use crate::view::settings::ViewSettings;

/// Once the server is silent nobody knows: then it says what was known last, in no colour. Both ways
/// to say it are there, and the style sheet shows the one that holds.
pub fn verdict_line(settings: ViewSettings, status: &Status) -> AnyView {
    let t = &settings.t.diagnosis;
    let verdict = &status.verdict;
    let sentence = t.sentence(verdict.state);
    let state = State::from(verdict.state);
    let all_pass = all_checks_pass(settings, status).map(|text| view! { <p>{text}</p> });
    let reasons = (!verdict.findings.is_empty()).then(|| reasons(settings, &verdict.findings));
    let since = (verdict.state != VerdictState::Ok)
        .then(|| view! { {t.since} " " {time(settings, &verdict.since)} " · " });
    view! {
        <section class="verdict" data-state=state.name()>
            <div class="verdict-sentence" role="status">
                <span class="while-live">{symbol(state)} <strong>{sentence}</strong></span>
                <span class="while-stale">
                    {symbol(State::Unknown)} <strong>{(t.last_known)(sentence)}</strong>
                </span>
                " "
                {all_pass}
                {reasons}
            </div>
            <p class="note">
                {since}
                {last_error(settings, status)}
                {settings.t.updated}
                " "
                <span data-testid="last-updated">{time(settings, &status.generated_at)}</span>
                {zone_offset(settings)}
            </p>
        </section>
    }
    .into_any()
}

/// Readiness is worth saying even if something else is wrong; nothing is said unless all is well.
pub fn all_checks_pass(settings: ViewSettings, status: &Status) -> Option<String> {
    let checks = &status.checks;
    let is_ok =
        |check: &Check| check.status == CheckStatus::Ok && check.unapplied.unwrap_or(0) == 0;
    let all_pass = !checks.is_empty() && checks.values().all(is_ok);
    all_pass.then(|| (settings.t.diagnosis.all_checks_pass)(checks.len()))
}

/// Of lines of `error.log`, which holds warnings too; those do not count here, but for requests that
/// were answered with 503: they failed.
pub fn newest_error(lines: &[LogLine]) -> Option<&LogLine> {
    lines.iter().find(|line| {
        let status = line.get("status").and_then(serde_json::Value::as_u64);
        status >= Some(500) || line.get("level").is_some_and(|level| level == "ERROR")
    })
}

fn last_error(settings: ViewSettings, status: &Status) -> impl IntoView + use<> {
    let lines = status.recent_errors.as_deref()?;
    let newest = newest_error(lines).and_then(|line| line.get("timestamp")?.as_str());
    Some(match newest {
        Some(timestamp) => {
            Either::Left(view! { {settings.t.last_error} " " {age(settings, timestamp)} " · " })
        }
        None if !status.has_failures() => {
            Either::Right(view! { {settings.t.no_recent_errors} " · " })
        }
        None => return None,
    })
}

/// Each leads to the page that shows more of it.
fn reasons(settings: ViewSettings, findings: &[Finding]) -> impl IntoView + use<> {
    let items: Vec<_> = findings
        .iter()
        .map(|finding| {
            let text = (settings.t.diagnosis.reason)(finding);
            view! {
                <li>
                    <a href=finding.url.clone()>{foreign(&text)}</a>
                </li>
            }
        })
        .collect();
    view! { <ul class="reasons">{items}</ul> }
}
