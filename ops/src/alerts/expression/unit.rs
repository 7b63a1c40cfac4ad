//! Units: what may be compared with what, and numbers as they are written.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 0–1.
    Share,
    /// Milliseconds.
    Time,
    Bytes,
    Count,
    /// True or false: it is not compared.
    Flag,
}

impl Unit {
    /// For messages: "… is compared with …".
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Share => "a percentage such as 5%",
            Self::Time => "a time such as 500ms or 2m",
            Self::Bytes => "a size such as 512MiB",
            Self::Count => "a plain number such as 3",
            Self::Flag => "nothing: it stands for itself",
        }
    }
}

/// What stands behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suffix {
    None,
    Percent,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
    Bytes,
    KiB,
    MiB,
    GiB,
}

impl Suffix {
    pub(super) const ALL: [Self; 11] = [
        Self::None,
        Self::Percent,
        Self::Milliseconds,
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::Days,
        Self::Bytes,
        Self::KiB,
        Self::MiB,
        Self::GiB,
    ];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suffix| suffix.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Percent => "%",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "m",
            Self::Hours => "h",
            Self::Days => "d",
            Self::Bytes => "B",
            Self::KiB => "KiB",
            Self::MiB => "MiB",
            Self::GiB => "GiB",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::None => Unit::Count,
            Self::Percent => Unit::Share,
            Self::Milliseconds | Self::Seconds | Self::Minutes | Self::Hours | Self::Days => {
                Unit::Time
            }
            Self::Bytes | Self::KiB | Self::MiB | Self::GiB => Unit::Bytes,
        }
    }

    /// What one of it is in the unit's own measure, before a percentage is divided.
    fn factor(self) -> f64 {
        match self {
            Self::None | Self::Percent | Self::Milliseconds | Self::Bytes => 1.0,
            Self::Seconds => 1e3,
            Self::Minutes => 60e3,
            Self::Hours => 3_600e3,
            Self::Days => 86_400e3,
            Self::KiB => 1024.0,
            Self::MiB => 1_048_576.0,
            Self::GiB => 1_073_741_824.0,
        }
    }
}

/// A number as it is written, so that `1000ms` is not shown as `1s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Literal {
    pub number: f64,
    pub suffix: Suffix,
}

impl Literal {
    pub fn unit(self) -> Unit {
        self.suffix.unit()
    }

    /// In the unit's own measure: a share as 0–1, a time in milliseconds, a size in bytes.
    pub fn value(self) -> f64 {
        match self.suffix {
            // Divided, 5% is exactly the 0.05 that 5 of 100 are.
            Suffix::Percent => self.number / 100.0,
            suffix => self.number * suffix.factor(),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.suffix.name())
    }
}
