//! How much of a period was collected.

use super::ranges::range_words;
use crate::dto::Range;
use crate::view::settings::ViewSettings;

/// Nothing is said where all of it was. `minutes` are the period's, as it was counted: by the hour it
/// may be a little shorter than its name says.
pub fn collected(
    settings: ViewSettings,
    covered: u32,
    minutes: u32,
    range: Range,
) -> Option<String> {
    let t = settings.t;
    (covered < minutes).then(|| (t.collected)(covered, &range_words(settings, range)))
}
