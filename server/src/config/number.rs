//! Parsers of whole numbers within bounds, shared by the concerns.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// A parser of whole numbers; `what` completes "is not a whole number of …".
pub(super) fn whole<T>(
    what: &str,
    bounds: RangeInclusive<T>,
) -> impl FnOnce(&str) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    move |text| {
        text.parse()
            .ok()
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| {
                let (least, most) = (bounds.start(), bounds.end());
                format!("a whole number of {what} between {least} and {most}")
            })
    }
}

pub(super) fn seconds(
    bounds: RangeInclusive<u64>,
) -> impl FnOnce(&str) -> Result<Duration, String> {
    move |text| whole("seconds", bounds)(text).map(Duration::from_secs)
}
