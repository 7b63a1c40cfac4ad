//! When what a page shows was measured.

use leptos::prelude::*;

use super::time::{time, zone_offset};
use crate::look::Look;

pub fn updated(look: Look, generated_at: &str) -> impl IntoView + use<> {
    view! {
        <p class="note updated">
            <span data-testid="last-updated">{look.t.updated} " " {time(look, generated_at)}</span>
            {zone_offset(look)}
        </p>
    }
}
