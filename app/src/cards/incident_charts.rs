//! The signals of an incident over the time that it took: those that its rules look at, with a mark
//! where it opened and one where it closed.

use leptos::prelude::*;

use super::host::drawn;
use super::{host_charts, traffic_charts};
use crate::chart::model::{Chart, Mark};
use crate::components::card::card;
use crate::dto::{HostHistory, Incident, IncidentAlert, Period, TrafficHistory};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

const HOUR_SECONDS: u64 = 3600;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Signal {
    Traffic,
    Database,
    Memory,
    Disks,
}

/// Of a rule that somebody wrote the traffic is shown: it is what the service is for.
fn signals(alerts: &[IncidentAlert]) -> Vec<Signal> {
    let of_alerts = alerts.iter().map(|alert| match alert.rule.as_str() {
        "disk" => Signal::Disks,
        "memory" => Signal::Memory,
        "database" | "slow-database" | "pool" | "readiness" | "migrations" => Signal::Database,
        _ => Signal::Traffic,
    });
    let mut signals: Vec<Signal> = of_alerts.collect();
    // What fails with the database is seen by those who call.
    if signals.contains(&Signal::Database) {
        signals.push(Signal::Traffic);
    }
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
    history: &TrafficHistory,
    host: &HostHistory,
) -> AnyView {
    let t = settings.t;
    let draw = |name, title: &str, chart: Chart| {
        drawn(settings, name, title, &marked(settings, incident, chart))
    };
    let of_host = t.host;
    let signals = signals(&incident.alerts).into_iter();
    let charts = signals.flat_map(|signal| match signal {
        Signal::Traffic => vec![
            draw(
                "requests",
                t.requests_by_status,
                traffic_charts::requests(settings, history),
            ),
            draw(
                "errors",
                t.server_errors,
                traffic_charts::errors(settings, history),
            ),
            draw(
                "latency",
                t.response_times,
                traffic_charts::latency(settings, history),
            ),
        ],
        Signal::Database => vec![
            draw(
                "database-latency",
                of_host.database_latency,
                host_charts::latency(settings, host),
            ),
            draw(
                "connections",
                of_host.connections,
                host_charts::connections(settings, host),
            ),
        ],
        Signal::Memory => vec![draw(
            "memory",
            &(of_host.memory)(None),
            host_charts::memory(settings, host),
        )],
        Signal::Disks => vec![
            draw(
                "log-disk",
                &(of_host.log_disk)(None),
                host_charts::log_disk(settings, host),
            ),
            draw(
                "data-disk",
                &(of_host.data_disk)(None),
                host_charts::data_disk(settings, host),
            ),
        ],
    });
    let charts: Vec<_> = charts.collect();
    let period = (t.period)(history.period);
    let body = view! {
        <p class="note">{period}</p>
        <div class="charts charts-even" data-testid="incident-charts">{charts}</div>
    };
    card("charts", t.incident_page.signals, body).into_any()
}

fn marked(settings: ViewSettings, incident: &Incident, mut chart: Chart) -> Chart {
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
    chart.marks.extend(marks);
    chart.marks.sort_by_key(|mark| mark.at_ms);
    chart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::incidents::{NOW, database, disk, slow};

    #[test]
    fn the_charts_are_those_of_the_rules() {
        let of = |incident: Incident| signals(&incident.alerts);
        assert_eq!(of(database()), [Signal::Traffic, Signal::Database]);
        assert_eq!(of(disk()), [Signal::Disks]);
        assert_eq!(of(slow()), [Signal::Traffic]);
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
