//! Which build this is, and how long it has been running.

use leptos::prelude::*;

use crate::components::card::card;
use crate::components::facts::fact;
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::Service;
use crate::view::settings::ViewSettings;

pub fn service_card(settings: ViewSettings, service: &Service) -> impl IntoView + use<> {
    let t = settings.t;
    let body = view! {
        <dl class="facts">
            {fact(t.uptime, view! { <span class="figure" data-testid="uptime">{(t.duration)(service.uptime_seconds)}</span> })}
            {fact(t.version, view! { <span data-testid="app-version">{service.version.clone()}</span> })}
            {fact(t.commit, view! { <code>{service.commit.clone()}</code> })}
            {fact(t.instance, foreign(&service.instance))}
            {fact(t.started, time(settings, &service.started_at))}
        </dl>
    };
    card("service", t.service, body)
}
