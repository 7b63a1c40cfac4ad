//! How values stand in a line, and that no secret does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};
use tracing::{error, info, info_span, warn};

use super::super::file_kind::LogFile;
use super::super::layer_fixture::{Fixture, app_line};
use super::*;

#[derive(Debug)]
struct Failure(&'static str, Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.1.as_deref()?)
    }
}

#[test]
fn an_error_is_its_chain_from_the_outermost_in() {
    let inner = Failure("refused for postgres://u:hunter2@h/", None);
    let failure = Failure(
        "no list",
        Some(Box::new(Failure("no pool", Some(Box::new(inner))))),
    );
    let line = app_line(|| error!(error = &failure as &dyn Error, "m"));
    let chain = json!(["no list", "no pool", "refused for postgres://***@h/"]);
    assert_eq!(line["error"], chain);

    let line = app_line(|| error!(error = %failure, "m"));
    assert_eq!(line["error"], json!(["no list"]));
}

#[test]
fn numbers_stay_numbers() {
    let line = app_line(|| {
        info!(
            ratio = 0.5,
            nan = f64::NAN,
            infinite = f64::INFINITY,
            huge = 1e300,
            big = u64::MAX,
            bigger = u128::MAX,
            negative = -1_i128,
            yes = true,
            "m"
        );
    });
    assert_eq!(line["ratio"], 0.5);
    assert_eq!(line["nan"], Value::Null);
    assert_eq!(line["infinite"], Value::Null);
    assert_eq!(line["huge"], 1e300);
    assert_eq!(line["big"], u64::MAX);
    assert_eq!(line["bigger"], u128::MAX.to_string());
    assert_eq!(line["negative"], -1);
    assert_eq!(line["yes"], true);
}

#[test]
fn access_lines_have_all_their_fields_even_if_empty() {
    let fixture = Fixture::new("info");
    fixture.run(|| {
        let (nobody, agent) = (None::<&str>, None::<&str>);
        let _span = info_span!("request", user_agent = "known").entered();
        info!(target: "access", user = nobody, user_agent = agent, bytes = 0, "GET / 200");
        info!(user = nobody, "m");
    });
    let lines = fixture.lines(LogFile::App);
    assert_eq!(lines[0]["user"], Value::Null);
    assert_eq!(lines[0]["user_agent"], "known");
    assert!(!lines[1].contains_key("user"));
}

#[test]
fn long_values_are_cut_and_the_line_says_so() {
    let long = "ä".repeat(100_000);
    let line = app_line(|| info!(agent = long, debug = ?long, "{long}"));
    for key in ["agent", "debug", "message"] {
        let value = line[key].as_str().unwrap();
        assert!(value.ends_with("…[truncated]"), "{key}");
        assert!(value.len() < 33 * 1024, "{key}");
    }
}

#[test]
fn printing_without_end_is_stopped() {
    struct Endless;
    impl fmt::Debug for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("on and on ")?;
            }
        }
    }
    let line = app_line(|| info!(endless = ?Endless, "m"));
    assert!(line["endless"].as_str().unwrap().ends_with("…[truncated]"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_planted_secret_reaches_no_file_and_no_console(
        secret in "[A-Za-z0-9]{12,40}",
        around in "\\PC{0,10}",
    ) {
        prop_assume!(!around.contains(&secret));
        let fixture = Fixture::new("trace");
        fixture.run(|| {
            let _span = info_span!("request", session = %secret,
                referer = format!("https://h/?a={around}&api_key={secret}&b")).entered();
            error!(
                password = secret,
                authorization = ?secret,
                uri = format!("/x?access_token={secret}&a=1"),
                headers = ?[("cookie", &secret)].into_iter().collect::<std::collections::BTreeMap<_, _>>(),
                error = format!("postgres://u:{secret}@h refused"),
                token = u64::from(secret.as_bytes()[0]) << 32,
                "tried {around} with Bearer {secret}"
            );
        });
        for file in LogFile::ALL {
            let text = fixture.text(file);
            prop_assert!(!text.contains(&secret), "{}", text);
        }
        prop_assert_eq!(&fixture.lines(LogFile::App)[0]["token"], "***");
        prop_assert!(!fixture.screen.text().contains(&secret), "{}", fixture.screen.text());
    }

    #[test]
    fn whatever_is_logged_is_one_line_that_parses(text in any::<String>(), other in any::<String>()) {
        let fixture = Fixture::new("trace");
        fixture.run(|| {
            let _span = info_span!("s", other).entered();
            warn!(text, debug = ?text, "{text}");
        });
        prop_assert_eq!(fixture.lines(LogFile::App).len(), 1);
        prop_assert_eq!(fixture.lines(LogFile::Error).len(), 1);
        prop_assert_eq!(fixture.screen.text().lines().count(), 1);
    }
}
