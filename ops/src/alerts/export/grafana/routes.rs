//! Which route is it? Requests, time, failures and latency of each.

use super::super::super::expression::{Argument, SignalKind};
use super::super::super::rule::Rule;
use super::dashboard::Dashboard;
use super::limit::limits;
use super::panel::{COUNT, PER_SECOND, Panel, SECONDS, SHARE};

/// What is chosen above, inside of the braces of a selector.
const CHOSEN: &str = "instance=~\"$instance\",http_route=~\"$route\"";

/// Of all requests that `more` selects, for each route.
fn by_route(suffix: &str, more: &str) -> String {
    format!(
        "sum by (http_route) (rate(http_server_request_duration_seconds_{suffix}{{{CHOSEN}{more}}}[5m]))"
    )
}

pub(super) fn dashboard(rules: &[Rule]) -> Dashboard {
    Dashboard {
        name: "routes",
        title: "Which route is it?",
        description: "Routes are patterns; requests that match none are `unmatched`.",
        has_routes: true,
        has_logs: false,
        panels: panels(rules),
    }
}

fn panels(rules: &[Rule]) -> Vec<Panel> {
    let all = by_route("count", "");
    let failed = by_route("count", ",http_response_status_code=~\"5..\"");
    vec![
        Panel::graph("Which routes are asked most?", PER_SECOND)
            .ask(format!("topk(10, {all})"), "{{http_route}}"),
        Panel::graph("Which routes take the most time?", COUNT)
            .describe("Seconds of answering a second: 2 means that two requests are always under way.")
            .ask(format!("topk(10, {})", by_route("sum", "")), "{{http_route}}"),
        Panel::graph("Which routes are slow?", SECONDS)
            .describe("The 95th percentile of the last five minutes. Dots are traces.")
            .ask(
                format!(
                    "histogram_quantile(0.95, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket{{{CHOSEN}}}[5m])))"
                ),
                "{{http_route}}",
            )
            .exemplars()
            .limit(limits(rules, SignalKind::Latency, &Argument::Quantile(950))),
        Panel::graph("Which routes fail?", SHARE)
            .describe("The share of answers with a status of 500 and above.")
            .ask(format!("({failed} or 0 * {all}) / {all}"), "{{http_route}}")
            .limit(limits(rules, SignalKind::ErrorShare, &Argument::None)),
        Panel::graph("What do they answer?", PER_SECOND).ask(
            format!(
                "sum by (http_request_method, http_response_status_code) (rate(http_server_request_duration_seconds_count{{{CHOSEN}}}[$__rate_interval]))"
            ),
            "{{http_request_method}} {{http_response_status_code}}",
        ),
        Panel::heatmap("How are durations spread?", SECONDS)
            .describe("Each cell is a bucket; a second band above the first is a second kind of request.")
            .ask(
                format!(
                    "sum by (le) (increase(http_server_request_duration_seconds_bucket{{{CHOSEN}}}[$__rate_interval]))"
                ),
                "{{le}}",
            ),
    ]
}
