//! A point in time: in the reader's zone, with UTC on hover.

use leptos::either::Either;
use leptos::prelude::*;

use super::text::foreign;
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::zone::{Precision, Zone};

/// `text` is RFC 3339; what is not is shown as it came.
pub fn time(settings: ViewSettings, text: &str) -> impl IntoView + use<> {
    shown(text, move |instant| settings.zone.show(instant))
}

/// The same where many stand below each other, and the year says nothing.
pub fn clock(settings: ViewSettings, text: &str, precision: Precision) -> impl IntoView + use<> {
    shown(text, move |instant| {
        settings.zone.show_clock(instant, precision)
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
pub fn age(settings: ViewSettings, text: &str) -> Option<String> {
    let (instant, now) = (Instant::parse(text)?, settings.measured_at?);
    Some((settings.t.ago)(now.seconds_since(instant)))
}

/// From the one to the other, in seconds.
#[cfg(feature = "ssr")]
pub fn seconds_between(from: &str, until: &str) -> Option<u64> {
    Some(Instant::parse(until)?.seconds_since(Instant::parse(from)?))
}

/// Which zone the page's times are in.
#[cfg(feature = "ssr")]
pub fn zone_note(settings: ViewSettings) -> impl IntoView {
    let text = if settings.zone.name() == Zone::Utc.name() {
        settings.t.times_in_utc.to_owned()
    } else {
        (settings.t.times_in_your_zone)(&zone_label(settings))
    };
    view! { <p class="note footnote" data-testid="zone">{text}</p> }
}

/// Such as `Asia/Shanghai (UTC+8)`: how far it is from UTC depends on when.
#[cfg(feature = "ssr")]
pub fn zone_label(settings: ViewSettings) -> String {
    match settings.measured_at {
        Some(instant) => settings.zone.label(instant),
        None => settings.zone.name().to_owned(),
    }
}

/// Beside a moment that is shown on its own, such as `UTC+8`; nothing where the moment says it itself.
#[cfg(feature = "ssr")]
pub fn zone_offset(settings: ViewSettings) -> Option<impl IntoView> {
    let instant = settings.measured_at?;
    (settings.zone != Zone::Utc).then(|| view! { " " <span>{settings.zone.offset(instant)}</span> })
}
