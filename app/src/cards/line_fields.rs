//! A log line opened to all its fields, each value a link to where it leads.

use leptos::either::{Either, EitherOf4};
use leptos::prelude::*;
use serde_json::Value;

use super::line_text::{fields, plain};
use crate::address;
use crate::components::highlight::highlight;
use crate::components::text::foreign;
use crate::dto::{LogLine, LogQuery};
use crate::view::settings::ViewSettings;

/// A longer value has a window of its own to scroll in.
const LONG_BYTES: usize = 2_000;

/// What the values lead to besides the stories of the ids among them.
#[derive(Clone, Copy)]
pub enum Links<'a> {
    #[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "of drawings only"))]
    Stories,
    /// The same search, narrowed to the value.
    Search(&'a LogQuery),
}

pub fn line_fields(
    settings: ViewSettings,
    line: &LogLine,
    links: Links<'_>,
) -> impl IntoView + use<> {
    let rows: Vec<_> = fields(line)
        .into_iter()
        .map(|(name, value)| {
            view! {
                <dt>{foreign(&name)}</dt>
                {field(settings, &name, value, links)}
            }
        })
        .collect();
    view! { <dl class="fields">{rows}</dl> }
}

fn field(
    settings: ViewSettings,
    name: &str,
    value: &Value,
    links: Links<'_>,
) -> impl IntoView + use<> {
    let text = plain(value);
    if text.len() > LONG_BYTES {
        let value = highlight(&text, links.needle());
        // Reachable by keyboard, or it could not be scrolled.
        return EitherOf4::A(view! {
            <dd class="long" tabindex="0">
                {value}
            </dd>
        });
    }
    match value {
        // A chain of causes, one below the other; a search for one of them finds the line.
        Value::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| {
                    let text = plain(item);
                    view! { <li>{linked(settings, name, &text, links)}</li> }
                })
                .collect();
            EitherOf4::B(view! {
                <dd>
                    <ol class="chain">{items}</ol>
                </dd>
            })
        }
        // Nothing asks for what is not there, or for a whole object.
        Value::Null | Value::Object(_) => {
            EitherOf4::C(view! { <dd>{highlight(&text, links.needle())}</dd> })
        }
        _ => EitherOf4::D(view! { <dd>{linked(settings, name, &text, links)}</dd> }),
    }
}

fn linked(
    settings: ViewSettings,
    name: &str,
    text: &str,
    links: Links<'_>,
) -> impl IntoView + use<> {
    let shown = highlight(text, links.needle());
    match links.target(settings, name, text) {
        Some((href, title)) => Either::Left(view! {
            <a href=href title=title>
                {shown}
            </a>
        }),
        None => Either::Right(shown),
    }
}

impl Links<'_> {
    fn needle(&self) -> &str {
        match self {
            Self::Stories => "",
            Self::Search(query) => query.text.as_deref().unwrap_or_default(),
        }
    }

    /// The address, and what is there.
    fn target(
        &self,
        settings: ViewSettings,
        name: &str,
        text: &str,
    ) -> Option<(String, &'static str)> {
        let t = &settings.t.log;
        if matches!(name, "request_id" | "error_id") && !text.is_empty() {
            return Some((address::story(text), t.open_story));
        }
        let Self::Search(query) = self else {
            return None;
        };
        let narrowed = address::narrowed(query, name, text)?;
        let title = match name {
            "timestamp" => t.around,
            _ => t.filter_by,
        };
        Some((address::logs(&narrowed), title))
    }
}
