//! Those who look on: what `docker-compose.prod.yml` mounts for them is there, nobody but Grafana can be
//! reached from outside, and dashboards ask for metrics that are given out.

use std::collections::BTreeSet;
use std::fs;

use crate::source;

const COMPOSE: &str = "docker-compose.prod.yml";
const DASHBOARDS: &str = "deploy/observability/grafana/dashboards";

fn read(path: &str) -> String {
    source::read(&source::root().join(path))
}

/// The lines of each service, by its name.
fn services(compose: &str) -> Vec<(&str, String)> {
    let (_, rest) = compose.split_once("\nservices:\n").unwrap();
    let (services, _) = rest.split_once("\nvolumes:\n").unwrap();
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in services.lines() {
        let name = line.strip_prefix("  ").and_then(|it| it.strip_suffix(':'));
        match name.filter(|name| name.chars().all(|c| c.is_ascii_lowercase())) {
            Some(name) => found.push((name, String::new())),
            None => {
                if let Some((_, lines)) = found.last_mut() {
                    lines.push_str(line);
                    lines.push('\n');
                }
            }
        }
    }
    found
}

fn watching(compose: &str) -> Vec<(&str, String)> {
    let services = services(compose).into_iter();
    let watching = services.filter(|(_, lines)| lines.contains("<<: *watching"));
    watching.collect()
}

/// Docker makes a directory of what is missing, and the program inside fails to read it.
#[test]
fn what_is_mounted_is_there() {
    let compose = read(COMPOSE);
    let mounted: Vec<&str> = compose
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- ./"))
        .filter_map(|line| line.split_once(':'))
        .map(|(path, _)| path)
        .collect();
    assert!(mounted.len() >= 8, "{mounted:?}");
    let is_there = |path: &&str| source::root().join(path).exists();
    let missing: Vec<&str> = mounted.into_iter().filter(|it| !is_there(it)).collect();
    assert_eq!(missing, [""; 0]);
}

/// And none of their files lies about, mounted nowhere.
#[test]
fn each_file_for_those_who_look_on_is_mounted() {
    let compose = read(COMPOSE);
    let folder = fs::read_dir(source::root().join("deploy/observability")).unwrap();
    for entry in folder {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let mounted = format!("- ./deploy/observability/{name}");
        assert!(compose.contains(&mounted), "{name}");
    }
}

#[test]
fn only_grafana_is_published_and_on_this_machine_alone() {
    let compose = read(COMPOSE);
    let watching = watching(&compose);
    let names: Vec<&str> = watching.iter().map(|(name, _)| *name).collect();
    let known = [
        "prometheus",
        "alertmanager",
        "collector",
        "victorialogs",
        "jaeger",
        "grafana",
    ];
    assert_eq!(names, known);
    for (name, lines) in watching {
        let is_published = lines.contains("\n    ports:");
        assert_eq!(is_published, name == "grafana", "{name}");
        let is_local = lines.contains("ports: [\"127.0.0.1:");
        assert!(!is_published || is_local, "{name}");
        for network in ["front", "inside"] {
            assert!(!lines.contains(&format!("[{network}")), "{name}");
            assert!(!lines.contains(&format!(", {network}")), "{name}");
        }
        let (_, version) = lines.split_once("image: ").unwrap();
        let (_, version) = version.lines().next().unwrap().split_once(':').unwrap();
        assert!(version.contains(|c: char| c.is_ascii_digit()), "{name}");
    }
}

/// Names of samples, as the code says them: `Family::counter("x")` is written as `x_total`.
fn given_out() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in source::rust_files("server/src/desk/metrics") {
        let code = source::read(&file);
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut before = "";
        for (at, quoted) in code.split('"').enumerate() {
            if at % 2 == 0 {
                before = quoted;
                continue;
            }
            if !is_metric(quoted) {
                continue;
            }
            let suffixes: &[&str] = match before.trim_end() {
                it if it.ends_with("Family::counter(") => &["_total"],
                it if it.ends_with("Family::seconds_histogram(") => &["_bucket", "_sum", "_count"],
                it if it.ends_with("name:") => &["_info"],
                _ => &[""],
            };
            names.extend(suffixes.iter().map(|suffix| format!("{quoted}{suffix}")));
        }
    }
    names
}

fn is_metric(word: &str) -> bool {
    ["agent_source_db_", "http_server_", "db_client_", "process_"]
        .into_iter()
        .any(|start| word.starts_with(start))
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// What a dashboard asks Prometheus for: in expressions, and where values of variables come from.
fn asked_for(dashboard: &str) -> BTreeSet<String> {
    let asking = dashboard.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("\"expr\":") || line.starts_with("\"definition\":")
    });
    let words =
        asking.flat_map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')));
    words
        .filter(|it| is_metric(it))
        .map(str::to_owned)
        .collect()
}

#[test]
fn dashboards_ask_for_metrics_that_are_given_out() {
    let given_out = given_out();
    for name in [
        "http_server_request_duration_seconds_bucket",
        "agent_source_db_build_info",
        "agent_source_db_schemas",
        "process_cpu_seconds_total",
    ] {
        assert!(given_out.contains(name), "{name} of {given_out:?}");
    }
    for entry in fs::read_dir(source::root().join(DASHBOARDS)).unwrap() {
        let path = entry.unwrap().path();
        let asked_for = asked_for(&source::read(&path));
        assert!(asked_for.len() > 2, "{}: {asked_for:?}", path.display());
        let unknown: Vec<&String> = asked_for.difference(&given_out).collect();
        assert_eq!(unknown, [""; 0], "{}", path.display());
    }
}
