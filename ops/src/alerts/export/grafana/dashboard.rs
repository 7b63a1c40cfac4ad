//! [`Dashboard`]: panels in rows, with what is chosen above them and links to the others.

use serde_json::{Value, json};

use super::panel::{LOGS_TYPE, Panel};

/// What all of them have, by which they link to each other.
const TAG: &str = "agent-source-db";
/// Grafana's grid.
const COLUMNS: u64 = 24;
/// Of Grafana 11; later ones bring it up to date by themselves.
const SCHEMA_VERSION: u32 = 39;

pub(super) struct Dashboard {
    /// The end of its `uid`.
    pub name: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub has_routes: bool,
    pub has_logs: bool,
    pub panels: Vec<Panel>,
}

impl Dashboard {
    pub fn into_json(self) -> Value {
        let variables = self.variables();
        json!({
            "uid": format!("{TAG}-{}", self.name),
            "title": format!("agent-source-db: {}", self.title),
            "description": self.description,
            "tags": [TAG],
            "schemaVersion": SCHEMA_VERSION,
            "editable": true,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": { "from": "now-1h", "to": "now" },
            "timezone": "browser",
            "links": [{
                "type": "dashboards",
                "tags": [TAG],
                "title": "",
                "asDropdown": false,
                "includeVars": true,
                "keepTime": true,
                "targetBlank": false,
            }],
            "annotations": { "list": [starts()] },
            "templating": { "list": variables },
            "panels": placed(self.panels),
        })
    }

    fn variables(&self) -> Vec<Value> {
        let mut variables = vec![source("datasource", "Metrics", "prometheus")];
        if self.has_logs {
            variables.push(source("logs", "Logs", LOGS_TYPE));
        }
        variables.push(choice(
            "instance",
            "Instance",
            // All of them are those of this service: others give out metrics of the same names.
            "label_values(agent_source_db_build_info, instance)",
        ));
        if self.has_routes {
            variables.push(choice(
                "route",
                "Route",
                "label_values(http_server_request_duration_seconds_count{instance=~\"$instance\"}, http_route)",
            ));
        }
        variables
    }
}

fn source(name: &str, label: &str, plugin: &str) -> Value {
    json!({ "type": "datasource", "name": name, "label": label, "query": plugin, "refresh": 1 })
}

/// One, some or all values of a label.
fn choice(name: &str, label: &str, query: &str) -> Value {
    json!({
        "type": "query",
        "name": name,
        "label": label,
        "datasource": { "type": "prometheus", "uid": "${datasource}" },
        "query": { "query": query, "refId": name },
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "multi": true,
        "includeAll": true,
        "current": { "selected": true, "text": ["All"], "value": ["$__all"] },
    })
}

/// Marks where processes started: the value is the time.
fn starts() -> Value {
    json!({
        "name": "Starts",
        "enable": true,
        "iconColor": "blue",
        "datasource": { "type": "prometheus", "uid": "${datasource}" },
        "expr": "process_start_time_seconds{instance=~\"$instance\"} * 1000",
        "useValueForTime": true,
        "titleFormat": "{{instance}} started",
    })
}

/// From the left to the right, then below.
fn placed(panels: Vec<Panel>) -> Vec<Value> {
    let (mut x, mut y, mut row_height) = (0, 0, 0);
    let mut placed = Vec::new();
    for (panel, id) in panels.into_iter().zip(1..) {
        if x + panel.width > COLUMNS {
            (x, y, row_height) = (0, y + row_height, 0);
        }
        let (width, height) = (panel.width, panel.height);
        placed.push(panel.into_json(id, x, y));
        x += width;
        row_height = row_height.max(height);
    }
    placed
}
