//! Is it the database? Pools, named queries, checks, and what the registry holds.

use super::super::super::expression::{Argument, SignalKind};
use super::super::super::rule::Rule;
use super::dashboard::Dashboard;
use super::limit::limits;
use super::panel::{COUNT, PER_SECOND, Panel, SECONDS, SHARE};

fn rate(suffix: &str) -> String {
    format!("rate(db_client_operation_duration_seconds_{suffix}{{instance=~\"$instance\"}}[5m])")
}

pub(super) fn dashboard(rules: &[Rule]) -> Dashboard {
    let mut panels = pools(rules);
    panels.extend(queries(rules));
    panels.extend(registry());
    Dashboard {
        name: "database",
        title: "Is it the database?",
        description: "Of the registry's database and of the desk's own store.",
        has_routes: false,
        has_logs: false,
        panels,
    }
}

fn pools(rules: &[Rule]) -> Vec<Panel> {
    vec![
        Panel::graph("How much of each pool is in use?", SHARE)
            .ask(
                "db_client_connection_count{instance=~\"$instance\",state=\"used\"} / ignoring (state) db_client_connection_max",
                "{{pool}} {{instance}}",
            )
            .limit(limits(rules, SignalKind::PoolUsedRatio, &Argument::None)),
        Panel::graph("Does anybody wait for a connection?", COUNT)
            .ask(
                "db_client_connection_pending_requests{instance=~\"$instance\"}",
                "{{pool}} {{instance}}",
            )
            .limit(limits(rules, SignalKind::PoolWaiting, &Argument::None)),
        Panel::graph("Does the database answer its check?", COUNT)
            .describe("1 is yes, 0 is no.")
            .ask(
                "agent_source_db_check_ok{instance=~\"$instance\",check=\"database\"}",
                "{{instance}}",
            ),
        Panel::graph("How long do checks take?", SECONDS).ask(
            "max by (check) (agent_source_db_check_duration_seconds{instance=~\"$instance\"})",
            "{{check}}",
        ),
    ]
}

fn queries(rules: &[Rule]) -> Vec<Panel> {
    let quantile = |q: &str| format!("histogram_quantile({q}, sum by (le) ({}))", rate("bucket"));
    let by_name = |suffix| format!("topk(10, sum by (db_query_summary) ({}))", rate(suffix));
    vec![
        Panel::graph("How slow are queries?", SECONDS)
            .describe(
                "Percentiles of the last five minutes, without the wait for a connection; the rule looks at the registry's alone.",
            )
            .ask(quantile("0.5"), "P50")
            .ask(quantile("0.95"), "P95")
            .ask(quantile("0.99"), "P99")
            .limit(limits(
                rules,
                SignalKind::QueryLatency,
                &Argument::Quantile(950),
            )),
        Panel::graph("Which queries are slow?", SECONDS)
            .describe("The 95th percentile of each.")
            .ask(
                format!(
                    "topk(10, histogram_quantile(0.95, sum by (le, db_query_summary) ({})))",
                    rate("bucket")
                ),
                "{{db_query_summary}}",
            ),
        Panel::graph("Which queries take the most time?", COUNT)
            .describe("Seconds of the database a second: 1 keeps a connection busy.")
            .ask(by_name("sum"), "{{db_query_summary}}"),
        Panel::graph("Which queries run most?", PER_SECOND)
            .ask(by_name("count"), "{{db_query_summary}}"),
    ]
}

fn registry() -> Vec<Panel> {
    vec![
        Panel::graph("How much does the registry hold?", COUNT)
            .ask("sum(max by (active) (agent_source_db_agentcards))", "cards")
            .ask(
                "sum(max by (active) (agent_source_db_namespaces))",
                "namespaces",
            )
            .ask("sum(max by (active) (agent_source_db_schemas))", "schemas"),
        Panel::graph("How old is that count?", SECONDS).ask(
            "agent_source_db_counts_age_seconds{instance=~\"$instance\"}",
            "{{instance}}",
        ),
    ]
}
