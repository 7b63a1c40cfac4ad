//! Dashboards for [Grafana]: the questions that people on call have, put to what `GET /metrics` gives
//! out and to a log store that takes LogsQL. Lines of thresholds are those of the rules in force.
//!
//! A panel's title is its question. Each expression gives data as soon as there are requests; what is
//! given out only where there is a limit says so in place of figures.
//!
//! [Grafana]: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

mod dashboard;
mod database;
mod host;
mod limit;
mod logs;
mod panel;
mod routes;
mod service;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::super::rule::Rule;

/// Each with a `uid` of its own that stays the same, so that importing them again replaces them.
pub fn dashboards(rules: &[Rule]) -> Vec<Value> {
    [
        service::dashboard(rules),
        routes::dashboard(rules),
        database::dashboard(rules),
        host::dashboard(rules),
        logs::dashboard(rules),
    ]
    .map(dashboard::Dashboard::into_json)
    .into()
}
