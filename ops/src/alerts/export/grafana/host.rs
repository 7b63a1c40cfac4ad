//! Is it the machine? Processor, memory, disks, files, versions, and what was lost.

use super::super::super::expression::{Argument, SignalKind};
use super::super::super::rule::Rule;
use super::dashboard::Dashboard;
use super::limit::limits;
use super::panel::{BYTES, COUNT, PER_SECOND, Panel, SECONDS, SHARE};

/// Prometheus' own process and others' have metrics of the same names.
fn ours(metric: &str) -> String {
    format!("{metric}{{instance=~\"$instance\"}} and on (instance) agent_source_db_build_info")
}

pub(super) fn dashboard(rules: &[Rule]) -> Dashboard {
    let mut panels = resources(rules);
    panels.extend(processes());
    Dashboard {
        name: "host",
        title: "Is it the machine?",
        description: "What each process takes and what is left of it.",
        has_routes: false,
        has_logs: false,
        panels,
    }
}

fn resources(rules: &[Rule]) -> Vec<Panel> {
    let all_of_disk = "sum without (state) (agent_source_db_disk_bytes)";
    vec![
        Panel::graph("How full are the disks?", SHARE)
            .ask(
                format!(
                    "agent_source_db_disk_bytes{{instance=~\"$instance\",state=\"used\"}} / ignoring (state) {all_of_disk}"
                ),
                "{{disk}} {{instance}}",
            )
            .limit(limits(rules, SignalKind::DiskUsedRatio, &Argument::None)),
        Panel::graph("How much will be free tomorrow?", BYTES)
            .describe("If it goes on as in the last six hours.")
            .ask(
                "clamp_min(predict_linear(agent_source_db_disk_bytes{instance=~\"$instance\",state=\"free\"}[6h], 86400), 0)",
                "{{disk}} {{instance}}",
            ),
        Panel::graph("How near is memory to its limit?", SHARE)
            .or_say("no limit is set")
            .ask(
                "agent_source_db_memory_working_set_bytes{instance=~\"$instance\"} / on (instance) agent_source_db_memory_limit_bytes",
                "{{instance}}",
            )
            .limit(limits(rules, SignalKind::MemoryWorkingSet, &Argument::None)),
        Panel::graph("How much memory does it take?", BYTES)
            .ask(
                "agent_source_db_memory_working_set_bytes{instance=~\"$instance\"}",
                "working set {{instance}}",
            )
            .ask(ours("process_resident_memory_bytes"), "resident {{instance}}"),
        Panel::graph("How many cores does it keep busy?", COUNT).ask(
            "rate(process_cpu_seconds_total{instance=~\"$instance\"}[5m]) and on (instance) agent_source_db_build_info",
            "{{instance}}",
        ),
        Panel::graph("How near are open files to their limit?", SHARE).ask(
            format!("({}) / process_max_fds", ours("process_open_fds")),
            "{{instance}}",
        ),
    ]
}

fn processes() -> Vec<Panel> {
    vec![
        Panel::graph("Which versions run?", COUNT).ask(
            "count by (version, commit) (agent_source_db_build_info{instance=~\"$instance\"})",
            "{{version}} {{commit}}",
        ),
        Panel::graph("Who was started again?", SECONDS)
            .describe("How long each process has run: a line that falls to zero is a restart.")
            .ask(
                "time() - process_start_time_seconds{instance=~\"$instance\"} and on (instance) agent_source_db_build_info",
                "{{instance}}",
            ),
        Panel::graph("Are spans lost on their way to the collector?", PER_SECOND).ask(
            "sum by (reason) (rate(agent_source_db_spans_dropped_total{instance=~\"$instance\"}[5m]))",
            "{{reason}}",
        ),
    ]
}
