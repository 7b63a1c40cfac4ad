//! The menu: where else one can go, and what is not there until a setting is made.

use leptos::either::Either;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::locales::Messages;

/// In the reader's language: the browser draws the menu that the server has sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    pub path: String,
    pub title: String,
    pub state: MenuState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuState {
    Link,
    /// The page that is open.
    Current,
    /// With what would enable it.
    Disabled(String),
}

/// With one page only there is nowhere to go.
pub fn menu(t: &'static Messages, items: &[MenuItem]) -> Option<impl IntoView + use<>> {
    let entries: Vec<_> = items.iter().cloned().map(item).collect();
    (entries.len() > 1).then(|| {
        view! {
            <nav class="navigation" aria-label=t.pages>
                <ul>{entries}</ul>
            </nav>
        }
    })
}

fn item(item: MenuItem) -> impl IntoView {
    let MenuItem { path, title, state } = item;
    let entry = match state {
        // A link that leads nowhere is read out as one that is dimmed, with its words.
        MenuState::Disabled(hint) => Either::Left(view! {
            <span role="link" aria-disabled="true">
                {title} " " <small>{hint}</small>
            </span>
        }),
        MenuState::Link | MenuState::Current => {
            let current = (state == MenuState::Current).then_some("page");
            Either::Right(view! {
                <a href=path aria-current=current>
                    {title}
                </a>
            })
        }
    };
    view! { <li>{entry}</li> }
}
