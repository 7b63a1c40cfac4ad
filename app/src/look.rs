//! How this reader sees things: the words, the zone, and the moment that ages are counted from.

use leptos::prelude::*;

use crate::instant::Instant;
use crate::locales::Messages;
use crate::visit::Language;

/// Handed down to every view.
#[derive(Clone, Copy)]
pub struct Look {
    pub t: &'static Messages,
    pub zone: Signal<Zone>,
    /// When what is shown was measured; ages are counted from here, never from a clock.
    pub measured_at: Signal<Option<Instant>>,
}

impl Look {
    pub fn new(language: Language, measured_at: Signal<Option<Instant>>) -> Self {
        let (zone, set_zone) = signal(Zone::Utc);
        // Runs in the browser only, and only after the first render.
        Effect::new(move |_: Option<()>| set_zone.set(Zone::Browser));
        Self {
            t: language.messages(),
            zone: zone.into(),
            measured_at,
        }
    }
}

/// The server does not know the reader's zone, so the first render is always in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Utc,
    Browser,
}

/// Of a line among others, or of a moment that is a whole second anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Seconds,
    Milliseconds,
}

impl Precision {
    /// As the page's elements have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
        }
    }
}

impl Zone {
    /// Minutes east of Greenwich, at that moment.
    pub fn offset_minutes(self, instant: Instant) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Browser => browser_offset_minutes(instant),
        }
    }

    /// As a person reads it.
    pub fn show(self, instant: Instant) -> String {
        match self {
            Self::Utc => format!("{} UTC", instant.civil(0)),
            Self::Browser => instant.civil(browser_offset_minutes(instant)).to_string(),
        }
    }

    /// Such as `11-24 03:22:37.120`; the page says which zone that is.
    pub fn show_clock(self, instant: Instant, precision: Precision) -> String {
        let offset_minutes = match self {
            Self::Utc => 0,
            Self::Browser => browser_offset_minutes(instant),
        };
        let civil = instant.civil(offset_minutes).to_string();
        let (_, month_on) = civil.split_once('-').unwrap_or_default();
        match precision {
            Precision::Seconds => month_on.to_owned(),
            Precision::Milliseconds => format!("{month_on}.{:03}", instant.millisecond()),
        }
    }
}

/// Minutes east of Greenwich where the browser is, at that moment (summer time counts).
fn browser_offset_minutes(instant: Instant) -> i32 {
    let date = js_sys::Date::new(&(instant.epoch_ms() as f64).into());
    let minutes_west = date.get_timezone_offset() as i32;
    -minutes_west
}
