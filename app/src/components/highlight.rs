//! Foreign text with a search's matches told apart.

use leptos::either::Either;
use leptos::prelude::*;

use super::text::foreign;
use crate::components::excerpt::{Segment, segments};
use crate::view::numbers::visible;

/// Without a needle, or without a match, it is [`foreign`] text.
pub fn highlight(text: &str, needle: &str) -> impl IntoView + use<> {
    let text = visible(text);
    let parts: Vec<_> = segments(&text, needle)
        .into_iter()
        .map(|part| match part {
            Segment::Plain(text) => Either::Left(text.to_owned()),
            Segment::Match(text) => Either::Right(view! { <mark>{text.to_owned()}</mark> }),
        })
        .collect();
    match parts.len() {
        0 | 1 if !needle.eq_ignore_ascii_case(&text) => Either::Left(foreign(&text)),
        _ => Either::Right(view! { <bdi>{parts}</bdi> }),
    }
}
