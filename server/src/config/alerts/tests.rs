//! Rules and channels as an operator configures them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;

use ops::alerts::Severity;
use ops::alerts::file::ChannelKind;
use tempfile::TempDir;

use super::super::{Config, Provenance};
use super::*;

/// A directory with a file of rules.
struct Desk {
    directory: TempDir,
}

impl Desk {
    fn new(rules: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("alerts.toml"), rules).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    fn load(&self, variables: &[(&str, &str)]) -> Result<(Setup, Vec<String>), String> {
        let file = self.path("alerts.toml");
        load(&[variables, &[("ALERTS_FILE", file.as_str())]].concat())
    }

    fn error(&self, variables: &[(&str, &str)]) -> String {
        let error = self.load(variables).unwrap_err();
        let prefix = format!("ALERTS_FILE: {}: ", self.path("alerts.toml"));
        assert_eq!(error.lines().count(), 1, "{error}");
        error.strip_prefix(&prefix).unwrap().to_owned()
    }
}

fn load(variables: &[(&str, &str)]) -> Result<(Setup, Vec<String>), String> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    let loaded = Config::load(|name| variables.get(name).map(OsString::from), None);
    let told = |(config, provenance): (Config, Provenance)| (config.alerts, provenance.warnings);
    loaded.map(told).map_err(|error| error.to_string())
}

fn names(setup: &Setup) -> Vec<&str> {
    setup.channels.iter().map(|it| it.name.as_str()).collect()
}

const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const PRODUCTION: [(&str, &str); 2] = [
    ("APP_ENV", "production"),
    (
        "SECRET_KEY",
        "0123456789012345678901234567890123456789012345678901234567890123",
    ),
];

const ALL_THREE: [(&str, &str); 6] = [
    ("ALERT_WEBHOOK_URL", "https://hook.example/t0ken"),
    ("ALERT_WEBHOOK_SECRET", KEY),
    (
        "ALERT_SLACK_WEBHOOK_URL",
        "https://hooks.slack.com/services/t0ken",
    ),
    ("ALERT_EMAIL_TO", "a@example.org, Bob <b@example.org>"),
    ("ALERT_EMAIL_FROM", "desk@example.org"),
    ("SMTP_URL", "smtp://u:t0ken@mail.example"),
];

#[test]
fn without_anything_the_built_in_rules_hold_and_nobody_is_told() {
    let (setup, warnings) = load(&[]).unwrap();
    assert!(setup.rules.iter().any(|rule| rule.name == "database"));
    assert!(setup.channels.is_empty() && warnings.is_empty());
    assert_eq!(
        (setup.file, setup.fingerprint, setup.public_url),
        (None, None, None)
    );
    assert!(setup.heartbeat_url.is_none());
}

#[test]
fn each_variable_makes_a_channel_that_every_rule_tells() {
    let (setup, _) = load(&ALL_THREE).unwrap();
    assert_eq!(names(&setup), ["webhook", "slack", "email"]);
    let kinds: Vec<_> = setup.channels.iter().map(|it| it.kind()).collect();
    let expected = [ChannelKind::Webhook, ChannelKind::Slack, ChannelKind::Email];
    assert_eq!(kinds, expected);
    assert!(
        setup
            .channels
            .iter()
            .all(|it| it.min_severity == Severity::Warning)
    );
    assert!(
        setup
            .rules
            .iter()
            .all(|rule| rule.channels == names(&setup))
    );
    assert!(!format!("{setup:?}").contains("t0ken"));
}

#[test]
fn a_channel_of_the_file_takes_the_place_of_the_variable_that_it_names() {
    let desk = Desk::new(
        "version = 1\n[[channel]]\nname = \"webhook\"\nkind = \"webhook\"\nurl_env = \"ALERT_WEBHOOK_URL\"\n",
    );
    let (setup, warnings) = desk.load(&ALL_THREE).unwrap();
    assert_eq!(names(&setup), ["slack", "email", "webhook"]);
    assert_eq!(warnings, [""; 0]);
    assert_eq!(setup.channels[2].min_severity, Severity::Info);
    assert_eq!(setup.fingerprint.unwrap().len(), 12);
}

#[test]
fn of_two_channels_of_one_name_the_files_holds_and_a_warning_says_so() {
    let desk = Desk::new(
        "version = 1\n[[channel]]\nname = \"slack\"\nkind = \"slack\"\nurl_env = \"OURS\"\n",
    );
    let ours = ("OURS", "https://hooks.slack.com/services/ours");
    let (setup, warnings) = desk.load(&[ours, ALL_THREE[2]]).unwrap();
    assert_eq!(names(&setup), ["slack"]);
    assert_eq!(
        warnings,
        ["ALERT_SLACK_WEBHOOK_URL makes no channel: the file of rules has one of the name slack"]
    );
}

#[test]
fn half_a_configuration_of_mail_names_what_is_missing() {
    let mail = &ALL_THREE[3..];
    for missing in mail {
        let given: Vec<_> = mail
            .iter()
            .filter(|it| it.0 != missing.0)
            .copied()
            .collect();
        let error = load(&given).unwrap_err();
        assert!(
            error.starts_with(&format!("{}: unset, but mail needs", missing.0)),
            "{error}"
        );
    }
}

#[test]
fn a_wrong_value_names_the_variable_and_repeats_no_secret() {
    for (name, bad) in [
        ("PUBLIC_URL", "https://desk.example/prefix"),
        ("ALERT_WEBHOOK_URL", "t0ken"),
        ("ALERT_WEBHOOK_SECRET", "t0ken"),
        ("ALERT_SLACK_WEBHOOK_URL", "ftp://t0ken"),
        ("ALERT_EMAIL_TO", "a@example.org, nobody"),
        ("ALERT_EMAIL_FROM", "nobody"),
        ("SMTP_URL", "smtp://u:t0ken@mail.example?tls=maybe"),
        ("HEARTBEAT_URL", "t0ken"),
    ] {
        let mut variables = ALL_THREE.to_vec();
        variables.retain(|it| it.0 != name);
        variables.push((name, bad));
        let error = load(&variables).unwrap_err();
        assert!(error.starts_with(&format!("{name}: ")), "{error}");
        assert!(
            error.lines().count() == 1 && !error.contains("t0ken"),
            "{error}"
        );
        assert!(error.contains("; try "), "{error}");
    }
}

#[test]
fn a_wrong_file_is_one_line_with_its_place() {
    let desk = Desk::new("version = 1\n[[rule]]\nname = \"disk\"\nevery = \"never\"\n");
    let error = desk.error(&[]);
    assert!(
        error.starts_with("line 4, column 9: rule `disk`: "),
        "{error}"
    );
    let desk = Desk::new("version = 1\n[[rule]]\nname = \"disk\"\nchannels = [\"mail\"]\n");
    assert!(desk.error(&[]).contains("there is no channel `mail`"));
    fs::remove_file(desk.path("alerts.toml")).unwrap();
    assert_eq!(desk.error(&[]), "can't be read (entity not found)");
    fs::write(desk.path("alerts.toml"), b"\xff").unwrap();
    assert!(desk.error(&[]).starts_with("is not valid UTF-8"));
}

#[test]
fn a_channel_without_its_secret_is_an_error_in_production_and_left_out_elsewhere() {
    let desk = Desk::new(
        "version = 1\n[[channel]]\nname = \"page\"\nkind = \"pagerduty\"\nsecret_env = \"PAGER\"\n[[rule]]\nname = \"disk\"\nchannels = [\"page\"]\n",
    );
    let missing = "channel `page`: the variable PAGER is unset or empty";
    assert_eq!(desk.error(&PRODUCTION), missing);
    let (setup, warnings) = desk.load(&[]).unwrap();
    assert!(setup.channels.is_empty());
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].ends_with(&format!("{missing}; the channel is left out")));
    let (setup, warnings) = desk.load(&[("PAGER", "R0UT1NG")]).unwrap();
    assert_eq!((names(&setup), warnings.len()), (vec!["page"], 0));
}

#[test]
fn secrets_come_out_of_files_without_white_space() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("url");
    let desk = Desk::new(&format!(
        "version = 1\n[[channel]]\nname = \"chat\"\nkind = \"wecom\"\nurl_file = \"{}\"\n",
        secret.display()
    ));
    fs::write(&secret, " https://chat.example/?key=t0ken\n").unwrap();
    assert_eq!(names(&desk.load(&PRODUCTION).unwrap().0), ["chat"]);
    fs::write(&secret, "chat.example/?key=t0ken").unwrap();
    let error = desk.error(&[]);
    assert!(
        error.contains("is not an address") && !error.contains("t0ken"),
        "{error}"
    );
    fs::write(&secret, "\n").unwrap();
    assert!(desk.error(&PRODUCTION).ends_with("is empty"));
    fs::remove_file(&secret).unwrap();
    assert!(
        desk.error(&PRODUCTION)
            .ends_with("can't be read (entity not found)")
    );
}

#[test]
fn the_variable_with_the_public_address_wins_over_the_file() {
    let desk = Desk::new("version = 1\n[notify]\npublic_url = \"https://file.example/\"\n");
    let url = |variables: &[(&str, &str)]| desk.load(variables).unwrap().0.public_url.unwrap();
    assert_eq!(url(&[]), "https://file.example");
    assert_eq!(
        url(&[("PUBLIC_URL", "https://desk.example/")]),
        "https://desk.example"
    );
}
