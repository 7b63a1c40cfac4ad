//! `/admin/timeline/`: what changed, of all kinds, on one axis.

use leptos::either::Either;
use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::timeline::{timeline_filter, timeline_list, timeline_refused};
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{BadQuery, Timeline, TimelineQuery};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Timeline.path(),
    title: titles::TIMELINE,
    summary: "What changed",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

struct TimelineView {
    timeline: Result<Timeline, BadQuery>,
    query: TimelineQuery,
    now: String,
}

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    let viewer = use_context::<Viewer>().unwrap_or_default();
    let given = |name| address.decoded(name).filter(|value| !value.is_empty());
    let query = TimelineQuery {
        since: given("since"),
        until: given("until"),
        kinds: address.all("kind"),
    };
    served(&PAGE, load(viewer, query), timeline)
}

async fn load(viewer: Viewer, query: TimelineQuery) -> Result<TimelineView, LoadError> {
    let backend = staff_backend()?;
    let timeline = backend.timeline(viewer.language, query.clone()).await;
    Ok(TimelineView {
        timeline,
        query,
        now: backend.now(),
    })
}

fn timeline(viewer: &Viewer, view: &TimelineView) -> Drawn {
    let TimelineView {
        timeline,
        query,
        now,
    } = view;
    let settings = ViewSettings::at(viewer, now);
    let list = match timeline {
        Ok(timeline) => Either::Left(timeline_list(settings, timeline, query)),
        Err(bad) => Either::Right(timeline_refused(settings, bad)),
    };
    let view = view! {
        {updated(settings, now)}
        {timeline_filter(settings, query)}
        {list}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: now.clone(),
        here: here(query),
        state: None,
        reload: Reload::ByHand,
        verdict: None,
        view: view.into_any(),
    }
}

fn here(query: &TimelineQuery) -> String {
    let moments = [("since", &query.since), ("until", &query.until)];
    let moments = moments
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.clone()?)));
    let kinds = query.kinds.iter().map(|kind| ("kind", kind.clone()));
    with_query(PAGE.path, moments.chain(kinds))
}
