//! A point in time: in the reader's zone once the page is awake, with UTC on hover.

use leptos::either::Either;
use leptos::prelude::*;

use super::text::foreign;
use crate::instant::Instant;
use crate::look::{Look, Precision, Zone};

/// `text` is RFC 3339; what is not is shown as it came.
pub fn time(look: Look, text: &str) -> impl IntoView + use<> {
    match Instant::parse(text) {
        Some(instant) => Either::Left(view! {
            <time datetime=text.to_owned() title=Zone::Utc.show(instant)>
                {move || look.zone.get().show(instant)}
            </time>
        }),
        None => Either::Right(foreign(text)),
    }
}

/// The same where many stand below each other, and the year says nothing.
pub fn clock(look: Look, text: &str, precision: Precision) -> impl IntoView + use<> {
    match Instant::parse(text) {
        Some(instant) => Either::Left(view! {
            <time
                datetime=text.to_owned()
                title=Zone::Utc.show(instant)
                data-precision=precision.name()
            >
                {move || look.zone.get().show_clock(instant, precision)}
            </time>
        }),
        None => Either::Right(foreign(text)),
    }
}

/// How long before the measurement it was, such as `3 min ago`.
pub fn age(look: Look, text: &str) -> impl IntoView + use<> {
    let instant = Instant::parse(text);
    move || {
        let (instant, now) = (instant?, look.measured_at.get()?);
        Some((look.t.ago)(now.seconds_since(instant)))
    }
}

/// Which zone the page's times are in.
pub fn zone_note(look: Look) -> impl IntoView {
    let text = move || match look.zone.get() {
        Zone::Utc => look.t.times_in_utc,
        Zone::Browser => look.t.times_in_your_zone,
    };
    view! { <p class="note footnote">{text}</p> }
}

/// The same on a page that stays as the server sent it; a script puts the other text in.
#[cfg(feature = "ssr")]
pub fn still_zone_note(look: Look) -> impl IntoView {
    view! {
        <p class="note footnote" data-awake=look.t.times_in_your_zone>
            {look.t.times_in_utc}
        </p>
    }
}
