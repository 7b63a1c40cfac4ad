//! The instances that share the desk's own store.

use leptos::prelude::*;

use crate::components::card::card;
use crate::components::folding::{folding, head, numeric_head};
use crate::components::number::number;
use crate::components::ranges::range_words;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::{Finding, Instance, InstanceState, Instances};
use crate::view::numbers::percent;
use crate::view::settings::ViewSettings;

/// `findings` tell which silent ones are missed: others run in the place of the rest. `link` makes the
/// address of the page with the figures of one instance.
pub fn instances_card(
    settings: ViewSettings,
    instances: &Instances,
    findings: &[Finding],
    link: impl Fn(&str) -> String,
) -> AnyView {
    let t = settings.t;
    let store_error = instances.error.map(|code| {
        let text = (t.instance_texts.others_as_known)((t.code)(code));
        view! { <p class="coverage">{badge(State::Warning, text)}</p> }
    });
    let rows: Vec<_> = instances
        .instances
        .iter()
        .map(|instance| {
            let is_missed = findings
                .iter()
                .any(|it| it.id == "instance_silent" && it.subject == instance.name);
            row(settings, instance, is_missed, link(&instance.name))
        })
        .collect();
    let more = (instances.more_instances > 0).then(
        || view! { <p class="note">{(t.instance_texts.more_instances)(instances.more_instances)}</p> },
    );
    let requests = view! { {t.requests} " · " {range_words(settings, instances.period)} };
    let heads = (
        head(t.instance),
        head(t.version),
        numeric_head(t.uptime),
        head(t.started),
        head(t.error_groups.last_seen),
        numeric_head(requests),
        numeric_head(t.instance_texts.share),
    );
    let body = view! {
        {store_error}
        <div class="scroll" tabindex="0" role="group" aria-label=t.instance_texts.instances>
            {folding(false, heads, rows)}
        </div>
        {more}
    };
    card("instances", t.instance_texts.instances, body).into_any()
}

fn row(settings: ViewSettings, instance: &Instance, is_missed: bool, link: String) -> AnyView {
    let t = settings.t;
    let state = match instance.state {
        InstanceState::Live => State::Ok,
        InstanceState::Silent if is_missed => State::Error,
        InstanceState::Silent | InstanceState::Stopped | InstanceState::Unknown => State::Unknown,
    };
    let this = instance
        .is_this
        .then(|| view! { " " <span class="note">{t.instance_texts.answers_this}</span> });
    let dash = || "–".to_owned();
    let share = percent(instance.share);
    let uptime = instance.uptime_seconds.map_or_else(dash, t.duration);
    let build = instance.version.as_ref().map(|version| {
        let commit = instance.commit.as_deref().unwrap_or_default();
        view! { {foreign(version)} " " <span class="note"><code>{foreign(commit)}</code></span> }
    });
    let seen = instance.last_seen.as_ref().map(|seen| {
        view! { {time(settings, seen)} " " <span class="note">{age(settings, seen)}</span> }
    });
    view! {
        <tr role="row" data-testid="instance-row" data-state=state.name()>
            <th scope="row" role="rowheader">
                {badge(state, (t.instance_texts.state)(instance.state))}
                " "
                <a href=link>{foreign(&instance.name)}</a>
                {this}
            </th>
            <td role="cell" class="two" data-name=t.version>{build}</td>
            <td role="cell" class="numeric" data-name=t.uptime>{uptime}</td>
            <td role="cell" data-name=t.started>{instance.started_at.as_ref().map(|started| time(settings, started))}</td>
            <td role="cell" data-name=t.error_groups.last_seen>{seen}</td>
            <td role="cell" class="numeric" data-name=t.requests data-testid="instance-requests">
                {number(instance.requests)}
            </td>
            <td role="cell" class="numeric" data-name=t.instance_texts.share>{share}</td>
        </tr>
    }.into_any()
}
