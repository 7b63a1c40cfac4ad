//! The service's own log files: do they take every line, and how big are they.

use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{DroppedMinutes, LogFile, LogLoss, Logging};
use crate::view::numbers::bytes;
use crate::view::settings::ViewSettings;

pub fn logging_card(
    settings: ViewSettings,
    logging: &Logging,
    minutes: DroppedMinutes,
) -> impl IntoView + use<> {
    let t = settings.t;
    let losses: Vec<_> = logging
        .files
        .iter()
        .filter_map(|file| file.loss.as_ref())
        .collect();
    // What is over stands below with from and to, and warns no more.
    let state = if losses.is_empty() {
        State::Ok
    } else {
        State::Warning
    };
    let whole = |count: u64| {
        if count == 0 {
            State::Ok
        } else {
            State::Warning
        }
    };
    let held_back = (logging.held_back_lines > 0).then(|| {
        let count = badge(State::Warning, number(logging.held_back_lines));
        view! { <p class="dropped">{t.held_back_lines} " " {count}</p> }
    });
    let minutes = (minutes != DroppedMinutes::default()).then(|| {
        let traffic = badge(whole(minutes.traffic), number(minutes.traffic));
        let host = badge(whole(minutes.host), number(minutes.host));
        view! {
            <p class="dropped" data-testid="dropped-minutes">
                {t.dropped_minutes} " " {traffic} " " {host}
            </p>
        }
    });
    let losses: Vec<_> = losses
        .into_iter()
        .chain(logging.losses.iter().rev())
        .map(|one| loss(settings, one))
        .collect();
    let dropped = view! { <span data-testid="log-dropped">{number(logging.dropped_lines)}</span> };
    let body = view! {
        <p class="dropped">{t.dropped_lines} " " {badge(state, dropped)}</p>
        {held_back}
        {minutes}
        {(!losses.is_empty()).then(|| view! { <ul data-testid="log-losses">{losses}</ul> })}
        {files(settings, &logging.files)}
    };
    card("logging", t.logs, body)
}

fn files(settings: ViewSettings, files: &[LogFile]) -> AnyView {
    let t = settings.t;
    if files.is_empty() {
        return empty(t.no_log_files).into_any();
    }
    let rows: Vec<_> = files.iter().map(row).collect();
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{t.file}</th>
                    <th scope="col" class="numeric">{t.size}</th>
                    <th scope="col" class="numeric">{t.older_files}</th>
                    <th scope="col" class="numeric">{t.dropped}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn loss(settings: ViewSettings, loss: &LogLoss) -> AnyView {
    let to = loss.to.as_deref().map(|to| time(settings, to));
    view! {
        <li>
            {foreign(&loss.file)} ": " {number(loss.dropped)} " · " {foreign(&loss.reason)} " · "
            {time(settings, &loss.from)} " – " {to}
        </li>
    }
    .into_any()
}

fn row(file: &LogFile) -> AnyView {
    view! {
        <tr>
            <th scope="row">{foreign(&file.name)}</th>
            <td class="numeric">{bytes(file.bytes)}</td>
            <td class="numeric">{file.generations.to_string()}</td>
            <td class="numeric">{number(file.dropped_lines)}</td>
        </tr>
    }
    .into_any()
}
