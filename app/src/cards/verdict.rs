//! The first thing on the page: one sentence that on-call needs at three in the morning.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::state::{State, symbol};
use crate::components::text::foreign;
use crate::components::time::{age, time, zone_offset};
use crate::dto::{Check, CheckStatus, Finding, LogLine, Status, VerdictState};
use crate::look::Look;

/// Once the server is silent nobody knows: then it says what was known last, in no colour. Both ways
/// to say it are there, and the style sheet shows the one that holds.
pub fn verdict_line(look: Look, status: &Status) -> impl IntoView + use<> {
    let t = &look.t.diagnosis;
    let verdict = &status.verdict;
    let sentence = match verdict.state {
        VerdictState::Ok => t.ready,
        VerdictState::Warning => t.needs_attention,
        VerdictState::Failing => t.failing,
        VerdictState::NotReady => t.not_ready,
    };
    let state = State::from(verdict.state);
    // Readiness is worth saying even if something else is wrong.
    let checks = &status.checks;
    let is_ok =
        |check: &Check| check.status == CheckStatus::Ok && check.unapplied.unwrap_or(0) == 0;
    let all_pass = (!checks.is_empty() && checks.values().all(is_ok))
        .then(|| view! { <p>{(t.all_checks_pass)(checks.len())}</p> });
    let reasons = (!verdict.findings.is_empty()).then(|| reasons(look, &verdict.findings));
    let since = (verdict.state != VerdictState::Ok)
        .then(|| view! { {t.since} " " {time(look, &verdict.since)} " · " });
    view! {
        <section class="verdict" data-state=state.name() data-testid="verdict">
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
                {last_error(look, status)}
                {look.t.updated}
                " "
                <span data-testid="last-updated">{time(look, &status.generated_at)}</span>
                {zone_offset(look)}
            </p>
        </section>
    }
}

/// `error.log` holds warnings too; those do not count here, but for requests that were answered with
/// 503: they failed.
fn last_error(look: Look, status: &Status) -> impl IntoView + use<> {
    let lines = status.recent_errors.as_deref()?;
    let is_error = |line: &&LogLine| {
        let status = line.get("status").and_then(serde_json::Value::as_u64);
        status >= Some(500) || line.get("level").is_some_and(|level| level == "ERROR")
    };
    let newest = lines
        .iter()
        .find(is_error)
        .and_then(|line| line.get("timestamp")?.as_str());
    Some(match newest {
        Some(timestamp) => {
            Either::Left(view! { {look.t.last_error} " " {age(look, timestamp)} " · " })
        }
        None if !status.has_failures() => Either::Right(view! { {look.t.no_recent_errors} " · " }),
        None => return None,
    })
}

/// Each leads to the page that shows more of it.
fn reasons(look: Look, findings: &[Finding]) -> impl IntoView + use<> {
    let items: Vec<_> = findings
        .iter()
        .map(|finding| {
            let text = (look.t.diagnosis.reason)(finding);
            view! {
                <li>
                    <a href=finding.url.clone()>{foreign(&text)}</a>
                </li>
            }
        })
        .collect();
    view! { <ul class="reasons">{items}</ul> }
}
