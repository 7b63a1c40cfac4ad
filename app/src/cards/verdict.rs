//! The first thing on the page: one sentence that on-call needs at three in the morning.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::state::{State, symbol};
use crate::components::text::foreign;
use crate::components::time::{age, time, zone_offset};
use crate::dto::{LogLine, Status};
use crate::look::Look;
use crate::verdict::{Reason, Verdict, is_failing};

/// Once the server is silent nobody knows: then it says what was known last, in no colour. Both ways
/// to say it are there, and the style sheet shows the one that holds.
pub fn verdict_line(look: Look, status: &Status) -> impl IntoView + use<> {
    let t = look.t;
    let verdict = Verdict::of(status);
    let (sentence, details) = match &verdict {
        Verdict::Ready { checks } => (
            t.ready,
            Either::Left(view! { <p>{(t.all_checks_pass)(*checks)}</p> }),
        ),
        Verdict::NeedsAttention(reasons) => (t.needs_attention, Either::Right(list(look, reasons))),
        Verdict::NotReady(reasons) => (t.not_ready, Either::Right(list(look, reasons))),
    };
    let state = verdict.state();
    view! {
        <section class="verdict" data-state=state.name() data-testid="verdict">
            <div class="verdict-sentence" role="status">
                <span class="while-live">{symbol(state)} <strong>{sentence}</strong></span>
                <span class="while-stale">
                    {symbol(State::Unknown)} <strong>{(t.last_known)(sentence)}</strong>
                </span>
                " "
                {details}
            </div>
            <p class="note">
                {last_error(look, status)}
                {t.updated}
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
        None if !is_failing(status) => Either::Right(view! { {look.t.no_recent_errors} " · " }),
        None => return None,
    })
}

fn list(look: Look, reasons: &[Reason]) -> impl IntoView + use<> {
    let items: Vec<_> = reasons
        .iter()
        .map(|reason| view! { <li>{foreign(&(look.t.reason)(reason))}</li> })
        .collect();
    view! { <ul class="reasons">{items}</ul> }
}
