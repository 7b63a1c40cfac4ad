//! A rule tried against the stored past: the form, and what came of it, as marks on the charts of what
//! the rule looks at and as a table.

use leptos::either::{Either, EitherOf4};
use leptos::prelude::*;

use super::signal_charts::{Histories, Signal, signal_charts};
use crate::address::page::Page;
use crate::chart::model::Mark;
use crate::components::amount::amount_or_dash;
use crate::components::field::Field;
use crate::components::folding::{folding, head, numeric_head};
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{AlertRule, AlertUnit, BadQuery, PreviewEpisode, RulePreview};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

/// What somebody tries, and what came of it.
pub struct Tried {
    /// Under which rule the form stood.
    pub rule: String,
    pub toml: String,
    /// As it was sent: `24h`, `7d`, `30d`.
    pub since: String,
    pub outcome: Result<RulePreview, BadQuery>,
    /// Of the same time; only where there is something to be marked in it.
    pub histories: Option<Histories>,
}

impl Tried {
    pub fn is_of(&self, rule: &AlertRule) -> bool {
        self.rule == rule.name
    }
}

/// Open where somebody tries.
pub fn rule_trial(settings: ViewSettings, rule: &AlertRule, tried: Option<&Tried>) -> AnyView {
    let t = settings.t.alerts;
    let form = format!("try-{}", rule.name);
    let toml = tried.map_or(&rule.toml, |tried| &tried.toml);
    let since = tried.map_or("7d", |tried| &tried.since);
    let text = Field::new(&form, "try", t.rule_text).with_value(toml.clone());
    let since = Field::new(&form, "since", t.try_since).with_value(since);
    let outcome = tried.map(|tried| outcome(settings, rule, tried));
    let unreplayable = (!rule.unreplayable.is_empty()).then(|| {
        let why = rule.unreplayable.join(", ");
        view! { <p class="note">{t.cannot_replay} " " {foreign(&why)}</p> }
    });
    view! {
        <details class="asking" id=form open=tried.is_some() data-testid="rule-try">
            <summary>{t.try_it}</summary>
            <form method="get" action=format!("{}#rule-{}", Page::Alerts.path(), rule.name)>
                <p class="note">{t.try_what}</p>
                {unreplayable}
                <input type="hidden" name="rule" value=rule.name.clone() />
                {text.text(8)}
                {since.choice(&t.spans)}
                <button>{t.try_now}</button>
                {outcome}
            </form>
        </details>
    }
    .into_any()
}

fn outcome(settings: ViewSettings, rule: &AlertRule, tried: &Tried) -> impl IntoView + use<> {
    let t = settings.t.alerts;
    let body = match &tried.outcome {
        Err(bad) => EitherOf4::A(view! {
            <p class="field-error" role="alert" data-testid="field-error">
                <span aria-hidden="true">"✕ "</span>
                {t.try_refused}
                " "
                {foreign(&bad.message)}
            </p>
        }),
        Ok(preview) if !preview.replayable => {
            let why = preview.reason.as_deref().map(foreign);
            EitherOf4::B(view! {
                <p>{badge(State::Unknown, t.cannot_replay)} " " {why}</p>
            })
        }
        Ok(preview) if preview.evaluations == preview.unknown => {
            EitherOf4::C(badge(State::Unknown, t.nothing_known))
        }
        Ok(preview) => EitherOf4::D(found(settings, rule, tried, preview)),
    };
    view! { <div class="trial" data-testid="rule-outcome">{body}</div> }
}

fn found(
    settings: ViewSettings,
    rule: &AlertRule,
    tried: &Tried,
    preview: &RulePreview,
) -> impl IntoView + use<> {
    let t = settings.t.alerts;
    let counted = (t.evaluations)(preview.evaluations, preview.unknown);
    let counted = view! { <p class="note">{counted}</p> };
    if preview.episodes.is_empty() {
        return Either::Left(view! {
            <p>{badge(State::Ok, t.would_not_have_fired)}</p>
            {counted}
        });
    }
    let rows: Vec<_> = preview
        .episodes
        .iter()
        .map(|episode| row(settings, episode, rule.unit))
        .collect();
    let heads = (
        head(t.subject),
        head(t.from),
        head(t.to),
        numeric_head(t.lasted),
        numeric_head(t.peak),
    );
    let times = preview.episodes.len();
    Either::Right(view! {
        <p>{badge(State::Warning, (t.would_have_fired)(times))}</p>
        {counted}
        {strip(settings, &tried.since, &preview.episodes)}
        {folding(false, heads, rows)}
        {charts(settings, rule, tried, &preview.episodes)}
    })
}

fn row(settings: ViewSettings, episode: &PreviewEpisode, unit: Option<AlertUnit>) -> AnyView {
    let t = settings.t.alerts;
    let to = episode.to.as_deref();
    let end = to.map_or(settings.measured_at, Instant::parse);
    let lasted = Instant::parse(&episode.from).zip(end);
    let lasted = lasted.map(|(from, end)| (settings.t.duration)(end.seconds_since(from)));
    let to = match to {
        Some(to) => Either::Left(time(settings, to)),
        None => Either::Right(t.still_now),
    };
    view! {
        <tr role="row" data-testid="trial-episode">
            <th scope="row" role="rowheader">{foreign(&episode.subject)}</th>
            <td role="cell" data-name=t.from>{time(settings, &episode.from)}</td>
            <td role="cell" class="two" data-name=t.to>{to}</td>
            <td role="cell" class="numeric" data-name=t.lasted>{lasted}</td>
            <td role="cell" class="numeric" data-name=t.peak>{amount_or_dash(episode.peak, unit)}</td>
        </tr>
    }.into_any()
}

/// Those of the signals that the rule looks at, if there are any, with a mark where it would have fired
/// and one where that would have ended.
fn charts(
    settings: ViewSettings,
    rule: &AlertRule,
    tried: &Tried,
    episodes: &[PreviewEpisode],
) -> Option<impl IntoView + use<>> {
    let histories = tried.histories.as_ref()?;
    let mut signals = Signal::of_expression(&tried.toml);
    // What is tried may leave the expression as it was.
    if signals.is_empty() {
        signals = Signal::of_expression(&rule.expr);
    }
    let t = settings.t.alerts;
    let mark = |at: &str, text: &str| {
        Some(Mark {
            at_ms: Instant::parse(at)?.epoch_ms(),
            tone: "incident",
            name: t.firing_mark,
            text: text.to_owned(),
        })
    };
    let marks = episodes.iter().flat_map(|episode| {
        let end = episode.to.as_deref();
        [
            mark(&episode.from, t.firing_mark),
            end.and_then(|end| mark(end, t.ended_mark)),
        ]
    });
    let marks: Vec<Mark> = marks.flatten().collect();
    (!signals.is_empty()).then(|| {
        let charts = signal_charts(settings, &signals, histories, &marks);
        view! { <div class="charts charts-even" data-testid="trial-charts">{charts}</div> }
    })
}

/// How wide the strip is drawn; it is stretched to the room there is.
const WIDTH: i64 = 1000;
/// So that the shortest one is seen.
const NARROWEST: i64 = 3;

/// The whole time from left to right, with a mark for each episode. The table says the same.
fn strip(settings: ViewSettings, since: &str, episodes: &[PreviewEpisode]) -> Option<AnyView> {
    let now = settings.measured_at?.epoch_ms();
    let length = length_ms(since)?;
    let start = now - length;
    let place = |at: Option<&str>| {
        let at = at.map_or(Some(now), |at| Some(Instant::parse(at)?.epoch_ms()))?;
        Some((at.clamp(start, now) - start) * WIDTH / length)
    };
    let marks: Vec<_> = episodes
        .iter()
        .filter_map(|episode| {
            let (from, to) = (place(Some(&episode.from))?, place(episode.to.as_deref())?);
            let width = (to - from).max(NARROWEST);
            let from = from.min(WIDTH - width);
            Some(view! {
                <rect class="strip-mark" x=from.to_string() width=width.to_string() height="10"></rect>
            })
        })
        .collect();
    let from = Instant::from_epoch_ms(start).to_rfc3339();
    let to = Instant::from_epoch_ms(now).to_rfc3339();
    let view = view! {
        <div class="strip" data-testid="trial-strip">
            <svg viewBox=format!("0 0 {WIDTH} 10") preserveAspectRatio="none" aria-hidden="true">
                {marks}
            </svg>
            <p class="strip-times note">
                {time(settings, &from)} <span aria-hidden="true">"–"</span> {time(settings, &to)}
            </p>
        </div>
    };
    Some(view.into_any())
}

fn length_ms(since: &str) -> Option<i64> {
    const HOUR_MS: i64 = 3_600_000;
    match since {
        "24h" => Some(24 * HOUR_MS),
        "7d" => Some(7 * 24 * HOUR_MS),
        "30d" => Some(30 * 24 * HOUR_MS),
        _ => None,
    }
}
