//! What a rule measures, with its unit, as people read it.

use crate::dto::AlertUnit;
use crate::view::numbers::{bytes, grouped, milliseconds, percent, short};

/// `None` of a flag: that it is set says the state.
pub fn amount(value: f64, unit: AlertUnit) -> Option<String> {
    match unit {
        AlertUnit::Share => Some(percent(Some(value))),
        AlertUnit::Time => Some(milliseconds(value)),
        // Sizes and whole counts are far below what a float can't hold exactly.
        AlertUnit::Bytes => Some(bytes(value.max(0.0).round() as u64)),
        AlertUnit::Count if value.fract() == 0.0 && value >= 0.0 => Some(grouped(value as u64)),
        AlertUnit::Count => Some(short(value)),
        AlertUnit::Flag => None,
    }
}

/// Of nothing, and of a flag, there is a dash.
pub fn amount_or_dash(value: Option<f64>, unit: Option<AlertUnit>) -> String {
    let shown = value
        .zip(unit)
        .and_then(|(value, unit)| amount(value, unit));
    shown.unwrap_or_else(|| "–".to_owned())
}

/// Such as `85.2 % / 80 %`: a value, and the threshold that it is held against. `None` if there is
/// neither.
pub fn against(
    value: Option<f64>,
    threshold: Option<f64>,
    unit: Option<AlertUnit>,
) -> Option<String> {
    let shown = |value: Option<f64>| {
        value
            .zip(unit)
            .and_then(|(value, unit)| amount(value, unit))
    };
    match (shown(value), shown(threshold)) {
        (None, None) => None,
        (value, threshold) => {
            let [value, threshold] =
                [value, threshold].map(|text| text.unwrap_or_else(|| "–".to_owned()));
            Some(format!("{value} / {threshold}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_amount_has_its_unit() {
        for (value, unit, text) in [
            (0.852, AlertUnit::Share, Some("85.2 %")),
            (1_204.0, AlertUnit::Time, Some("1.2 s")),
            (1_610_612_736.0, AlertUnit::Bytes, Some("1.5 GiB")),
            (7.0, AlertUnit::Count, Some("7")),
            (14.4, AlertUnit::Count, Some("14.4")),
            (1.0, AlertUnit::Flag, None),
        ] {
            assert_eq!(amount(value, unit).as_deref(), text);
        }
    }

    #[test]
    fn what_is_not_known_is_a_dash_beside_what_is() {
        let share = Some(AlertUnit::Share);
        assert_eq!(against(None, Some(0.05), share).as_deref(), Some("– / 5 %"));
        assert_eq!(against(Some(1.0), Some(1.0), Some(AlertUnit::Flag)), None);
        assert_eq!(against(Some(1.0), None, None), None);
    }
}
