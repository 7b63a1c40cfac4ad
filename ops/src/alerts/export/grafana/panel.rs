//! [`Panel`]: one question and how its answer is drawn.

use serde_json::{Value, json};

use super::super::super::severity::Severity;
use super::limit::Limit;

/// The type that the log store's plugin has, which asks in LogsQL.
pub(super) const LOGS_TYPE: &str = "victoriametrics-logs-datasource";

/// For shares, which are often narrow parts of the whole.
pub(super) const SHARE: &str = "percentunit";
pub(super) const SECONDS: &str = "s";
pub(super) const BYTES: &str = "bytes";
pub(super) const PER_SECOND: &str = "cps";
pub(super) const COUNT: &str = "short";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Graph,
    Heatmap,
    Stat,
    /// Lines as they are.
    Lines,
    /// Figures of the log store, over time.
    LinesGraph,
}

struct Target {
    expression: String,
    legend: &'static str,
}

pub(super) struct Panel {
    kind: Kind,
    title: &'static str,
    description: &'static str,
    unit: &'static str,
    targets: Vec<Target>,
    limits: Vec<Limit>,
    /// What to say of no data.
    nothing: &'static str,
    /// What a 1 and a 0 are called.
    words: Option<(&'static str, &'static str)>,
    has_exemplars: bool,
    pub width: u64,
    pub height: u64,
}

impl Panel {
    fn new(kind: Kind, title: &'static str, unit: &'static str) -> Self {
        let (width, height) = match kind {
            Kind::Graph | Kind::Heatmap | Kind::LinesGraph => (12, 8),
            Kind::Stat => (4, 4),
            Kind::Lines => (24, 10),
        };
        Self {
            kind,
            title,
            description: "",
            unit,
            targets: Vec::new(),
            limits: Vec::new(),
            nothing: "no data",
            words: None,
            has_exemplars: false,
            width,
            height,
        }
    }

    pub fn graph(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Graph, title, unit)
    }

    pub fn heatmap(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Heatmap, title, unit)
    }

    pub fn stat(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Stat, title, unit)
    }

    pub fn lines(title: &'static str) -> Self {
        Self::new(Kind::Lines, title, COUNT)
    }

    pub fn lines_graph(title: &'static str) -> Self {
        Self::new(Kind::LinesGraph, title, COUNT)
    }

    /// The legend takes labels as `{{label}}`.
    pub fn ask(mut self, expression: impl Into<String>, legend: &'static str) -> Self {
        self.targets.push(Target {
            expression: expression.into(),
            legend,
        });
        self
    }

    pub fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    pub fn limit(mut self, limits: Vec<Limit>) -> Self {
        self.limits = limits;
        self
    }

    pub fn or_say(mut self, nothing: &'static str) -> Self {
        self.nothing = nothing;
        self
    }

    /// What 1 and 0 are called; the latter is bad.
    pub fn words(mut self, one: &'static str, zero: &'static str) -> Self {
        self.words = Some((one, zero));
        self
    }

    pub fn exemplars(mut self) -> Self {
        self.has_exemplars = true;
        self
    }

    pub fn into_json(self, id: usize, x: u64, y: u64) -> Value {
        let source = self.source();
        let targets = self.targets.iter().zip('A'..='Z');
        let targets: Vec<Value> = targets
            .map(|(target, name)| self.target(target, name, &source))
            .collect();
        json!({
            "id": id,
            "type": self.type_name(),
            "title": self.title,
            "description": self.said(),
            "datasource": source,
            "gridPos": { "x": x, "y": y, "w": self.width, "h": self.height },
            "fieldConfig": { "defaults": self.defaults(), "overrides": [] },
            "options": self.options(),
            "targets": targets,
        })
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Graph | Kind::LinesGraph => "timeseries",
            Kind::Heatmap => "heatmap",
            Kind::Stat => "stat",
            Kind::Lines => "logs",
        }
    }

    fn source(&self) -> Value {
        match self.kind {
            Kind::Graph | Kind::Heatmap | Kind::Stat => {
                json!({ "type": "prometheus", "uid": "${datasource}" })
            }
            Kind::Lines | Kind::LinesGraph => json!({ "type": LOGS_TYPE, "uid": "${logs}" }),
        }
    }

    fn target(&self, target: &Target, name: char, source: &Value) -> Value {
        let mut json = json!({
            "refId": name,
            "datasource": source,
            "editorMode": "code",
            "expr": target.expression,
            "legendFormat": target.legend,
        });
        let more = match self.kind {
            Kind::Graph => json!({ "range": true, "exemplar": self.has_exemplars }),
            Kind::Heatmap => json!({ "range": true, "format": "heatmap" }),
            Kind::Stat => json!({ "instant": true, "range": false }),
            Kind::Lines => json!({ "queryType": "instant", "maxLines": 200 }),
            Kind::LinesGraph => json!({ "queryType": "statsRange" }),
        };
        if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
            json.extend(more);
        }
        json
    }

    /// The description, and whose the lines are.
    fn said(&self) -> String {
        let mut said: Vec<String> = Vec::new();
        if !self.description.is_empty() {
            said.push(self.description.to_owned());
        }
        let rules = self.limits.iter().map(|limit| limit.said.clone());
        said.extend(rules.map(|rule| format!("Line: rule {rule}")));
        said.join("\n\n")
    }

    fn defaults(&self) -> Value {
        let base = match self.kind {
            Kind::Stat => "green",
            _ => "transparent",
        };
        let mut steps = vec![json!({ "color": base, "value": null })];
        steps.extend(
            self.limits
                .iter()
                .map(|limit| json!({ "color": color(limit.severity), "value": limit.value })),
        );
        let color_by = match self.kind {
            Kind::Stat => "thresholds",
            _ => "palette-classic",
        };
        let mappings = self.words.map(|(one, zero)| {
            json!({ "type": "value", "options": {
                "1": { "text": one, "color": "green", "index": 0 },
                "0": { "text": zero, "color": "red", "index": 1 },
            }})
        });
        let style = if self.limits.is_empty() {
            "off"
        } else {
            "dashed"
        };
        json!({
            "unit": self.unit,
            "min": 0,
            "noValue": self.nothing,
            "color": { "mode": color_by },
            "mappings": Vec::from_iter(mappings),
            "thresholds": { "mode": "absolute", "steps": steps },
            "custom": {
                "drawStyle": "line",
                "lineWidth": 1,
                "fillOpacity": 10,
                "showPoints": "auto",
                "spanNulls": false,
                "thresholdsStyle": { "mode": style },
            },
        })
    }

    fn options(&self) -> Value {
        match self.kind {
            Kind::Graph | Kind::LinesGraph => json!({
                "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true },
                "tooltip": { "mode": "multi", "sort": "desc" },
            }),
            Kind::Heatmap => json!({
                "calculate": false,
                "yAxis": { "unit": self.unit },
                "tooltip": { "mode": "single" },
            }),
            Kind::Stat => json!({
                "colorMode": "value",
                "graphMode": "none",
                "textMode": "auto",
                "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            }),
            Kind::Lines => json!({
                "showTime": true,
                "wrapLogMessage": true,
                "enableLogDetails": true,
                "sortOrder": "Descending",
                "dedupStrategy": "none",
            }),
        }
    }
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "blue",
        Severity::Warning => "orange",
        Severity::Critical => "red",
    }
}
