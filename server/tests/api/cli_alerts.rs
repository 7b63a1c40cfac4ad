//! `alerts check`, and a start with a file of rules.

use std::fs;

use crate::support::{Database, Home};

const GOOD: &str = r#"version = 1

[[rule]]
name = "busy"
expr = "requests(1m) > 1000"

[[channel]]
name = "chat"
kind = "slack"
url_env = "CHAT_URL"

[[maintenance]]
name = "backup"
from = "03:00"
lasts = "30m"
time_zone = "Asia/Shanghai"
"#;

const TOKEN: &str = "https://hooks.slack.com/services/T0KEN";

/// How many rules are on without a file.
async fn built_in(home: &Home) -> usize {
    let finished = home.run(&["alerts", "check"], &[]).await;
    let said = finished.stdout[0].clone();
    let rules = said.strip_suffix(" rules, 0 channels, 0 maintenance windows");
    rules.expect(&said).parse().unwrap()
}

#[tokio::test]
async fn a_right_file_is_summed_up() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(home.path("alerts.toml"), GOOD).unwrap();
    let rules = built_in(&home).await + 1;
    let expected = [format!("{rules} rules, 1 channel, 1 maintenance window")];
    let chat = ("CHAT_URL", TOKEN);
    for (arguments, environment) in [
        (&["alerts", "check", "alerts.toml"][..], &[chat][..]),
        (
            &["alerts", "check"],
            &[chat, ("ALERTS_FILE", "alerts.toml")],
        ),
    ] {
        let finished = home.run(arguments, environment).await;
        assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
        assert_eq!(finished.stdout, expected);
        assert_eq!(finished.stderr, [""; 0]);
    }
    // A machine that only judges the file need not have the channels' addresses.
    let finished = home.run(&["alerts", "check", "alerts.toml"], &[]).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
    assert!(finished.stderr[0].contains("channel `chat`: the variable CHAT_URL is unset"));
}

#[tokio::test]
async fn a_wrong_file_ends_check_and_start_alike_with_one_line() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(
        home.path("alerts.toml"),
        GOOD.replace("requests(1m)", "request(1m)"),
    )
    .unwrap();
    let file = [("ALERTS_FILE", "alerts.toml")];
    for arguments in [&["alerts", "check"][..], &["serve"]] {
        let finished = home.run(arguments, &file).await;
        assert_eq!(finished.code(), 2);
        assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
        let said = &finished.stderr[0];
        let place = "error: ALERTS_FILE: alerts.toml: line 5, column 9: rule `busy`: ";
        assert!(said.starts_with(place), "{said}");
    }
    let finished = home.run(&["alerts", "check", "none.toml"], &file).await;
    assert_eq!(finished.code(), 2);
    let expected = "error: ALERTS_FILE: none.toml: can't be read (entity not found)";
    assert_eq!(finished.stderr, [expected]);
}

#[tokio::test]
async fn config_shows_no_address_of_a_channel() {
    let home = Home::new(Database::Sqlite).await;
    let environment = [
        ("ALERT_SLACK_WEBHOOK_URL", TOKEN),
        ("HEARTBEAT_URL", "https://ping.example/T0KEN"),
        ("SMTP_URL", "smtp://u:T0KEN@mail.example"),
        ("ALERT_EMAIL_TO", "oncall@example.org"),
        ("ALERT_EMAIL_FROM", "desk@example.org"),
    ];
    let finished = home.run(&["config"], &environment).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    let shown = finished.stdout.join("\n");
    assert!(
        shown.contains("ALERT_SLACK_WEBHOOK_URL=***  # environment"),
        "{shown}"
    );
    assert!(!shown.contains("T0KEN"), "{shown}");
}

#[tokio::test]
async fn the_export_says_where_a_secret_stands_and_never_the_secret() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(home.path("alerts.toml"), GOOD).unwrap();
    let environment = [
        ("CHAT_URL", TOKEN),
        ("ALERT_WEBHOOK_URL", "https://hook.example/T0KEN"),
        ("SMTP_URL", "smtp://u5er:T0KEN@mail.example"),
        ("ALERT_EMAIL_TO", "oncall@example.org"),
        ("ALERT_EMAIL_FROM", "desk@example.org"),
    ];
    let arguments = |format| ["alerts", "export", "--file=alerts.toml", "--format", format];
    for (format, expected) in [
        ("prometheus", "- alert: \"Busy\""),
        ("prometheus-tests", "- name: \"busy, warning: over\""),
        ("alertmanager", "# Holds the value of CHAT_URL."),
        (
            "alertmanager",
            "- url: \"https://replace.invalid/ALERT_WEBHOOK_URL\"",
        ),
        ("alertmanager", "smarthost: \"mail.example:587\""),
        (
            "alertmanager",
            "# Name and password stand in the value of SMTP_URL; the file has the password alone.",
        ),
        ("alertmanager", "mute_time_intervals: [\"backup\"]"),
    ] {
        let finished = home.run(&arguments(format), &environment).await;
        assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
        let said = |line: &String| line.trim() == expected;
        assert!(
            finished.stdout.iter().any(said),
            "{expected}: {:?}",
            finished.stdout
        );
        let all = finished.stdout.join("\n");
        for secret in ["T0KEN", "u5er", "hook.example"] {
            assert!(!all.contains(secret), "{all}");
        }
    }
}
