//! Channels and maintenance by example: what they need, what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::tests::{refused, rule};
use super::*;
use crate::alerts::severity::Severity;

#[test]
fn channels_are_all_that_there_are_unless_a_rule_names_some() {
    let text = "version = 1
[[channel]]
name = \"page\"
kind = \"pagerduty\"
secret_env = \"PAGERDUTY_KEY\"
min_severity = \"critical\"
[[channel]]
name = \"mail\"
kind = \"email\"
url_file = \"/run/secrets/smtp\"
from = \"desk@example.org\"
to = [\"oncall@example.org\"]
[[rule]]
name = \"disk\"
channels = [\"mail\"]
";
    let known = ["default".to_owned()];
    let known = Known {
        channels: &known,
        ..Known::default()
    };
    let file = load(Some(text), known).unwrap();
    assert_eq!(rule(&file, "memory").channels, ["default", "page", "mail"]);
    assert_eq!(rule(&file, "disk").channels, ["mail"]);
    let page = file.channels.first().unwrap();
    assert_eq!(
        page.secret,
        Some(SecretPlace::Variable("PAGERDUTY_KEY".into()))
    );
    assert_eq!(page.min_severity, Severity::Critical);
}

#[test]
fn no_secret_is_taken_from_a_file_or_repeated_from_it() {
    let channel = "version = 1\n[[channel]]\nname = \"c\"\nkind = \"slack\"\n";
    for line in [
        "url = \"https://hooks.example/T0KEN\"",
        "url_env = \"https://hooks.example/T0KEN\"",
        "url_file = \"https://hooks.example/T0KEN\"",
        "url_env = \"A\"\nsecret = \"T0KEN\"",
        "url_env = \"A\"\ntoken = \"T0KEN\"",
        "url_env = \"A\"\nurl_file = \"T0KEN\"",
        "url_env = [\"T0KEN\"]",
        "url_env = \"T0KEN",
    ] {
        let found = refused(&format!("{channel}{line}"));
        assert!(found.contains("line "), "{found}");
        assert!(!found.contains("T0KEN"), "{found}");
    }
}

#[test]
fn a_channel_has_what_its_kind_needs() {
    let channel = |rest: &str| refused(&format!("version = 1\n[[channel]]\nname = \"c\"\n{rest}"));
    assert!(channel("kind = \"slack\"").contains("channel `c`: `url_env` is missing"));
    assert!(channel("kind = \"slak\"").contains("did you mean `slack`?"));
    assert!(channel("kind = \"pagerduty\"").contains("the variable that has the routing key"));
    assert!(channel("kind = \"email\"\nurl_env = \"A\"").contains("mail needs `from` and `to`"));
    assert!(
        channel("kind = \"slack\"\nurl_env = \"A\"\nformat = \"alertmanager\"")
            .contains("`format` goes with kind = \"webhook\" only")
    );
}

#[test]
fn a_maintenance_window_has_a_place() {
    let window = |rest: &str| {
        refused(&format!(
            "version = 1\n[[maintenance]]\nname = \"w\"\nlasts = \"1h\"\n{rest}"
        ))
    };
    assert!(window("from = \"03:00\"").contains("`time_zone` is missing"));
    assert!(
        window("from = \"03:00\"\ntime_zone = \"Europe/Berln\"")
            .contains("did you mean `Europe/Berlin`?")
    );
    assert!(window("from = \"24:00\"\ntime_zone = \"UTC\"").contains("a time of day"));
    assert!(window("from = \"3:00\"\ntime_zone = \"UTC\"").contains("a time of day"));
    assert!(
        window("from = \"03:00\"\ntime_zone = \"UTC\"\nrules = [\"x\"]")
            .contains("there is no rule `x`")
    );
    assert!(
        window("from = \"03:00\"\ntime_zone = \"UTC\"\ndays = []").contains("it would never begin")
    );
    assert!(
        window("from = \"03:00\"\ntime_zone = \"UTC\"\ndays = [\"monday\"]")
            .contains("`monday` is not known")
    );
}
