//! The signals of an incident over the time that it took: those that its rules look at, with a mark
//! where it opened and one where it closed.

use leptos::prelude::*;

use super::signal_charts::{Histories, Signal, signal_charts};
use crate::chart::model::Mark;
use crate::components::card::card;
use crate::components::ranges::range_words;
use crate::dto::{Incident, IncidentAlert, Period};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

const HOUR_SECONDS: u64 = 3600;

fn signals(alerts: &[IncidentAlert]) -> Vec<Signal> {
    let of_alerts = alerts.iter().flat_map(|alert| Signal::of_rule(&alert.rule));
    let mut signals: Vec<Signal> = of_alerts.copied().collect();
    signals.sort_unstable();
    signals.dedup();
    signals
}

/// The smallest one that reaches back to before it opened.
pub fn period_of(incident: &Incident, now: &str) -> Period {
    let [opened, now] = [&incident.opened_at, now].map(Instant::parse);
    let seconds = match (opened, now) {
        (Some(opened), Some(now)) => now.seconds_since(opened),
        _ => 0,
    };
    let hours = Period::ALL
        .into_iter()
        .zip([1, 6, 24, 7 * 24, 30 * 24])
        // With a tenth of it before, to see what was usual.
        .find(|(_, hours)| seconds <= hours * HOUR_SECONDS * 9 / 10);
    hours.map_or(Period::Month, |(period, _)| period)
}

pub fn incident_charts_card(
    settings: ViewSettings,
    incident: &Incident,
    histories: &Histories,
) -> AnyView {
    let signals = signals(&incident.alerts);
    let charts = signal_charts(settings, &signals, histories, &marks(settings, incident));
    let period = range_words(settings, histories.traffic.period);
    let body = view! {
        <p class="note">{period}</p>
        <div class="charts charts-even" data-testid="incident-charts">{charts}</div>
    };
    card("charts", settings.t.incident_page.signals, body).into_any()
}

fn marks(settings: ViewSettings, incident: &Incident) -> Vec<Mark> {
    let name = settings.t.incident_page.mark;
    let [open, closed] = settings.t.incident_page.state;
    let moments = [
        (Some(incident.opened_at.as_str()), open),
        (incident.closed_at.as_deref(), closed),
    ];
    let marks = moments.into_iter().filter_map(|(at, word)| {
        Some(Mark {
            at_ms: Instant::parse(at?)?.epoch_ms(),
            tone: "incident",
            name,
            text: format!("{name}: {word}"),
        })
    });
    marks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::incidents::{NOW, database, disk, slow};

    #[test]
    fn the_charts_are_those_of_the_rules() {
        let of = |incident: Incident| signals(&incident.alerts);
        let traffic = [Signal::Requests, Signal::Errors, Signal::Latency];
        assert_eq!(
            of(database()),
            [
                &traffic[..],
                &[Signal::DatabaseLatency, Signal::Connections]
            ]
            .concat()
        );
        assert_eq!(of(disk()), [Signal::LogDisk, Signal::DataDisk]);
        assert_eq!(of(slow()), traffic);
    }

    #[test]
    fn the_period_is_the_smallest_that_covers_the_incident() {
        assert_eq!(period_of(&database(), NOW), Period::Hour);
        assert_eq!(period_of(&disk(), NOW), Period::SixHours);
        assert_eq!(period_of(&slow(), NOW), Period::Day);
        let long_ago = Incident {
            opened_at: "2026-08-01T00:00:00.000Z".to_owned(),
            ..slow()
        };
        assert_eq!(period_of(&long_ago, NOW), Period::Month);
    }
}
