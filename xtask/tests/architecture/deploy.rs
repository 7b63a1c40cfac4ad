//! What operators are given says the same everywhere, and names nothing that the service does not
//! know.

use std::collections::BTreeSet;

use crate::source;

/// Files that set variables of the service, as `NAME=value` or `NAME: value`.
const SETTINGS: [&str; 8] = [
    ".env.prod.example",
    ".env.prod.db.example",
    ".env.prod.grafana.example",
    "docker-compose.prod.yml",
    "Dockerfile",
    "deploy/kubernetes/configmap.yaml",
    "deploy/kubernetes/secret.example.yaml",
    "deploy/systemd/agent-source-db.service",
];

/// Set there, and somebody else's: PostgreSQL's image, Docker's build, those who look on.
const OF_OTHERS: [&str; 9] = [
    "POSTGRES_",
    "GF_",
    "GOMEMLIMIT",
    "JAEGER_",
    "VICTORIALOGS_URL",
    "RUST_IMAGE",
    "NODE_IMAGE",
    "RUNTIME_IMAGE",
    "GIT_COMMIT",
];

fn read(path: &str) -> String {
    source::read(&source::root().join(path))
}

/// A line's name and value, if it sets a variable.
fn setting(line: &str) -> Option<(&str, &str)> {
    let line = line
        .trim()
        .trim_start_matches("ENV ")
        .trim_start_matches("Environment=");
    let end = line.find(|c: char| !(c.is_ascii_uppercase() || c == '_'))?;
    let (name, rest) = line.split_at_checked(end)?;
    let value = rest.strip_prefix('=').or_else(|| rest.strip_prefix(": "))?;
    let value = value.trim_end_matches(['\\', ' ']).trim_matches('"');
    (name.len() > 3).then_some((name, value))
}

fn value(path: &str, name: &str) -> String {
    let text = read(path);
    let found = text
        .lines()
        .filter_map(setting)
        .find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("{path} sets no {name}"))
        .1
        .to_owned()
}

/// The first number that follows `words`.
fn number(path: &str, words: &str) -> u64 {
    let text = read(path);
    let (_, rest) = text
        .split_once(words)
        .unwrap_or_else(|| panic!("{path} has no {words:?}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{path}: no number follows {words:?}"))
}

/// The names in the one table of variables.
fn known() -> BTreeSet<String> {
    let table = read("server/src/config/variables.rs");
    let row = |line: &str| {
        let (name, rest) = line.trim().split_once(": ")?;
        let is_row =
            rest.contains(" = \"") && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        is_row.then(|| name.to_owned())
    };
    table.lines().filter_map(row).collect()
}

#[test]
fn every_variable_that_is_set_is_one_that_the_service_knows() {
    let known = known();
    assert!(known.contains("SHUTDOWN_DELAY_SECONDS"), "{known:?}");
    for path in SETTINGS {
        let text = read(path);
        let set: BTreeSet<&str> = text
            .lines()
            .filter_map(setting)
            .map(|(name, _)| name)
            .collect();
        assert!(!set.is_empty(), "{path} sets nothing");
        let unknown: Vec<&str> = set
            .into_iter()
            .filter(|name| !known.contains(*name))
            .filter(|name| !OF_OTHERS.iter().any(|other| name.starts_with(other)))
            .collect();
        assert_eq!(unknown, [""; 0], "{path}");
    }
}

#[test]
fn whoever_stops_the_service_gives_it_the_time_that_it_takes() {
    let takes = |path: &str| {
        let seconds = |name: &str| value(path, name).parse::<u64>().unwrap();
        seconds("SHUTDOWN_DELAY_SECONDS") + seconds("SHUTDOWN_GRACE_SECONDS")
    };
    let compose = "docker-compose.prod.yml";
    let given = number(
        compose,
        "# Delay, grace, and a little more.\n    stop_grace_period: ",
    );
    assert!(given > takes(compose), "{compose}: {given} s");
    let deployment = "deploy/kubernetes/deployment.yaml";
    let given = number(deployment, "terminationGracePeriodSeconds: ");
    assert!(
        given > takes("deploy/kubernetes/configmap.yaml"),
        "{deployment}: {given} s"
    );
}

/// Or a rolling restart meets a moment with nobody to ask: see nginx.conf.
#[test]
fn nginx_asks_again_before_the_next_one_goes() {
    let delay = value("docker-compose.prod.yml", "SHUTDOWN_DELAY_SECONDS");
    let delay: u64 = delay.parse().unwrap();
    assert!(number("nginx.conf", "fail_timeout=") < delay);
    assert!(number("nginx.conf", "keepalive_timeout ") < delay);
    let kept = number(
        "server/src/config/variables.rs",
        "KEEP_ALIVE_SECONDS: Plain = \"",
    );
    assert!(number("nginx.conf", "keepalive_timeout ") < kept);
}

/// Neither does the database get the service's secrets, nor is the service the database's superuser.
#[test]
fn the_database_is_given_its_own_variables_only() {
    let compose = read("docker-compose.prod.yml");
    let (_, rest) = compose.split_once("\n  db:\n").unwrap();
    let (db, _) = rest.split_once("\n  web:\n").unwrap();
    assert!(db.contains("env_file: [{path: .env.prod.db,"), "{db}");
    assert!(!db.contains(".env.prod,"), "{db}");
    let example = read(".env.prod.db.example");
    let set: Vec<_> = example
        .lines()
        .filter_map(setting)
        .chain(db.lines().filter_map(setting))
        .collect();
    assert!(set.len() >= 4, "{set:?}");
    for (name, _) in &set {
        assert!(name.starts_with("POSTGRES_"), "{name}");
    }
    let superuser = set
        .iter()
        .find(|(name, _)| *name == "POSTGRES_USER")
        .unwrap()
        .1;
    let url = value(".env.prod.example", "DATABASE_URL");
    assert!(!url.contains(&format!("//{superuser}:")), "{url}");
    for line in ["read_only: true", "cap_drop: [ALL]"] {
        assert!(db.contains(line), "{line}");
    }
}

/// Whoever is in there may name any client's address: it is for the operator to say who.
#[test]
fn the_manifests_trust_no_proxy_until_they_are_told() {
    assert_eq!(
        value("deploy/kubernetes/configmap.yaml", "TRUSTED_PROXIES"),
        ""
    );
    let listed = read("deploy/kubernetes/kustomization.yaml");
    assert!(listed.contains("- networkpolicy.yaml"), "{listed}");
}
