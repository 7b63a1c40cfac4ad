//! A page of the desk: all that the menu, the router and the API's document have to know of it.

use leptos::prelude::AnyView;

use crate::locales::pages::PageTitle;

pub struct PageDefinition {
    /// In Actix's syntax: a pattern where the page is about one of many things.
    pub path: &'static str,
    pub title: PageTitle,
    /// What it shows, in the API's document.
    pub summary: &'static str,
    pub menu: Menu,
    pub drawing: Drawing,
}

/// Whether the menu has the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// It is about one of many things, and links lead to it.
    Hidden,
    Shown,
    /// Greyed until this environment variable is set.
    Requires(&'static str),
}

/// Who draws the page.
#[derive(Clone, Copy)]
pub enum Drawing {
    /// This function, with the backend and what was asked for in its context. Expects there, beside
    /// what the page itself asks for: `Viewer`, `Assets`, [`Configured`] and the nonce of the
    /// response's policy.
    Document(fn() -> AnyView),
    /// A handler of the server's, which also takes the page's forms.
    Handler,
}

/// The names of the environment variables that are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configured(pub Vec<&'static str>);

impl PageDefinition {
    /// The variable that the page waits for.
    pub fn missing(&self, configured: &Configured) -> Option<&'static str> {
        match self.menu {
            Menu::Requires(variable) if !configured.0.contains(&variable) => Some(variable),
            Menu::Requires(_) | Menu::Shown | Menu::Hidden => None,
        }
    }
}
