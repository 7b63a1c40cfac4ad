//! A point in time: in the reader's zone, with UTC on hover.

use leptos::either::Either;
use leptos::prelude::*;

use super::text::foreign;
use crate::instant::Instant;
use crate::look::Look;
use crate::zone::{Precision, Zone};

/// `text` is RFC 3339; what is not is shown as it came.
pub fn time(look: Look, text: &str) -> impl IntoView + use<> {
    shown(text, move |instant| look.zone.show(instant))
}

/// The same where many stand below each other, and the year says nothing.
pub fn clock(look: Look, text: &str, precision: Precision) -> impl IntoView + use<> {
    shown(text, move |instant| {
        look.zone.show_clock(instant, precision)
    })
}

fn shown<F: Fn(Instant) -> String>(text: &str, show: F) -> impl IntoView + use<F> {
    match Instant::parse(text) {
        Some(instant) => Either::Left(view! {
            <time datetime=text.to_owned() title=Zone::Utc.show(instant)>
                {show(instant)}
            </time>
        }),
        None => Either::Right(foreign(text)),
    }
}

/// How long before the measurement it was, such as `3 min ago`.
#[cfg(feature = "ssr")]
pub fn age(look: Look, text: &str) -> Option<String> {
    let (instant, now) = (Instant::parse(text)?, look.measured_at?);
    Some((look.t.ago)(now.seconds_since(instant)))
}

/// Which zone the page's times are in.
#[cfg(feature = "ssr")]
pub fn zone_note(look: Look) -> impl IntoView {
    let text = match look.zone {
        Zone::Utc => look.t.times_in_utc,
        Zone::Local(_) => look.t.times_in_your_zone,
    };
    view! { <p class="note footnote">{text}</p> }
}
