//! Who watches and who is told: rules, channels, dependencies.

use std::time::Duration;

use futures_util::future::join_all;
use ops::health::{CheckResult, Code, Probe as _, dependency_probes};
use tokio::time::timeout;

use super::finding::Finding;
use crate::config::{Config, ConfigError, Examined};

pub fn rules(examined: &Examined, config: &Config) -> Vec<Finding> {
    const SUBJECT: &str = "rules";
    let of_file = |fault: &&ConfigError| matches!(fault, ConfigError::AlertsFile { .. });
    let wrong: Vec<Finding> = examined
        .faults
        .iter()
        .filter(of_file)
        .map(|fault| {
            Finding::error(
                SUBJECT,
                fault.to_string(),
                "correct the file; `alerts check` judges it",
            )
        })
        .collect();
    if !wrong.is_empty() {
        return wrong;
    }
    let setup = &config.alerts;
    let given = examined.provenance.shown("ALERTS_FILE").unwrap_or_default();
    vec![match &setup.file {
        Some(file) => Finding::ok(SUBJECT, format!("{}: {setup}", file.display())),
        None if given.is_empty() => Finding::ok(SUBJECT, format!("built in: {setup}")),
        None => Finding::warning(
            SUBJECT,
            format!(
                "{given} was not judged: it names dependencies, and READY_DEPENDENCIES is wrong"
            ),
            "correct READY_DEPENDENCIES first",
        ),
    }]
}

/// By their names alone.
pub fn channels(config: &Config) -> Vec<Finding> {
    const SUBJECT: &str = "channels";
    let names: Vec<&str> = config
        .alerts
        .channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect();
    vec![match names.as_slice() {
        [] if config.app_env.is_production() => Finding::warning(
            SUBJECT,
            "none: of an incident nobody is told",
            "set ALERT_WEBHOOK_URL, or declare a [[channel]] in ALERTS_FILE",
        ),
        [] => Finding::ok(SUBJECT, "none: incidents stand on the desk alone"),
        names => Finding::ok(SUBJECT, names.join(", ")),
    }]
}

/// What readiness waits for besides the database.
pub async fn dependencies(examined: &Examined, config: &Config) -> Vec<Finding> {
    if !examined.knows("READY_DEPENDENCIES") {
        return Vec::new();
    }
    let probes = match dependency_probes(config.readiness.dependencies.clone()) {
        Ok(probes) => probes,
        Err(error) => {
            let text = format!("can't be asked: {}", crate::db::chain(&error));
            let fix = "look at the certificates of this system (SSL_CERT_FILE)";
            return vec![Finding::error("dependencies", text, fix)];
        }
    };
    let asked = probes.iter().map(|probe| async move {
        let limit = probe.timeout() + Duration::from_millis(100);
        match timeout(limit, probe.run()).await {
            Ok(results) => results,
            Err(_) => {
                let names = probe.names().iter().cloned();
                names
                    .map(|name| (name, CheckResult::failed(Code::Timeout)))
                    .collect()
            }
        }
    });
    let results = join_all(asked).await.into_iter().flatten();
    results
        .map(|(name, result)| dependency(&name, &result))
        .collect()
}

fn dependency(name: &str, result: &CheckResult) -> Finding {
    const SUBJECT: &str = "dependency";
    match result.error {
        None => {
            let ms = result.latency_ms().unwrap_or_default();
            Finding::ok(SUBJECT, format!("{name} answers, {ms} ms"))
        }
        Some(code) => Finding::error(
            SUBJECT,
            format!("{name}: {code}, so the service is not ready"),
            "bring it back, or correct READY_DEPENDENCIES",
        ),
    }
}
