//! When nobody is told: quiet that somebody asked for, and maintenance that the file plans.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::field::{Field, RefusedForm, is_refused};
use crate::components::folding::{folding, head};
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{MaintenanceWindow, Quiet};
use crate::view::settings::ViewSettings;

/// Seven days.
const MOST_MINUTES: u32 = 7 * 24 * 60;

pub fn quiet_card(
    settings: ViewSettings,
    quiet: Option<&Quiet>,
    refused: Option<&RefusedForm>,
) -> impl IntoView + use<> {
    let t = settings.t.notifications;
    let body = match quiet {
        Some(quiet) => Either::Left(view! {
            <p>{badge(State::Warning, t.is_quiet)}</p>
            <p>
                {t.until} " " {time(settings, &quiet.until)} " " <q>{foreign(&quiet.reason)}</q> " "
                <span class="note">{foreign(&quiet.by)} " · " {time(settings, &quiet.from)}</span>
            </p>
            <form method="post" action="/admin/alerts/quiet/end/">
                <button>{t.end_quiet}</button>
            </form>
        }),
        None => Either::Right(view! {
            <p class="note">{t.no_quiet}</p>
            {begin(settings, refused)}
        }),
    };
    card(
        "quiet",
        t.quiet,
        view! { <div class="stack" data-testid="quiet">{body}</div> },
    )
}

fn begin(settings: ViewSettings, refused: Option<&RefusedForm>) -> AnyView {
    let t = settings.t.notifications;
    let page = settings.t.incident_page;
    let minutes = Field::new("quiet", "minutes", t.minutes).with_value("60");
    let minutes = minutes.refused(refused, page.mistake);
    let reason = Field::new("quiet", "reason", page.reason).refused(refused, page.mistake);
    view! {
        <details class="asking" id="begin-quiet" open=is_refused(refused, "quiet")>
            <summary>{t.begin_quiet} "…"</summary>
            <form method="post" action="/admin/alerts/quiet/">
                {minutes.whole_number(MOST_MINUTES)}
                {reason.line()}
                <button>{t.begin_quiet}</button>
            </form>
        </details>
    }
    .into_any()
}

pub fn maintenance_card(
    settings: ViewSettings,
    windows: &[MaintenanceWindow],
) -> impl IntoView + use<> {
    let t = settings.t.notifications;
    let body = if windows.is_empty() {
        Either::Left(empty(t.no_maintenance))
    } else {
        let rows: Vec<_> = windows.iter().map(|window| row(settings, window)).collect();
        let heads = (head(t.window), head(t.for_rules), head(t.next));
        Either::Right(folding(false, heads, rows))
    };
    card("maintenance", t.maintenance, body)
}

fn row(settings: ViewSettings, window: &MaintenanceWindow) -> AnyView {
    let t = settings.t.notifications;
    let lasts = (settings.t.duration)(window.lasts_seconds);
    let when = (t.when)(&window.days, &window.starts, &lasts, &window.time_zone);
    let rules = match window.rules.as_slice() {
        [] => t.all_rules.to_owned(),
        rules => rules.join(", "),
    };
    let open = window.open_until.as_ref().map(|until| {
        view! { " " {badge(State::Warning, view! { {t.open_until} " " {time(settings, until)} })} }
    });
    let next = match &window.next_from {
        Some(from) => Either::Left(time(settings, from)),
        None => Either::Right(t.not_soon),
    };
    view! {
        <tr role="row" data-testid="maintenance-row">
            <th scope="row" role="rowheader">
                <strong>{foreign(&window.name)}</strong> {open} <br />
                <span class="note">{foreign(&when)}</span>
            </th>
            <td role="cell" data-name=t.for_rules>{foreign(&rules)}</td>
            <td role="cell" class="two" data-name=t.next>{next}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::alerts::full;
    use crate::view::viewer::Viewer;
    use crate::view::zone::Zone;

    /// "The window was planned for the night and stood on the page at noon."
    #[test]
    fn a_window_stands_there_by_the_clock_of_its_place_and_opens_by_the_readers() {
        for (zone, opens) in [
            ("Europe/Berlin", "2026-11-29 03:00"),
            ("Asia/Shanghai", "2026-11-29 10:00"),
        ] {
            let report = full();
            let html = Owner::new().with(|| {
                let viewer = Viewer {
                    zone: Zone::from_cookie(zone).unwrap_or_default(),
                    ..Viewer::default()
                };
                let settings = ViewSettings::at(&viewer, &report.alerts.generated_at);
                maintenance_card(settings, &report.maintenance).to_html()
            });
            assert!(html.contains("03:00"), "{html}");
            assert!(html.contains("Europe/Berlin"), "{html}");
            assert!(html.contains(opens), "{zone}: {html}");
        }
    }
}
