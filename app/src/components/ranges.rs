//! Over which time: a link for each usual one, and a form for any other. The choice stands in the address.

use leptos::prelude::*;

use super::form_error::form_error;
use super::time::zone_label;
use crate::address::percent_decode;
use crate::dto::{BadQuery, Period, Range, RangeQuery};
use crate::view::settings::ViewSettings;
use crate::view::zone::Zone;

/// A range that can't be shown, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRange {
    pub asked: RangeQuery,
    pub bad: BadQuery,
}

/// `link` makes the address of this page over another time.
pub fn ranges(settings: ViewSettings, current: Range, link: impl Fn(Range) -> String) -> AnyView {
    let t = settings.t;
    let mut links: Vec<_> = Period::ALL
        .into_iter()
        .map(|period| {
            let range = Range::Last(period);
            entry(link(range), (t.period)(period).to_owned(), range == current)
        })
        .collect();
    let mut typed = RangeQuery::default();
    if let Range::Between(from, to) = current {
        links.push(entry(link(current), range_words(settings, current), true));
        typed.from = Some(settings.zone.typed(from));
        typed.to = Some(settings.zone.typed(to));
    }
    view! {
        <nav class="periods" aria-label=t.period_of_charts>
            <ul>{links}</ul>
        </nav>
        <details class="another-range">
            <summary>{t.another_range}</summary>
            {form(settings, &typed, None, &link(Range::default()))}
        </details>
    }
    .into_any()
}

/// In the place of what was asked for. `here` is the page's address without a range.
pub fn refused_range(settings: ViewSettings, refused: &RefusedRange, here: &str) -> AnyView {
    let RefusedRange { asked, bad } = refused;
    let period = asked.period.as_deref().unwrap_or_default();
    let of_period = form_error(settings, "period", period, Some(bad)).0;
    let links: Vec<_> = Period::ALL
        .into_iter()
        .map(|period| {
            let joint = if here.contains('?') { '&' } else { '?' };
            let address = format!("{here}{joint}period={}", period.text());
            entry(address, (settings.t.period)(period).to_owned(), false)
        })
        .collect();
    view! {
        <section class="card refused-range" data-testid="refused-range">
            {of_period} {form(settings, asked, Some(bad), here)}
            <nav class="periods" aria-label=settings.t.period_of_charts>
                <ul>{links}</ul>
            </nav>
        </section>
    }
    .into_any()
}

fn entry(address: String, text: String, is_current: bool) -> impl IntoView {
    let current = is_current.then_some("true");
    view! {
        <li>
            <a href=address aria-current=current>
                {text}
            </a>
        </li>
    }
}

/// It keeps what else stands in the address.
fn form(
    settings: ViewSettings,
    asked: &RangeQuery,
    bad: Option<&BadQuery>,
    here: &str,
) -> impl IntoView + use<> {
    let t = settings.t;
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let kept: Vec<_> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| !["period", "from", "to"].contains(name))
        .filter_map(|(name, value)| Some((name.to_owned(), percent_decode(value)?)))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    let field = |name: &'static str, label: &'static str, typed: &Option<String>| {
        let typed = typed.clone().unwrap_or_default();
        let (mistake, described_by) = form_error(settings, name, &typed, bad);
        let invalid = described_by.as_ref().map(|_| "true");
        view! {
            <label class="field">
                {label}
                <input
                    name=name
                    value=typed
                    placeholder="2026-11-24 03:00"
                    autocomplete="off"
                    aria-invalid=invalid
                    aria-describedby=described_by
                />
            </label>
            {mistake}
        }
    };
    view! {
        <form method="get" action=path.to_owned() class="range-form">
            {kept} {field("from", t.log_page.since, &asked.from)}
            {field("to", t.log_page.until, &asked.to)} <button>{t.instance_texts.show}</button>
            <p class="note">{(t.log_page.time_hint)(&zone_label(settings))}</p>
        </form>
    }
}

/// Such as `24 hours`, or `2026-11-24 03:00 – 04:00`.
pub fn range_words(settings: ViewSettings, range: Range) -> String {
    let (from, to) = match range {
        Range::Last(period) => return (settings.t.period)(period).to_owned(),
        Range::Between(from, to) => (settings.zone.typed(from), settings.zone.typed(to)),
    };
    let day = |text: &str| text.split_once(' ').map(|(day, _)| day.to_owned());
    let end = to.split_once(' ').filter(|_| day(&from) == day(&to));
    let end = end.map_or(to.clone(), |(_, clock)| clock.to_owned());
    let zone = if settings.zone == Zone::Utc {
        " UTC"
    } else {
        ""
    };
    format!("{from} – {end}{zone}")
}
