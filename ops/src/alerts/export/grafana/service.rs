//! Is the service well? The first one to open.

use super::super::super::expression::{Argument, SignalKind};
use super::super::super::rule::Rule;
use super::dashboard::Dashboard;
use super::limit::limits;
use super::panel::{COUNT, PER_SECOND, Panel, SECONDS, SHARE};

const REQUESTS: &str = "http_server_request_duration_seconds_count{instance=~\"$instance\"}";

pub(super) fn dashboard(rules: &[Rule]) -> Dashboard {
    let mut panels = now(rules);
    panels.extend(lately(rules));
    Dashboard {
        name: "service",
        title: "Is the service well?",
        description: "Readiness, requests, errors, latency and alerts of all instances.",
        has_routes: false,
        has_logs: false,
        panels,
    }
}

fn now(rules: &[Rule]) -> Vec<Panel> {
    vec![
        Panel::stat("Is every instance ready?", COUNT)
            .ask("min(agent_source_db_ready{instance=~\"$instance\"})", "")
            .words("ready", "not ready"),
        Panel::stat("How many instances answer?", COUNT)
            .ask("count(agent_source_db_build_info{instance=~\"$instance\"})", "")
            .or_say("none"),
        Panel::stat("How many alerts fire?", COUNT)
            .ask("sum(max by (rule) (agent_source_db_alerts{state=\"firing\"}))", "")
            .describe("The desk's own alerts. Each is counted once, whichever instances see it."),
        Panel::stat("When were the rules last evaluated?", SECONDS)
            .ask(
                "time() - min(agent_source_db_alert_evaluation_timestamp_seconds)",
                "",
            )
            .describe("Seconds ago, by the instance that is furthest behind.")
            .limit(limits(rules, SignalKind::EvaluationAge, &Argument::None)),
        Panel::stat("How many notices wait to be sent?", COUNT)
            .ask("max(agent_source_db_notices_queued) or vector(0)", ""),
        Panel::stat("How long has the youngest run?", SECONDS).ask(
            "min(time() - process_start_time_seconds{instance=~\"$instance\"} and on (instance) agent_source_db_build_info)",
            "",
        ),
    ]
}

fn lately(rules: &[Rule]) -> Vec<Panel> {
    let quantile = |q: &str| {
        format!(
            "histogram_quantile({q}, sum by (le) (rate(http_server_request_duration_seconds_bucket{{instance=~\"$instance\"}}[5m])))"
        )
    };
    vec![
        Panel::graph("How many requests a second, by status?", PER_SECOND).ask(
            format!("sum by (http_response_status_code) (rate({REQUESTS}[$__rate_interval]))"),
            "{{http_response_status_code}}",
        ),
        Panel::graph("Which share of requests fails?", SHARE)
            .describe("Answers with a status of 500 and above, of the last five minutes.")
            .ask(
                format!(
                    "(sum(rate(http_server_request_duration_seconds_count{{instance=~\"$instance\",http_response_status_code=~\"5..\"}}[5m])) or vector(0)) / sum(rate({REQUESTS}[5m]))"
                ),
                "failed",
            )
            .limit(limits(rules, SignalKind::ErrorShare, &Argument::None)),
        Panel::graph("How slow are answers?", SECONDS)
            .describe("Percentiles of the last five minutes. Dots are traces: click one to open it.")
            .ask(quantile("0.5"), "P50")
            .ask(quantile("0.95"), "P95")
            .ask(quantile("0.99"), "P99")
            .exemplars()
            .limit(limits(rules, SignalKind::Latency, &Argument::Quantile(950))),
        Panel::graph("How many requests are under way?", COUNT).ask(
            "sum by (instance) (http_server_active_requests{instance=~\"$instance\"})",
            "{{instance}}",
        ),
        Panel::graph("Which checks fail?", COUNT)
            .describe("1 is well; 0 is failing on at least one instance.")
            .ask(
                "min by (check) (agent_source_db_check_ok{instance=~\"$instance\"})",
                "{{check}}",
            ),
        Panel::graph("Which rules fire?", COUNT)
            .describe("Alerts of each rule that fire now.")
            .ask(
                "max by (rule) (agent_source_db_alerts{state=\"firing\"})",
                "{{rule}}",
            ),
    ]
}
