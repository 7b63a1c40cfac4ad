//! A list of named values.

use leptos::prelude::*;

pub fn fact(label: &'static str, value: impl IntoView) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{label}</dt>
            <dd>{value}</dd>
        </div>
    }
}
