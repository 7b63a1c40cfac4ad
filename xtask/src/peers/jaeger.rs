//! Jaeger, all in one process and in memory.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use super::http;
use super::running::Running;
use crate::process::free_port;

pub struct Jaeger {
    running: Running,
    query_url: String,
    /// Where spans are taken, over HTTP.
    pub otlp_url: String,
}

impl Jaeger {
    pub fn start(program: &Path, home: &Path) -> Result<Self> {
        let [query, query_grpc, otlp] = [free_port()?, free_port()?, free_port()?];
        fs::write(
            home.join("jaeger.yml"),
            configuration(query, query_grpc, otlp),
        )?;
        let mut command = Command::new(program);
        command.args(["--config", "jaeger.yml"]);
        let mut running = Running::start("Jaeger", &mut command, home)?;
        let query_url = format!("http://127.0.0.1:{query}");
        running.until_answers(&format!("{query_url}/api/services"))?;
        Ok(Self {
            running,
            query_url,
            otlp_url: format!("http://127.0.0.1:{otlp}"),
        })
    }

    /// Waits for the trace, as Jaeger's query API has it, until `is_whole`.
    pub fn trace(&mut self, id: &str, is_whole: impl Fn(&Value) -> bool) -> Result<Value> {
        let url = format!("{}/api/traces/{id}", self.query_url);
        self.running
            .until(&format!("Jaeger has the trace {id}"), || {
                let answer = http::json(&url, &[])?;
                let trace = answer.pointer("/data/0").cloned();
                Ok(trace.filter(|trace| is_whole(trace)))
            })
    }
}

fn configuration(query: u16, query_grpc: u16, otlp: u16) -> String {
    format!(
        "service:
  extensions: [jaeger_storage, jaeger_query]
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], processors: [batch], exporters: [jaeger_storage_exporter]}}
extensions:
  jaeger_query:
    storage: {{traces: memory}}
    http: {{endpoint: \"127.0.0.1:{query}\"}}
    grpc: {{endpoint: \"127.0.0.1:{query_grpc}\"}}
  jaeger_storage:
    backends: {{memory: {{memory: {{max_traces: 10000}}}}}}
receivers:
  otlp: {{protocols: {{http: {{endpoint: \"127.0.0.1:{otlp}\"}}}}}}
processors:
  batch:
exporters:
  jaeger_storage_exporter: {{trace_storage: memory}}
"
    )
}
