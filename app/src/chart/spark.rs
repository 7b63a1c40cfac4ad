//! A line as small as a word.

use std::fmt::Write;

pub const HEIGHT: i64 = 100;

/// Through all values, scaled to the highest; broken where there is none. A unit wide each.
pub fn line(values: &[Option<f64>]) -> String {
    let highest = values.iter().flatten().copied().fold(0.0, f64::max);
    let mut path = String::new();
    let mut is_drawing = false;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            is_drawing = false;
            continue;
        };
        let share = if highest > 0.0 { value / highest } else { 0.0 };
        let y = HEIGHT - (share * HEIGHT as f64).round() as i64;
        let verb = if is_drawing { 'L' } else { 'M' };
        // A point alone would not be seen: it is a short line.
        let tail = if is_drawing { "" } else { "h0.5" };
        _ = write!(path, "{verb}{at} {y}{tail}");
        is_drawing = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_spark_is_scaled_to_its_highest_value() {
        let values = [Some(0.0), Some(4.0), None, Some(2.0)];
        assert_eq!(line(&values), "M0 100h0.5L1 0M3 50h0.5");
        assert_eq!(line(&[]), "");
        assert_eq!(line(&[Some(0.0)]), "M0 100h0.5");
    }
}
