//! Figures with their units.

use serde::{Deserialize, Serialize};

use super::language::Language;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 0–1, shown in per cent.
    Share,
    Milliseconds,
    Seconds,
    Bytes,
    Days,
    Count,
}

impl Unit {
    /// A negative or infinite figure is shown as a bare number.
    pub(super) fn format(self, value: f64, language: Language) -> String {
        match self {
            Self::Share => format!("{} %", decimal(value * 100.0)),
            Self::Milliseconds => format!("{} ms", decimal(value)),
            Self::Seconds => format!("{} {}", decimal(value), language.pick("s", "秒")),
            Self::Days => format!("{} {}", decimal(value), language.pick("d", "天")),
            Self::Bytes => bytes(value),
            Self::Count => decimal(value),
        }
    }
}

/// At most two decimals, no trailing zeros.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{value:.2}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `8.6 MiB`
pub(super) fn bytes(value: f64) -> String {
    let mut value = value;
    let mut shown = "B";
    for unit in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        shown = unit;
    }
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    format!("{text} {shown}")
}
