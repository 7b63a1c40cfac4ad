//! How much of a period was collected.

use crate::dto::Period;
use crate::look::Look;

/// Nothing is said where all of it was. `minutes` are the period's, as it was counted: by the hour it
/// may be a little shorter than its name says.
pub fn collected(look: Look, covered: u32, minutes: u32, period: Period) -> Option<String> {
    let t = look.t;
    (covered < minutes).then(|| (t.collected)(covered, (t.period)(period)))
}
