//! What a chart shows.

use crate::view::numbers::{bytes, grouped, milliseconds, short};

/// Equally long steps of time, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub kind: Kind,
    pub unit: Unit,
    /// Milliseconds since the Unix epoch: where the first step begins.
    pub start_ms: i64,
    pub step_ms: i64,
    /// Whether anything is known of a step at all. A step that is known may still have no value.
    pub covered: Vec<bool>,
    pub series: Vec<Series>,
    /// What happened meanwhile, oldest first.
    pub marks: Vec<Mark>,
}

/// A vertical line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// The style sheet's name for how it looks.
    pub tone: &'static str,
    /// What all marks of this tone are.
    pub name: &'static str,
    /// What happened. May hold what somebody typed.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bars, the series on top of each other.
    Stack,
    Lines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Milliseconds,
    Percent,
    Bytes,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: &'static str,
    /// The style sheet's name for how it looks.
    pub tone: &'static str,
    pub values: Vec<Option<f64>>,
}

impl Chart {
    pub fn steps(&self) -> usize {
        self.covered.len()
    }

    /// Where a step begins, in milliseconds since the Unix epoch.
    pub fn at_ms(&self, step: usize) -> i64 {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        self.start_ms
            .saturating_add(self.step_ms.saturating_mul(step))
    }

    /// In the order of time. What lies outside of the chart is in no step.
    pub fn marks_in(&self, step: usize) -> impl Iterator<Item = &Mark> {
        let time = self.at_ms(step)..self.at_ms(step + 1);
        let marks = self.marks.iter();
        marks.filter(move |mark| time.contains(&mark.at_ms))
    }

    /// What the axis must reach.
    pub fn highest(&self) -> f64 {
        let values = |step: usize| {
            let values = self
                .series
                .iter()
                .filter_map(move |series| series.value(step));
            match self.kind {
                Kind::Stack => values.sum(),
                Kind::Lines => values.fold(0.0, f64::max),
            }
        };
        (0..self.steps()).map(values).fold(0.0, f64::max)
    }

    /// The last step of which anything is known.
    pub fn latest(&self) -> Option<usize> {
        self.covered.iter().rposition(|covered| *covered)
    }
}

impl Series {
    pub fn value(&self, step: usize) -> Option<f64> {
        self.values.get(step).copied().flatten()
    }
}

impl Unit {
    /// As in a table: whole where it is a count.
    pub fn show(self, value: f64) -> String {
        match self {
            // Counts are never negative.
            Self::Count => grouped(value.round() as u64),
            Self::Milliseconds => milliseconds(value),
            Self::Percent => format!("{} %", short(value)),
            // Sizes are never negative, and far below what a float can't hold exactly.
            Self::Bytes => bytes(value.round() as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_what_matters() {
        for (value, text) in [
            (0.0, "0"),
            (0.004, "0"),
            (0.25, "0.25"),
            (2.0, "2"),
            (18.44, "18.4"),
            (5003.21, "5003"),
        ] {
            assert_eq!(short(value), text);
        }
        assert_eq!(Unit::Milliseconds.show(0.5), "0.5 ms");
        assert_eq!(Unit::Percent.show(12.345), "12.3 %");
        assert_eq!(Unit::Bytes.show(1_610_612_736.0), "1.5 GiB");
    }
}
