//! What is exported of the built-in rules lies in `deploy`, and the programs that read it take it.
//! `UPDATE_DEPLOY=1` writes it anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ops::alerts::export::{self, MailServer, MailTls, Receiver, Source, Telling};
use ops::alerts::file::{AlertsFile, Known, load};
use tempfile::TempDir;

const RULES: &str = "deploy/observability/rules.yml";

fn source(file: &AlertsFile) -> Source<'_> {
    Source {
        rules: &file.rules,
        runbook_url: &|_| None,
    }
}

fn alertmanager(file: &AlertsFile) -> String {
    let server = MailServer {
        host: "mail.example".to_owned(),
        port: 587,
        tls: MailTls::StartTls,
        has_login: true,
    };
    let receivers: Vec<Receiver<'_>> = file
        .channels
        .iter()
        .map(|channel| Receiver {
            channel,
            mail_server: Some(server.clone()),
        })
        .collect();
    let telling = Telling {
        notify: &file.notify,
        maintenance: &file.maintenance,
        receivers: &receivers,
    };
    export::alertmanager(&source(file), &telling)
}

/// The file of rules as a resource of the Prometheus Operator.
fn for_kubernetes(rules: &str) -> String {
    let spec: Vec<String> = rules.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: agent-source-db\nspec:\n{}",
        spec.concat()
    )
}

fn in_checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

#[test]
fn what_is_deployed_is_what_the_built_in_rules_export() {
    let built_in = load(None, Known::default()).unwrap();
    let rules = export::prometheus(&source(&built_in));
    for (path, text) in [
        (RULES, &rules),
        (
            "deploy/observability/alertmanager.yml",
            &alertmanager(&built_in),
        ),
        (
            "deploy/kubernetes/observability/prometheusrule.yaml",
            &for_kubernetes(&rules),
        ),
    ] {
        let path = in_checkout(path);
        if env::var_os("UPDATE_DEPLOY").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        let shown = path.display();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            *text,
            "{shown}: UPDATE_DEPLOY=1"
        );
    }
}

/// What the built-in rules have not.
const ELSE: &str = r#"
version = 1

[[rule]]
name = "slo"
enabled = true

[[rule]]
name = "odd.name"
description = "Braces {{ and \"quotes\", \\ and: colons # and\nlines."
expr = "disk_used_ratio > 7% and (requests(5m) < 10 or latency(0.5, 5m) >= 250ms)"
scope = "instance"
min_samples = 30

# No percentile is told beyond the last bound.
[[rule]]
name = "beyond"
expr = "latency(0.95, 5m) > 10s"

[[rule]]
name = "search"
expr = "check_failed('dependency/search')"
depends_on = ["dependency"]

[[channel]]
name = "hook"
kind = "webhook"
url_env = "HOOK_URL"
secret_env = "HOOK_SECRET"

[[channel]]
name = "mail"
kind = "email"
url_env = "MAIL_URL"
from = "desk@example.org"
to = ["one@example.org", "two@example.org"]

[[channel]]
name = "chat"
kind = "slack"
url_env = "CHAT_URL"
min_severity = "critical"

[[channel]]
name = "pager"
kind = "pagerduty"
secret_file = "/run/secrets/pager"

[[channel]]
name = "team"
kind = "feishu"
url_env = "TEAM_URL"

[[maintenance]]
name = "backup"
from = "23:00"
lasts = "2h"
time_zone = "Asia/Shanghai"
rules = ["disk", "slow-p95"]

[[maintenance]]
name = "all"
days = ["sun"]
from = "03:00"
lasts = "30m"
time_zone = "Europe/Berlin"
"#;

fn files() -> [AlertsFile; 2] {
    let known = Known {
        dependencies: &["search".to_owned()],
        channels: &[],
    };
    [None, Some(ELSE)].map(|text| load(text, known).unwrap())
}

/// The program that a variable names; without it there is nothing to ask.
fn named(variable: &str) -> Option<PathBuf> {
    let named = env::var_os(variable).filter(|it| !it.is_empty());
    named.map(PathBuf::from)
}

fn passes(program: &Path, directory: &TempDir, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{arguments:?}: {said}");
}

#[test]
fn promtool_takes_the_rules_and_their_tests_pass() {
    let Some(promtool) = named("TEST_PROMTOOL") else {
        return;
    };
    for file in files() {
        let directory = TempDir::new().unwrap();
        let source = source(&file);
        let rules = export::prometheus(&source);
        fs::write(directory.path().join("rules.yml"), rules).unwrap();
        let tests = export::prometheus_tests(&source);
        fs::write(directory.path().join("tests.yml"), tests).unwrap();
        passes(&promtool, &directory, &["check", "rules", "rules.yml"]);
        passes(&promtool, &directory, &["test", "rules", "tests.yml"]);
    }
}

#[test]
fn a_cause_hides_nothing_that_is_worse_than_itself() {
    let rules = r#"
version = 1
[[rule]]
name = "cause"
expr = "pool_used_ratio(5m) > 90%"
severity = "warning"
[[rule]]
name = "grave"
expr = "error_share(5m) > 50%"
severity = "critical"
depends_on = ["cause"]
[[rule]]
name = "slight"
expr = "error_share(5m) > 10%"
severity = "info"
depends_on = ["cause"]
"#;
    let exported = alertmanager(&load(Some(rules), Known::default()).unwrap());
    let of_cause: Vec<&str> = exported
        .split("- source_matchers: ")
        .filter(|rule| rule.starts_with(r#"["rule=\"cause\"""#))
        .collect();
    let [only] = of_cause.as_slice() else {
        panic!("{of_cause:#?}")
    };
    assert!(only.contains("slight") && !only.contains("grave"), "{only}");
}

#[test]
fn amtool_takes_the_configuration() {
    let Some(amtool) = named("TEST_AMTOOL") else {
        return;
    };
    for file in files() {
        let directory = TempDir::new().unwrap();
        let text = alertmanager(&file);
        fs::write(directory.path().join("alertmanager.yml"), text).unwrap();
        passes(&amtool, &directory, &["check-config", "alertmanager.yml"]);
    }
}

/// A rule that can't be said is named, and each that is said is tested from both sides.
#[test]
fn no_rule_is_left_out_without_a_word() {
    for file in files() {
        let source = source(&file);
        let (rules, tests) = (
            export::prometheus(&source),
            export::prometheus_tests(&source),
        );
        for rule in &file.rules {
            let name = &rule.name;
            let is_named = rules
                .lines()
                .any(|line| line.starts_with(&format!("# - {name}: ")));
            let is_said = rules.contains(&format!("rule: \"{name}\""));
            assert!(is_named != is_said, "{name}: {rules}");
            for what in ["over", "under"].into_iter().filter(|_| is_said) {
                let severity = rule.severity.name();
                let test = format!("- name: \"{name}, {severity}: {what}\"");
                assert!(tests.contains(&test), "{test} {tests}");
            }
        }
    }
}
