//! Where the labels of the axes stand.

use crate::view::instant::Instant;

const MINUTE_MS: i64 = 60_000;

/// From 0 up, in equal steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueAxis {
    pub top: f64,
    pub ticks: u32,
}

impl ValueAxis {
    /// The lowest one that reaches `highest`, in two to five steps of 1, 2 or 5 times a power of ten.
    /// `smallest` is the smallest step that makes sense, such as 1 for what is counted.
    pub fn reaching(highest: f64, smallest: f64) -> Self {
        let highest = if highest.is_finite() { highest } else { 0.0 };
        let wanted = (highest / 5.0).max(smallest).max(f64::MIN_POSITIVE);
        let power = 10_f64.powf(wanted.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|times| times * power)
            // Powers of ten are not exact.
            .find(|step| *step >= wanted * 0.999_999)
            .unwrap_or(10.0 * power);
        let ticks = (highest / step * 0.999_999).ceil().clamp(2.0, 5.0);
        Self {
            top: step * ticks,
            ticks: ticks as u32,
        }
    }

    /// For sizes: round by 1024, as these are written.
    pub fn reaching_bytes(highest: f64) -> Self {
        let mut unit = 1.0;
        while highest / unit >= 1024.0 {
            unit *= 1024.0;
        }
        // A fifth of a GiB would have no round name.
        let Self { top, ticks } = Self::reaching(highest / unit, 0.5);
        Self {
            top: top * unit,
            ticks,
        }
    }

    /// From the bottom up.
    pub fn values(self) -> impl Iterator<Item = f64> {
        let Self { top, ticks } = self;
        (0..=ticks).map(move |tick| top * f64::from(tick) / f64::from(ticks))
    }
}

/// A label below the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeTick {
    /// 0–100 from the left.
    pub percent: f64,
    pub ms: i64,
    /// A day begins here: the label is a date.
    pub is_day: bool,
}

/// At round times of the reader's clock, `offset_minutes` east of Greenwich: at most seven.
pub fn time_ticks(start_ms: i64, end_ms: i64, offset_minutes: i32) -> Vec<TimeTick> {
    const STEPS_MINUTES: [i64; 13] = [
        1, 5, 10, 15, 30, 60, 180, 360, 720, 1440, 2880, 7200, 14_400,
    ];
    const DAY_MS: i64 = 1440 * MINUTE_MS;
    let length = end_ms.saturating_sub(start_ms);
    let step = STEPS_MINUTES
        .into_iter()
        .map(|minutes| minutes * MINUTE_MS)
        .find(|step| length / step <= 6);
    let Some(step) = step.filter(|_| length > 0) else {
        return Vec::new();
    };
    let offset = i64::from(offset_minutes) * MINUTE_MS;
    // Round by the reader's clock, which is `offset` ahead.
    let first = (start_ms + offset).div_euclid(step) * step + step - offset;
    let mut ticks = Vec::new();
    let mut ms = first;
    while ms < end_ms {
        ticks.push(TimeTick {
            percent: (ms - start_ms) as f64 / length as f64 * 100.0,
            ms,
            is_day: (ms + offset).rem_euclid(DAY_MS) == 0,
        });
        ms += step;
    }
    ticks
}

/// The day where a day begins, else the time of day.
pub fn time_label(tick: &TimeTick, offset_minutes: i32) -> String {
    let civil = Instant::from_epoch_ms(tick.ms).civil(offset_minutes);
    if tick.is_day {
        civil.day()
    } else {
        civil.clock()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (highest, smallest, top, ticks) in [
            (0.0, 1.0, 2.0, 2),
            (1.0, 1.0, 2.0, 2),
            (3.0, 1.0, 3.0, 3),
            (7.0, 1.0, 8.0, 4),
            (48.0, 1.0, 50.0, 5),
            (52.0, 1.0, 60.0, 3),
            (1000.0, 1.0, 1000.0, 5),
            (0.3, 0.0, 0.3, 3),
        ] {
            let axis = ValueAxis::reaching(highest, smallest);
            assert!((axis.top - top).abs() < 1e-9, "{highest}: {axis:?}");
            assert_eq!(axis.ticks, ticks, "{highest}");
        }
    }

    #[test]
    fn axes_of_sizes_end_at_round_sizes() {
        const MIB: f64 = 1024.0 * 1024.0;
        for (highest, top, ticks) in [
            (0.0, 1.0, 2),
            (700.0 * MIB, 800.0 * MIB, 4),
            (1.3 * 1024.0 * MIB, 1.5 * 1024.0 * MIB, 3),
            (16.0 * 1024.0 * MIB, 20.0 * 1024.0 * MIB, 4),
        ] {
            let axis = ValueAxis::reaching_bytes(highest);
            assert!((axis.top - top).abs() < 1.0, "{highest}: {axis:?}");
            assert_eq!(axis.ticks, ticks, "{highest}");
        }
    }

    proptest! {
        #[test]
        fn an_axis_reaches_its_values_and_not_much_more(highest in 1e-6..1e12_f64) {
            let axis = ValueAxis::reaching(highest, 0.0);
            prop_assert!(axis.top >= highest * 0.999, "{axis:?}");
            prop_assert!(axis.top <= highest * 2.5, "{axis:?}");
            prop_assert!((2..=5).contains(&axis.ticks));
        }

        #[test]
        fn ticks_are_round_few_and_within(
            start in 0_i64..2_000_000_000_000,
            minutes in 1_i64..60 * 24 * 40,
            offset in -14 * 4..14 * 4_i32,
        ) {
            let (offset, end) = (offset * 15, start + minutes * MINUTE_MS);
            let ticks = time_ticks(start, end, offset);
            prop_assert!(ticks.len() <= 7);
            for tick in ticks {
                prop_assert!((0.0..=100.0).contains(&tick.percent));
                prop_assert!(start <= tick.ms && tick.ms < end);
                let label = time_label(&tick, offset);
                prop_assert!(tick.is_day != label.contains(':'), "{label}");
            }
        }
    }
}
