//! Bars over time, each made of parts that stand on each other.

/// The drawing's own units; the page stretches it to the place that it has.
pub const WIDTH: u32 = 1_000;
pub const HEIGHT: u32 = 100;

/// A part that is there can be seen, however big the rest is.
const MIN_PART: f64 = 2.0;
/// Of a bar's share of the width; the rest is the gap to the next one.
const BAR_SHARE: f64 = 0.85;
/// A few bars stay bars, and do not become walls.
const MAX_WIDTH: f64 = 40.0;

/// Where a bar's parts are; `y` counts downwards from the top, as SVG does.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar<const PARTS: usize> {
    pub x: f64,
    pub width: f64,
    /// Lowest first; a part of nothing has no height.
    pub parts: [Part; PARTS],
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    pub y: f64,
    pub height: f64,
}

/// The highest bar fills the height.
pub fn stacked_bars<const PARTS: usize>(bars: &[[u64; PARTS]]) -> Vec<Bar<PARTS>> {
    let highest = bars.iter().map(total).max().unwrap_or(0).max(1);
    let share = f64::from(WIDTH) / bars.len().max(1) as f64;
    bars.iter()
        .enumerate()
        .map(|(index, counts)| {
            let width = (share * BAR_SHARE).min(MAX_WIDTH);
            Bar {
                // In the middle of its share.
                x: round(share * index as f64 + (share - width) / 2.0),
                width: round(width),
                parts: stack(counts, highest),
            }
        })
        .collect()
}

fn total<const PARTS: usize>(counts: &[u64; PARTS]) -> u64 {
    counts
        .iter()
        .fold(0, |sum, count| sum.saturating_add(*count))
}

fn stack<const PARTS: usize>(counts: &[u64; PARTS], highest: u64) -> [Part; PARTS] {
    let height = f64::from(HEIGHT);
    let raw = counts.map(|count| match count {
        0 => 0.0,
        count => (count as f64 / highest as f64 * height).max(MIN_PART),
    });
    // What the smallest parts were given too much, all give back.
    let sum: f64 = raw.iter().sum();
    let scale = if sum > height { height / sum } else { 1.0 };
    let mut top = height;
    raw.map(|part| {
        let part = part * scale;
        top -= part;
        Part {
            y: round(top),
            height: round(part),
        }
    })
}

/// Hundredths are finer than any screen, and alike on both sides.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_highest_bar_fills_the_height_and_parts_stand_on_each_other() {
        let bars = stacked_bars(&[[8, 2], [0, 0], [5, 0]]);
        let parts = |index: usize| bars.get(index).map(|bar| bar.parts);
        let part = |y, height| Part { y, height };
        assert_eq!(parts(0), Some([part(20.0, 80.0), part(0.0, 20.0)]));
        assert_eq!(parts(1), Some([part(100.0, 0.0), part(100.0, 0.0)]));
        assert_eq!(parts(2), Some([part(50.0, 50.0), part(50.0, 0.0)]));
    }

    #[test]
    fn one_error_among_a_million_lines_can_be_seen() {
        let bars = stacked_bars(&[[1_000_000, 1]]);
        let error = bars.first().and_then(|bar| bar.parts.last().copied());
        assert!(error.is_some_and(|part| part.height > 1.9));
    }

    #[test]
    fn a_single_bar_is_no_wall() {
        let bars = stacked_bars(&[[1]]);
        assert_eq!(
            bars.first().map(|bar| (bar.x, bar.width)),
            Some((480.0, 40.0))
        );
    }

    #[test]
    fn nothing_makes_no_bars() {
        assert_eq!(stacked_bars::<4>(&[]), []);
    }

    proptest! {
        #[test]
        fn everything_stays_inside(counts in proptest::collection::vec(any::<[u64; 4]>(), 1..90)) {
            for bar in stacked_bars(&counts) {
                prop_assert!(bar.x >= 0.0 && bar.x + bar.width <= f64::from(WIDTH) + 0.02);
                for part in bar.parts {
                    prop_assert!(part.y >= -0.02 && part.height >= 0.0);
                    prop_assert!(part.y + part.height <= f64::from(HEIGHT) + 0.04);
                }
            }
        }
    }
}
