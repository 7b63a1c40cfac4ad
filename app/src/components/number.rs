//! Numbers in groups of three digits.

use leptos::prelude::*;

use crate::view::numbers::digit_groups;

/// The gaps between groups are the style sheet's: copied, or read by a program, it is the plain
/// number.
pub fn number(number: impl ToString) -> impl IntoView {
    let digits = number.to_string();
    let groups: Vec<_> = digit_groups(&digits)
        .into_iter()
        .map(|group| view! { <span class="digits">{group.to_owned()}</span> })
        .collect();
    view! { <span class="number">{groups}</span> }
}
