//! A line as small as a word, beside the number that it explains.

use leptos::prelude::*;

use crate::chart::spark::{HEIGHT, line};

pub fn spark(values: &[Option<u64>]) -> impl IntoView + use<> {
    let values: Vec<_> = values
        .iter()
        .map(|value| value.map(|value| value as f64))
        .collect();
    let width = values.len().saturating_sub(1).max(1);
    view! {
        <svg class="spark" viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path d=line(&values)></path>
        </svg>
    }
}
