//! Which build this is, and how long it has been running.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::card;
use crate::components::facts::fact;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{Service, Task, TaskState};
use crate::view::settings::ViewSettings;

pub fn service_card(
    settings: ViewSettings,
    service: &Service,
    tasks: &[Task],
) -> impl IntoView + use<> {
    let t = settings.t;
    let broken: Vec<_> = tasks
        .iter()
        .filter(|task| task.state != TaskState::Running)
        .collect();
    let tasks = if broken.is_empty() {
        Either::Left(badge(State::Ok, (t.all_tasks_run)(tasks.len())))
    } else {
        let names = broken.into_iter().map(|task| {
            let state = (t.task_state)(task.state);
            badge(State::Warning, format!("{}: {state}", task.name))
        });
        Either::Right(names.collect::<Vec<_>>())
    };
    let body = view! {
        <dl class="facts">
            {fact(t.uptime, view! { <span class="figure" data-testid="uptime">{(t.duration)(service.uptime_seconds)}</span> })}
            {fact(t.version, view! { <span data-testid="app-version">{service.version.clone()}</span> })}
            {fact(t.commit, view! { <code>{service.commit.clone()}</code> })}
            {fact(t.instance, foreign(&service.instance))}
            {fact(t.started, time(settings, &service.started_at))}
            {fact(t.tasks, view! { <span data-testid="tasks">{tasks}</span> })}
        </dl>
    };
    card("service", t.service, body)
}
