//! The plot itself.

use std::fmt::Write;
use std::ops::Range;

use super::axis::ValueAxis;
use super::model::{Chart, Kind, Series};

/// Of one step.
pub const STEP: usize = 10;
pub const HEIGHT: i64 = 1000;

/// How much of its step a bar leaves free.
const SPACE: usize = 2;

/// The path of one series, as far as it has values.
pub fn path(chart: &Chart, at: usize, axis: ValueAxis) -> String {
    let Some(series) = chart.series.get(at) else {
        return String::new();
    };
    match chart.kind {
        Kind::Stack => {
            let below = chart.series.get(..at).unwrap_or_default();
            bars(below, series, axis)
        }
        Kind::Lines => line(series, axis),
    }
}

/// A bar for each step; none where there is nothing to show.
fn bars(below: &[Series], series: &Series, axis: ValueAxis) -> String {
    let mut path = String::new();
    for (step, value) in series.values.iter().enumerate() {
        let Some(value) = value.filter(|value| *value > 0.0) else {
            continue;
        };
        let base: f64 = below.iter().filter_map(|series| series.value(step)).sum();
        let bottom = height(base, axis);
        // What happened is seen, however small beside the rest.
        let top = height(base + value, axis).min(bottom - 8).max(0);
        let (x, width) = (step * STEP + SPACE / 2, STEP - SPACE);
        _ = write!(path, "M{x} {bottom}V{top}h{width}V{bottom}z");
    }
    path
}

/// A line through the middles of the steps, broken where there is no value. A value on its own is a
/// short line.
fn line(series: &Series, axis: ValueAxis) -> String {
    let mut path = String::new();
    for (step, value) in series.values.iter().enumerate() {
        let Some(value) = value else { continue };
        let y = height(*value, axis);
        let x = step * STEP + STEP / 2;
        let before = step.checked_sub(1).and_then(|before| series.value(before));
        let is_alone = before.is_none() && series.value(step + 1).is_none();
        if is_alone {
            _ = write!(path, "M{} {y}h{STEP}", step * STEP);
        } else {
            let verb = if before.is_some() { 'L' } else { 'M' };
            _ = write!(path, "{verb}{x} {y}");
        }
    }
    path
}

/// From the top down, as SVG counts.
fn height(value: f64, axis: ValueAxis) -> i64 {
    let share = (value / axis.top).clamp(0.0, 1.0);
    HEIGHT - (share * HEIGHT as f64).round() as i64
}

/// A line for each mark, from the top to the bottom; of those that look alike in one step, one.
pub fn marks(chart: &Chart) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for step in 0..chart.steps() {
        let mut tones: Vec<&str> = Vec::new();
        for mark in chart.marks_in(step) {
            if !tones.contains(&mark.tone) {
                tones.push(mark.tone);
                let into = (mark.at_ms - chart.at_ms(step)) as f64 / chart.step_ms as f64;
                let x = (step as f64 + into) * STEP as f64;
                lines.push((mark.tone, format!("M{x:.1} 0V{HEIGHT}")));
            }
        }
    }
    lines
}

/// The stretches of which nothing is known, as steps.
pub fn gaps(covered: &[bool]) -> Vec<Range<usize>> {
    let mut gaps: Vec<Range<usize>> = Vec::new();
    for (step, _) in covered.iter().enumerate().filter(|(_, covered)| !**covered) {
        match gaps.last_mut() {
            Some(gap) if gap.end == step => gap.end = step + 1,
            _ => gaps.push(step..step + 1),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::chart::model::{Mark, Unit};

    fn chart(kind: Kind, series: Vec<Vec<Option<f64>>>) -> Chart {
        let steps = series.first().map_or(0, Vec::len);
        Chart {
            kind,
            unit: Unit::Count,
            start_ms: 0,
            step_ms: 60_000,
            covered: vec![true; steps],
            marks: Vec::new(),
            series: series
                .into_iter()
                .map(|values| Series {
                    name: "",
                    tone: "",
                    values,
                })
                .collect(),
        }
    }

    const AXIS: ValueAxis = ValueAxis {
        top: 10.0,
        ticks: 5,
    };

    #[test]
    fn bars_stand_on_each_other() {
        let chart = chart(
            Kind::Stack,
            vec![
                vec![Some(4.0), Some(0.0), None],
                vec![Some(6.0), Some(5.0), None],
            ],
        );
        assert_eq!(path(&chart, 0, AXIS), "M1 1000V600h8V1000z");
        assert_eq!(path(&chart, 1, AXIS), "M1 600V0h8V600zM11 1000V500h8V1000z");
    }

    #[test]
    fn a_line_breaks_where_there_is_no_value() {
        let values = [
            Some(0.0),
            Some(10.0),
            None,
            Some(5.0),
            None,
            Some(1.0),
            Some(2.0),
        ];
        let chart = chart(Kind::Lines, vec![values.to_vec()]);
        assert_eq!(
            path(&chart, 0, AXIS),
            "M5 1000L15 0M30 500h10M55 900L65 800"
        );
    }

    #[test]
    fn a_mark_stands_at_its_time_and_is_drawn_once() {
        let mark = |at_ms, tone| Mark {
            at_ms,
            tone,
            name: "",
            text: String::new(),
        };
        let mut chart = chart(Kind::Lines, vec![vec![None; 3]]);
        chart.marks = vec![
            mark(-1, "start"),
            mark(60_000, "stop"),
            mark(90_000, "start"),
            mark(91_000, "start"),
            mark(180_000, "start"),
        ];
        assert_eq!(
            marks(&chart),
            [
                ("stop", "M10.0 0V1000".to_owned()),
                ("start", "M15.0 0V1000".to_owned())
            ]
        );
    }

    #[test]
    fn one_error_among_a_million_requests_is_seen() {
        let axis = ValueAxis::reaching(1e6, 1.0);
        let chart = chart(Kind::Stack, vec![vec![Some(1.0)]]);
        assert_eq!(path(&chart, 0, axis), "M1 1000V992h8V1000z");
    }

    #[test]
    fn gaps_are_told_as_stretches() {
        let covered = [false, false, true, false, true, true, false];
        assert_eq!(gaps(&covered), [0..2, 3..4, 6..7]);
        assert!(gaps(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_drawn_stays_within_the_plot(
            values in vec(option::of(0.0..1e9_f64), 0..50),
            lines: bool,
        ) {
            let kind = if lines { Kind::Lines } else { Kind::Stack };
            let chart = chart(kind, vec![values.clone(), values]);
            let axis = ValueAxis::reaching(chart.highest(), 1.0);
            for at in 0..2 {
                let path = path(&chart, at, axis);
                let numbers = path.split(|c: char| !c.is_ascii_digit() && c != '-');
                for number in numbers.filter(|text| !text.is_empty()) {
                    let number: i64 = number.parse().unwrap_or(-1);
                    prop_assert!((0..=HEIGHT).contains(&number), "{path}");
                }
            }
        }

        #[test]
        fn gaps_and_what_is_covered_are_everything(covered in vec(any::<bool>(), 0..60)) {
            let gaps = gaps(&covered);
            let found = (0..covered.len()).map(|step| !gaps.iter().any(|gap| gap.contains(&step)));
            prop_assert_eq!(found.collect::<Vec<_>>(), covered);
        }
    }
}
