//! The service's own log files: do they take every line, and how big are they.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::dto::{LogFile, Logging};
use crate::format::bytes;
use crate::look::Look;

pub fn logging_card(look: Look, logging: &Logging) -> impl IntoView + use<> {
    let t = look.t;
    let state = if logging.dropped_lines == 0 {
        State::Ok
    } else {
        State::Warning
    };
    let dropped = view! { <span data-testid="log-dropped">{number(logging.dropped_lines)}</span> };
    let files = if logging.files.is_empty() {
        Either::Left(empty(t.no_log_files))
    } else {
        let rows: Vec<_> = logging.files.iter().map(row).collect();
        Either::Right(view! {
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
        })
    };
    let body = view! {
        <p class="dropped">{t.dropped_lines} " " {badge(state, dropped)}</p>
        {files}
    };
    card("logging", t.logs, body)
}

fn row(file: &LogFile) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">{foreign(&file.name)}</th>
            <td class="numeric">{bytes(file.bytes)}</td>
            <td class="numeric">{file.generations.to_string()}</td>
            <td class="numeric">{number(file.dropped_lines)}</td>
        </tr>
    }
}
