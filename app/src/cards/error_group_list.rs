//! All error groups, each with the way to its page: what goes on first, then what has ended; what people
//! have put aside where it is asked for.

use leptos::either::Either;
use leptos::prelude::*;

use super::error_groups::{limits, marks, origin, put_aside, total, what};
use crate::components::notice::notice;
use crate::components::number::number;
use crate::components::spark::spark;
use crate::components::state::State;
use crate::components::time::age;
use crate::dto::{ErrorActivity, ErrorCare, ErrorGroup, ErrorGroups};
use crate::view::settings::ViewSettings;

/// What of the list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// What nobody has resolved or muted.
    Open,
    All,
}

/// `open_alone` is the address of the list without what was put aside.
pub fn error_group_list(
    settings: ViewSettings,
    errors: &ErrorGroups,
    shown: Shown,
    open_alone: String,
) -> AnyView {
    let t = &settings.t.error_groups;
    let of = |care: ErrorCare| errors.groups.iter().filter(move |group| group.care == care);
    let (ongoing, ended): (Vec<&ErrorGroup>, Vec<&ErrorGroup>) =
        of(ErrorCare::Open).partition(|group| group.activity == ErrorActivity::Ongoing);
    let calm = (ongoing.is_empty() && errors.error.is_none()).then(|| {
        let sentence = if errors.groups.is_empty() {
            t.no_groups
        } else {
            t.no_ongoing
        };
        notice(State::Ok, sentence, (), "errors-none")
    });
    let total = (!errors.groups.is_empty()).then(|| total(settings, errors));
    let aside = match shown {
        Shown::Open => Either::Left(put_aside(settings, errors)),
        Shown::All => {
            let resolved = of(ErrorCare::Resolved).collect();
            let muted = of(ErrorCare::Muted).collect();
            Either::Right(view! {
                {section(settings, "resolved", t.resolved, resolved)}
                {section(settings, "muted", t.muted, muted)}
                <p>
                    <a href=open_alone>{t.hide_them}</a>
                </p>
            })
        }
    };
    let more = (errors.more_groups > 0)
        .then(|| view! { <p class="note">{(t.more_groups)(errors.more_groups)}</p> });
    view! {
        <div data-testid="error-groups" class="group-list">
            {limits(settings, errors)} {total} {calm} {section(settings, "ongoing", t.ongoing, ongoing)}
            {section(settings, "ended", t.ended, ended)} {aside} {more}
        </div>
    }
    .into_any()
}

/// Nothing of what there is none of.
fn section(
    settings: ViewSettings,
    name: &'static str,
    title: &'static str,
    groups: Vec<&ErrorGroup>,
) -> Option<AnyView> {
    if groups.is_empty() {
        return None;
    }
    let heading = format!("errors-{name}");
    let labelled_by = heading.clone();
    let rows: Vec<_> = groups
        .into_iter()
        .map(|group| row(settings, group))
        .collect();
    let view = view! {
        <section aria-labelledby=labelled_by data-testid=format!("errors-{name}")>
            <h2 class="section-title" id=heading>{title}</h2>
            <ul class="group-rows">{rows}</ul>
        </section>
    };
    Some(view.into_any())
}

fn row(settings: ViewSettings, group: &ErrorGroup) -> AnyView {
    view! {
        <li class="group-line" data-testid="error-group">
            <span class="group-count" data-testid="group-count">
                {number(group.errors)}
            </span>
            <span class="group-what">
                <a href=group.url.clone()>{what(settings, group)}</a>
                {origin(group)}
            </span>
            <span class="group-trend">{spark(&group.steps)}</span>
            <span class="group-age note">
                {marks(settings, group)} " " {age(settings, &group.last_seen)}
            </span>
        </li>
    }
    .into_any()
}
