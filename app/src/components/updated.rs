//! When what a page shows was measured.

use leptos::prelude::*;

use super::time::{time, zone_offset};
use crate::view::settings::ViewSettings;

pub fn updated(settings: ViewSettings, generated_at: &str) -> impl IntoView + use<> {
    view! {
        <p class="note updated">
            <span data-testid="last-updated">{settings.t.updated} " " {time(settings, generated_at)}</span>
            {zone_offset(settings)}
        </p>
    }
}
