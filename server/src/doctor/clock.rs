//! This host's clock, against the databases' and against the newest thing on record.

use std::time::{Duration, SystemTime};

use ops::clock::{from_unix_millis, parse_rfc3339_millis, rfc3339_millis, unix_millis};
use ops::diagnosis::thresholds::CLOCK_JUMP;
use ops::log::tail;
use serde_json::Value;

use super::blocking;
use super::finding::{Finding, Level};
use crate::config::Config;
use crate::db::queries::session::Session;

const SUBJECT: &str = "clock";

/// From here on sessions, certificates and alerts go wrong.
const FAR: Duration = Duration::from_secs(60);

/// The time of the last line that was logged, in milliseconds since the Unix epoch.
pub async fn newest_line(config: &Config) -> Option<i64> {
    let path = config.logging.dir.join("app.log");
    let lines = blocking(move || tail(&path, 1)).await?.ok()?;
    let timestamp = lines.first()?.get("timestamp").and_then(Value::as_str)?;
    parse_rfc3339_millis(timestamp.as_bytes())
}

/// `recorded` and `logged` are when the newest of the desk's store and of the log was written.
pub fn findings(
    now: SystemTime,
    sessions: &[(&str, Session)],
    recorded: Option<i64>,
    logged: Option<i64>,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = sessions
        .iter()
        .filter_map(|(name, session)| of_database(name, session))
        .collect();
    for (ms, place) in [
        (logged, "the last line of app.log"),
        (recorded, "the newest in the desk's store"),
    ] {
        let ahead = ms.map_or(Duration::ZERO, |ms| {
            from_unix_millis(ms).duration_since(now).unwrap_or_default()
        });
        let at = ms
            .map(from_unix_millis)
            .map(rfc3339_millis)
            .unwrap_or_default();
        let text = format!("{place} is of {at}, {} s in the future", ahead.as_secs());
        let fix = "this host's clock was set back, or is wrong: look at its time service";
        found.extend(judged(ahead, text, fix));
    }
    if found.is_empty() {
        found.push(Finding::ok(
            SUBJECT,
            agreed(now, sessions, recorded.max(logged)),
        ));
    }
    found
}

fn of_database(name: &str, session: &Session) -> Option<Finding> {
    let off = Duration::from_millis(session.ahead_ms.unsigned_abs());
    let way = if session.ahead_ms < 0 {
        "behind"
    } else {
        "ahead of"
    };
    // Half of the round trip is what can't be known.
    let off = off.saturating_sub(session.round_trip / 2);
    let text = format!(
        "the clock of the {name}'s server is {:.1} s {way} this host's",
        off.as_secs_f64()
    );
    judged(off, text, "look at the time services of both hosts")
}

fn judged(off: Duration, text: String, fix: &str) -> Option<Finding> {
    let level = match off {
        off if off >= FAR => Level::Error,
        off if off >= CLOCK_JUMP => Level::Warning,
        _ => return None,
    };
    Some(Finding::graded(level, SUBJECT, text, fix))
}

fn agreed(now: SystemTime, sessions: &[(&str, Session)], newest_ms: Option<i64>) -> String {
    let mut parts = vec![rfc3339_millis(now)];
    parts.extend(sessions.iter().map(|(name, session)| {
        let ms = session.ahead_ms.unsigned_abs();
        format!("{ms} ms from the {name}'s server")
    }));
    parts.push(match newest_ms {
        Some(ms) => {
            let seconds = (unix_millis(now) - ms).max(0) / 1000;
            let seconds = u64::try_from(seconds).unwrap_or(0);
            format!("the newest on record is {}", app::ago_in_english(seconds))
        }
        None => "nothing is on record to compare it with".to_owned(),
    });
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(ahead_ms: i64, newest_ms: i64) -> Vec<Level> {
        let session = Session {
            ahead_ms,
            round_trip: Duration::from_millis(2000),
            tls: None,
        };
        let now = from_unix_millis(1_000_000_000);
        let newest = Some(1_000_000_000 + newest_ms);
        let found = findings(now, &[("registry", session)], None, newest);
        found.iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn what_the_round_trip_explains_is_no_difference() {
        assert_eq!(levels(-5900, -60_000), [Level::Ok]);
        assert_eq!(levels(6000, -60_000), [Level::Warning]);
        assert_eq!(levels(-61_000, -60_000), [Level::Error]);
    }

    #[test]
    fn a_clock_that_was_set_back_lies_before_what_is_on_record() {
        assert_eq!(levels(0, 4000), [Level::Ok]);
        assert_eq!(levels(0, 5000), [Level::Warning]);
        assert_eq!(levels(0, 3_600_000), [Level::Error]);
    }
}
