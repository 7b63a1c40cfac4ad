//! What do the logs say? How many lines there are, from `/metrics`, and the lines, from the log store.

use super::super::super::expression::{Argument, Counter, SignalKind};
use super::super::super::rule::Rule;
use super::dashboard::Dashboard;
use super::limit::limits;
use super::panel::{COUNT, PER_SECOND, Panel, SHARE};

/// Lines of one file and of the routes that are chosen. A raw string: the variable escapes for a regular
/// expression, and its backslashes are no escapes of LogsQL.
fn lines_of(file: &str) -> String {
    format!("_stream:{{file=\"{file}\"}} route:~`${{route:regex}}`")
}

pub(super) fn dashboard(rules: &[Rule]) -> Dashboard {
    let mut panels = counted(rules);
    panels.extend(read());
    Dashboard {
        name: "logs",
        title: "What do the logs say?",
        description: "Counts are the service's own; lines come from the log store, of all instances.",
        has_routes: true,
        has_logs: true,
        panels,
    }
}

fn counted(rules: &[Rule]) -> Vec<Panel> {
    let rate = |more: &str| {
        format!(
            "rate(agent_source_db_log_lines_total{{instance=~\"$instance\",file=\"app\"{more}}}[5m])"
        )
    };
    vec![
        Panel::graph("How many lines a second, by level?", PER_SECOND)
            .ask(format!("sum by (level) ({})", rate("")), "{{level}}"),
        Panel::graph("Which share of app.log is ERROR?", SHARE)
            .ask(
                format!("sum({}) / sum({})", rate(",level=\"ERROR\""), rate("")),
                "ERROR",
            )
            .limit(limits(rules, SignalKind::LogErrorShare, &Argument::None)),
        Panel::graph("Are lines lost?", COUNT)
            .describe("Lines that could not be written, of the last five minutes.")
            .ask(
                "sum by (file) (increase(agent_source_db_log_lines_dropped_total{instance=~\"$instance\"}[5m]))",
                "{{file}}",
            )
            .limit(limits(
                rules,
                SignalKind::Increase,
                &Argument::Counter(Counter::LogLinesDropped),
            )),
        Panel::lines_graph("Which instances log errors?").ask(
            format!("{} level:=\"ERROR\" | stats by (instance) count() lines", lines_of("app")),
            "{{instance}}",
        ),
    ]
}

fn read() -> Vec<Panel> {
    vec![
        Panel::lines("What failed last?").ask(lines_of("error"), ""),
        Panel::lines("Which requests failed?")
            .ask(format!("{} status:>=500", lines_of("access")), ""),
        Panel::lines("Which requests took longest?").ask(
            format!(
                "{} | sort by (duration_ms desc) limit 50",
                lines_of("access")
            ),
            "",
        ),
        Panel::lines("Which queries were slow or failed?").ask(lines_of("db"), ""),
    ]
}
