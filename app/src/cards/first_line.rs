//! The first line of every page: which incidents are open, what the page itself says before all else,
//! and what the reader may not do now.

use leptos::prelude::*;

use crate::address;
use crate::components::state::{State, symbol};
use crate::components::text::foreign;
use crate::dto::{OpenIncident, Severity};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Rights;

/// So many are named; the others are counted.
const NAMED: usize = 3;

/// Nothing where there is nothing to say. `verdict` is the page's own.
pub fn first_line(
    settings: ViewSettings,
    open: &[OpenIncident],
    verdict: Option<AnyView>,
    rights: Rights,
) -> Option<impl IntoView + use<>> {
    let limits = (settings.t.incidents.limits)(rights);
    let is_empty = open.is_empty() && verdict.is_none() && limits.is_none();
    let limits = limits.map(|limits| view! { <p class="note" data-testid="limits">{limits}</p> });
    (!is_empty).then(|| {
        view! {
            <div class="first-line" id="first-line" data-testid="verdict">
                {incidents(settings, open)} {verdict} {limits}
            </div>
        }
    })
}

/// How the tab looks: no page is better than what is open.
pub fn tab_state(page: Option<State>, open: &[OpenIncident]) -> Option<State> {
    let is_open = |severity| open.iter().any(|incident| incident.severity == severity);
    match page {
        _ if is_open(Severity::Critical) => Some(State::Error),
        Some(State::Error) => page,
        _ if is_open(Severity::Warning) => Some(State::Warning),
        _ => page,
    }
}

fn incidents(settings: ViewSettings, open: &[OpenIncident]) -> Option<impl IntoView + use<>> {
    let t = settings.t.incidents;
    let worst = open.first()?.severity;
    let items: Vec<_> = open
        .iter()
        .take(NAMED)
        .map(|incident| item(settings, incident))
        .collect();
    let more = open.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| {
        view! {
            <li>
                <a href=address::page::Page::Incidents.path()>{(t.more)(more)}</a>
            </li>
        }
    });
    Some(view! {
        <section
            class="open-incidents"
            role="status"
            aria-label=t.open_incidents
            data-state=State::from(worst).name()
            data-testid="open-incidents"
        >
            <ul>{items} {more}</ul>
        </section>
    })
}

/// Such as `Database is unavailable · critical · for 12 min · ada is on it`.
fn item(settings: ViewSettings, incident: &OpenIncident) -> AnyView {
    view! {
        <li>
            {symbol(incident.severity.into())} " "
            <a href=address::incident(&incident.id)>
                <strong>{foreign(&incident.title)}</strong>
            </a>
            {foreign(&standing(settings, incident))}
        </li>
    }
    .into_any()
}

/// What follows an incident's title: ` · critical · for 12 min · ada is on it`.
pub fn standing(settings: ViewSettings, incident: &OpenIncident) -> String {
    let t = settings.t.incidents;
    let opened = Instant::parse(&incident.opened_at);
    let lasting = opened.zip(settings.measured_at).map(|(opened, now)| {
        let duration = (settings.t.duration)(now.seconds_since(opened));
        format!(" · {}", (t.open_for)(&duration))
    });
    let taken = match &incident.acknowledged_by {
        Some(name) => (t.taken_by)(name),
        None => t.nobody.to_owned(),
    };
    let severity = (t.severity)(incident.severity);
    format!(" · {severity}{} · {taken}", lasting.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::tests::words;
    use crate::fixtures::incidents::{NOW, open};
    use crate::view::viewer::{Language, Viewer};

    fn line(language: Language, open: &[OpenIncident]) -> String {
        line_for(language, open, Rights::All)
    }

    fn line_for(language: Language, open: &[OpenIncident], rights: Rights) -> String {
        Owner::new().with(|| {
            let viewer = Viewer {
                language,
                rights,
                ..Viewer::default()
            };
            first_line(ViewSettings::at(&viewer, NOW), open, None, viewer.rights)
                .map(|line| line.to_html())
                .unwrap_or_default()
        })
    }

    #[test]
    fn it_names_what_is_open_for_how_long_and_who_is_on_it() {
        let english = line(Language::English, &open());
        let text = words(&english).replace('\n', " ");
        for told in [
            "Database is unavailable · critical · for 12 min 30 s · nobody is on it",
            "Disk log is 85.2 % full · warning · for 2 h 17 min · ada is on it",
        ] {
            assert!(text.contains(told), "{told} in {text}");
        }
        let link = "href=\"/admin/incidents/01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c/\"";
        assert!(english.contains(link), "{english}");
        let chinese = words(&line(Language::ChineseSimplified, &open()));
        assert!(chinese.contains("严重 · 已持续 12 分钟 30 秒"), "{chinese}");
    }

    #[test]
    fn who_may_do_less_than_usual_reads_so_on_every_page() {
        for rights in [Rights::Watch, Rights::Read, Rights::AccessCode] {
            for language in [Language::English, Language::ChineseSimplified] {
                let line = line_for(language, &[], rights);
                assert!(line.contains("data-testid=\"limits\""), "{rights:?}");
            }
        }
    }

    #[test]
    fn three_are_named_and_the_others_counted() {
        let five: Vec<OpenIncident> = open().into_iter().cycle().take(5).collect();
        let html = line(Language::English, &five);
        assert_eq!(html.matches("<strong>").count(), 3);
        assert!(
            html.contains("href=\"/admin/incidents/\">and 2 more</a>"),
            "{html}"
        );
        assert_eq!(line(Language::English, &[]), "");
    }

    #[test]
    fn a_tab_is_as_bad_as_the_worst_that_is_open() {
        let all = open();
        let (warning, info) = (
            all.iter().skip(1).cloned().collect::<Vec<_>>(),
            all.iter()
                .map(|incident| OpenIncident {
                    severity: Severity::Info,
                    ..incident.clone()
                })
                .collect::<Vec<_>>(),
        );
        for (page, open, expected) in [
            (None, &all, Some(State::Error)),
            (Some(State::Ok), &all, Some(State::Error)),
            (Some(State::Ok), &warning, Some(State::Warning)),
            (Some(State::Error), &warning, Some(State::Error)),
            (Some(State::Ok), &info, Some(State::Ok)),
            (None, &info, None),
        ] {
            assert_eq!(tab_state(page, open), expected);
        }
    }
}
