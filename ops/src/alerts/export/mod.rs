//! The rules in force and what they look at, in the formats of other programs.

pub mod grafana;
