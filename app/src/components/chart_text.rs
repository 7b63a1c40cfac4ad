//! The many small parts of a chart, as markup in one string.
//!
//! As views of their own they would be a thousand allocations. Numbers, times, and words out of the
//! locales; the one thing that somebody may have typed is what a mark says, and it is escaped.

use std::fmt::Write;

use super::text::escaped;
use crate::chart::axis::{ValueAxis, time_label, time_ticks};
use crate::chart::draw::{HEIGHT, STEP, gaps, marks, path};
use crate::chart::model::{Chart, Unit};
use crate::locales::Messages;
use crate::view::instant::Instant;
use crate::view::numbers::visible;
use crate::view::zone::Zone;

const NOTHING: &str = "–";

/// So many of a step's marks are told; then how many more there are.
const MARKS_TOLD: usize = 3;

fn axis_of(chart: &Chart) -> ValueAxis {
    let highest = chart.highest();
    match chart.unit {
        Unit::Count => ValueAxis::reaching(highest, 1.0),
        // They are shown with two decimals: finer steps would all be called the same.
        Unit::Milliseconds | Unit::Percent if highest > 0.0 => ValueAxis::reaching(highest, 0.01),
        // Nothing was measured, or nothing but zeros: whole numbers are the calmest scale.
        Unit::Milliseconds | Unit::Percent => ValueAxis::reaching(highest, 1.0),
        Unit::Bytes => ValueAxis::reaching_bytes(highest),
    }
}

/// All that is stretched to the room there is.
pub fn plot(chart: &Chart, t: &Messages, zone: Zone) -> String {
    let axis = axis_of(chart);
    let width = chart.steps() * STEP;
    let mut html = String::new();
    for tick in 1..axis.ticks {
        let y = HEIGHT - HEIGHT * i64::from(tick) / i64::from(axis.ticks);
        _ = write!(
            html,
            r#"<path class="chart-grid" d="M0 {y}H{width}"></path>"#
        );
    }
    for gap in gaps(&chart.covered) {
        let (x, gap_width) = (gap.start * STEP, gap.len() * STEP);
        _ = write!(
            html,
            r#"<rect class="chart-gap" x="{x}" width="{gap_width}" height="{HEIGHT}"></rect>"#
        );
    }
    for (at, series) in chart.series.iter().enumerate() {
        let (tone, d) = (series.tone, path(chart, at, axis));
        _ = write!(html, r#"<path class="series-{tone}" d="{d}"></path>"#);
    }
    for (tone, d) in marks(chart) {
        _ = write!(
            html,
            r#"<path class="chart-mark mark-{tone}" d="{d}"></path>"#
        );
    }
    for step in 0..chart.steps() {
        let (x, title) = (step * STEP, escaped(&step_text(chart, step, t, zone)));
        _ = write!(
            html,
            r#"<rect class="chart-step" x="{x}" width="{STEP}" height="{HEIGHT}"><title>{title}</title></rect>"#
        );
    }
    html
}

/// From the top down; each label's middle is on its line.
pub fn value_labels(chart: &Chart) -> String {
    let axis = axis_of(chart);
    let mut html = String::new();
    for value in axis.values() {
        let percent = 100.0 - value / axis.top * 100.0;
        let label = short_label(chart.unit, value);
        _ = write!(html, r#"<text x="100%" y="{percent:.1}%">{label}</text>"#);
    }
    html
}

pub fn time_labels(chart: &Chart, zone: Zone) -> String {
    let (start, end) = (chart.start_ms, chart.at_ms(chart.steps()));
    let offset = zone.offset_minutes(Instant::from_epoch_ms(end));
    let mut html = String::new();
    for tick in time_ticks(start, end, offset) {
        // Too near to an edge it would be cut off.
        if (3.0..=97.0).contains(&tick.percent) {
            let label = time_label(&tick, offset);
            _ = write!(
                html,
                r#"<text x="{:.2}%" y="1em">{label}</text>"#,
                tick.percent
            );
        }
    }
    html
}

/// What is known of a step, as a line of text.
pub fn step_text(chart: &Chart, step: usize, t: &Messages, zone: Zone) -> String {
    let mut text = when(chart, step, zone);
    if chart.covered.get(step) == Some(&true) {
        for series in chart.series.iter().rev() {
            let value = series.value(step);
            let value = value.map_or_else(|| NOTHING.to_owned(), |value| chart.unit.show(value));
            _ = write!(text, " · {} {value}", series.name);
        }
    } else {
        _ = write!(text, " · {}", t.not_covered);
    }
    for mark in marks_text(chart, step) {
        _ = write!(text, " · {mark}");
    }
    text
}

/// What happened in a step; what happened several times, once with its count.
fn marks_text(chart: &Chart, step: usize) -> Vec<String> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for mark in chart.marks_in(step) {
        let text = visible(&mark.text);
        match counted.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counted.push((text, 1)),
        }
    }
    let mut told: Vec<String> = counted
        .into_iter()
        .map(|(text, count)| match count {
            1 => text,
            _ => format!("{text} ×{count}"),
        })
        .collect();
    let more = told.len().saturating_sub(MARKS_TOLD);
    if more > 0 {
        told.truncate(MARKS_TOLD);
        told.push(format!("+{more}"));
    }
    told
}

/// Newest first.
pub fn table_rows(chart: &Chart, t: &Messages, zone: Zone) -> String {
    let mut html = String::new();
    for step in (0..chart.steps()).rev() {
        _ = write!(html, r#"<tr><th scope="row">{}"#, when(chart, step, zone));
        for mark in marks_text(chart, step) {
            _ = write!(
                html,
                r#" <span class="chart-mark-text">{}</span>"#,
                escaped(&mark)
            );
        }
        html.push_str("</th>");
        if chart.covered.get(step) == Some(&true) {
            for series in &chart.series {
                let value = series.value(step);
                let value =
                    value.map_or_else(|| NOTHING.to_owned(), |value| chart.unit.show(value));
                _ = write!(html, r#"<td class="numeric">{value}</td>"#);
            }
        } else {
            let columns = chart.series.len();
            _ = write!(
                html,
                r#"<td class="note" colspan="{columns}">{}</td>"#,
                t.not_covered
            );
        }
        html.push_str("</tr>");
    }
    html
}

/// Such as `11-24 03:20–03:30`.
fn when(chart: &Chart, step: usize, zone: Zone) -> String {
    let civil = |step| {
        let instant = Instant::from_epoch_ms(chart.at_ms(step));
        instant.civil(zone.offset_minutes(instant))
    };
    let (from, to) = (civil(step), civil(step + 1));
    let suffix = match zone {
        Zone::Utc => " UTC",
        Zone::OfReader(_) => "",
    };
    format!("{} {}–{}{suffix}", from.day(), from.clock(), to.clock())
}

/// As narrow as it can be: `1.2k`.
fn short_label(unit: Unit, value: f64) -> String {
    use crate::view::numbers::short;

    match unit {
        Unit::Count if value >= 1e9 => format!("{}G", short(value / 1e9)),
        Unit::Count if value >= 1e6 => format!("{}M", short(value / 1e6)),
        Unit::Count if value >= 1e4 => format!("{}k", short(value / 1e3)),
        Unit::Count => format!("{value:.0}"),
        Unit::Milliseconds | Unit::Percent | Unit::Bytes => unit.show(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::model::{Kind, Mark};

    #[test]
    fn what_happened_twice_in_a_step_is_told_once_with_its_count() {
        let mark = |at_ms, text: &str| Mark {
            at_ms,
            tone: "migration",
            name: "",
            text: text.to_owned(),
        };
        let chart = Chart {
            kind: Kind::Lines,
            unit: Unit::Count,
            start_ms: 0,
            step_ms: 60_000,
            covered: vec![true; 2],
            marks: vec![
                mark(0, "Start 0.1.0"),
                mark(1, "Migration"),
                mark(2, "Migration"),
                mark(60_000, "Migration"),
            ],
            series: Vec::new(),
        };
        assert_eq!(marks_text(&chart, 0), ["Start 0.1.0", "Migration ×2"]);
        assert_eq!(marks_text(&chart, 1), ["Migration"]);
    }
}
