//! Who scrapes: Prometheus, and vmagent, whose store answers the same questions.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::http;
use super::running::Running;
use crate::process::free_port;

/// What is scraped, each second.
pub struct Job<'a> {
    pub name: &'a str,
    /// `host:port`
    pub target: &'a str,
    /// Holds the token, where one is needed.
    pub credentials: Option<&'a Path>,
}

/// The part of a configuration that both understand.
pub fn scrape(jobs: &[Job]) -> String {
    let mut text = "scrape_configs:\n".to_owned();
    for job in jobs {
        let (name, target) = (job.name, job.target);
        _ = write!(
            text,
            "  - job_name: {name}\n    scrape_interval: 1s\n    scrape_timeout: 1s\n    \
             static_configs: [{{targets: [\"{target}\"]}}]\n"
        );
        if let Some(file) = job.credentials {
            let file = file.display();
            _ = writeln!(text, "    authorization: {{credentials_file: \"{file}\"}}");
        }
    }
    text
}

pub struct Scraper {
    running: Running,
    /// Of one that only scrapes.
    #[expect(dead_code, reason = "it runs for as long as who writes to it")]
    store: Option<Running>,
    /// Of who answers.
    url: String,
}

impl Scraper {
    /// `configuration` may have all that Prometheus knows.
    pub fn prometheus(program: &Path, home: &Path, configuration: &str) -> Result<Self> {
        Self::start(program, home, configuration, |command, port| {
            command
                .arg("--config.file=scrape.yml")
                .arg("--storage.tsdb.path=data")
                .arg(format!("--web.listen-address=127.0.0.1:{port}"));
            "/-/ready"
        })
    }

    /// vmagent, and the VictoriaMetrics that it writes to.
    pub fn vmagent(program: &Path, store: &Path, home: &Path, configuration: &str) -> Result<Self> {
        let kept = Self::start(store, home, configuration, |command, port| {
            command
                .arg("-storageDataPath=data")
                .arg("-memory.allowedBytes=256MB")
                // Else what came within the last half minute is not found.
                .arg("-search.latencyOffset=0s")
                .arg(format!("-httpListenAddr=127.0.0.1:{port}"));
            "/health"
        })?;
        let writes_to = format!("-remoteWrite.url={}/api/v1/write", kept.url);
        let agent = Self::start(program, home, configuration, |command, port| {
            command
                .arg("-promscrape.config=scrape.yml")
                .arg("-remoteWrite.tmpDataPath=queue")
                .arg(writes_to)
                .arg(format!("-httpListenAddr=127.0.0.1:{port}"));
            "/health"
        })?;
        Ok(Self {
            store: Some(kept.running),
            url: kept.url,
            ..agent
        })
    }

    fn start(
        program: &Path,
        home: &Path,
        configuration: &str,
        arguments: impl FnOnce(&mut Command, u16) -> &'static str,
    ) -> Result<Self> {
        fs::write(home.join("scrape.yml"), configuration)?;
        let port = free_port()?;
        let mut command = Command::new(program);
        let health = arguments(&mut command, port);
        let mut running = Running::start("the scraper", &mut command, home)?;
        let url = format!("http://127.0.0.1:{port}");
        running.until_answers(&format!("{url}{health}"))?;
        Ok(Self {
            running,
            store: None,
            url,
        })
    }

    /// Waits until `look` finds something.
    pub fn until<T>(
        &mut self,
        what: &str,
        mut look: impl FnMut(&str) -> Result<Option<T>>,
    ) -> Result<T> {
        let url = self.url.clone();
        self.running.until(what, || look(&url))
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A series of an instant vector, and its value.
pub struct Sample {
    pub labels: Value,
    pub value: f64,
}

impl Sample {
    pub fn label(&self, name: &str) -> &str {
        let label = self.labels.get(name).and_then(Value::as_str);
        label.unwrap_or_default()
    }
}

/// What an expression gives now.
pub fn query(url: &str, expression: &str) -> Result<Vec<Sample>> {
    let url = format!("{url}/api/v1/query");
    let answer = http::json(&url, &[("query", expression)])?;
    samples(&answer).with_context(|| format!("{expression}: {answer}"))
}

fn samples(answer: &Value) -> Result<Vec<Sample>> {
    let result = answer.pointer("/data/result").and_then(Value::as_array);
    let result = result.context("no result")?;
    match answer.pointer("/data/resultType").and_then(Value::as_str) {
        Some("vector") => result.iter().map(sample).collect(),
        // Its time, and its value.
        Some("scalar") => Ok(vec![Sample {
            labels: Value::Null,
            value: number(result.get(1))?,
        }]),
        other => bail!("neither a vector nor a scalar: {other:?}"),
    }
}

fn sample(series: &Value) -> Result<Sample> {
    Ok(Sample {
        labels: series.get("metric").cloned().unwrap_or_default(),
        value: number(series.pointer("/value/1"))?,
    })
}

/// Numbers come as text, since JSON has no infinity.
fn number(value: Option<&Value>) -> Result<f64> {
    let text = value.and_then(Value::as_str).context("no value")?;
    Ok(text.parse()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_vector_and_a_scalar_are_samples() {
        let vector = json!({"data": {"resultType": "vector", "result": [
            {"metric": {"job": "direct"}, "value": [1.5, "17"]},
            {"metric": {}, "value": [1.5, "+Inf"]},
        ]}});
        let found = samples(&vector).unwrap();
        assert_eq!((found[0].label("job"), found[0].value), ("direct", 17.0));
        assert!(found[1].value.is_infinite());
        let scalar = json!({"data": {"resultType": "scalar", "result": [1.5, "2"]}});
        assert_eq!(samples(&scalar).unwrap()[0].value, 2.0);
        assert!(samples(&json!({"data": {"resultType": "matrix", "result": []}})).is_err());
        assert!(samples(&json!({"error": "parse error"})).is_err());
    }

    #[test]
    fn who_has_a_token_sends_it() {
        let direct = Job {
            name: "direct",
            target: "127.0.0.1:1",
            credentials: None,
        };
        let nginx = Job {
            name: "nginx",
            target: "127.0.0.1:2",
            credentials: Some(Path::new("/tmp/token")),
        };
        let text = scrape(&[direct, nginx]);
        assert!(text.contains("- job_name: direct\n"), "{text}");
        assert!(
            text.ends_with("    authorization: {credentials_file: \"/tmp/token\"}\n"),
            "{text}"
        );
    }
}
