//! How much of a period was collected.

use crate::dto::Period;
use crate::view::settings::ViewSettings;

/// Nothing is said where all of it was. `minutes` are the period's, as it was counted: by the hour it
/// may be a little shorter than its name says.
pub fn collected(
    settings: ViewSettings,
    covered: u32,
    minutes: u32,
    period: Period,
) -> Option<String> {
    let t = settings.t;
    (covered < minutes).then(|| (t.collected)(covered, (t.period)(period)))
}
