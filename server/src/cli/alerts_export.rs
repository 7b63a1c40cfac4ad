//! `alerts export`: the rules and channels in force, in other systems' words.

use clap::ValueEnum;
use ops::alerts::export::{self, Receiver, Source, Telling, grafana};
use ops::alerts::rule::Rule;
use serde_json::Value;

use crate::alerting::compose;
use crate::alerting::setup::Setup;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ExportFormat {
    /// Alerting rules, such as rules.yml
    Prometheus,
    /// Tests of rules.yml for `promtool test rules`
    PrometheusTests,
    /// A whole configuration, without secrets
    Alertmanager,
    /// The dashboards, as a JSON array
    Grafana,
}

pub(super) fn exported(setup: &Setup, format: ExportFormat) -> String {
    let runbook_url = |rule: &Rule| {
        let url = compose::runbook_url(setup, rule)?;
        url.starts_with("http").then_some(url)
    };
    let source = Source {
        rules: &setup.rules,
        runbook_url: &runbook_url,
    };
    match format {
        ExportFormat::Prometheus => export::prometheus(&source),
        ExportFormat::PrometheusTests => export::prometheus_tests(&source),
        ExportFormat::Alertmanager => alertmanager(setup, &source),
        ExportFormat::Grafana => Value::from(grafana::dashboards(&setup.rules)).to_string(),
    }
}

fn alertmanager(setup: &Setup, source: &Source<'_>) -> String {
    let receivers = setup.declared.iter().map(|channel| {
        let made = setup.channels.iter().find(|made| made.name == channel.name);
        Receiver {
            channel,
            mail_server: made.and_then(|made| made.mail_server()),
        }
    });
    let receivers: Vec<Receiver<'_>> = receivers.collect();
    let telling = Telling {
        notify: &setup.notify,
        maintenance: &setup.maintenance,
        receivers: &receivers,
    };
    export::alertmanager(source, &telling)
}
