//! The system status as lines for a terminal: what the page's first line and its cards say, in the
//! same words, in English.

use crate::cards::checks::judge;
use crate::cards::first_line::standing;
use crate::cards::verdict::{all_checks_pass, newest_error};
use crate::components::coverage::collected;
use crate::components::state::State;
use crate::dto::{Data, Logging, Range, Status, Traffic, Vendor, VerdictState};
use crate::view::numbers::{bytes, grouped, milliseconds_or_dash, percent, visible};
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

const DAY_MINUTES: u32 = 1440;
/// Above the longest label.
const LABEL_CHARS: usize = 16;

/// One line. Nothing in it can turn the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalLine {
    pub tone: Tone,
    pub text: String,
}

/// What a terminal may show by colour; the text says it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warning,
    Bad,
}

impl From<State> for Tone {
    fn from(state: State) -> Self {
        match state {
            State::Ok => Self::Good,
            State::Warning => Self::Warning,
            State::Error => Self::Bad,
            State::Unknown => Self::Plain,
        }
    }
}

/// The verdict and its findings first, then a line a card. Times are in UTC.
pub fn status_in_terminal(status: &Status) -> Vec<TerminalLine> {
    let settings = ViewSettings::at(&Viewer::default(), &status.generated_at);
    let mut lines = first_lines(settings, status);
    lines.push(fact("", String::new()));
    lines.extend(service_and_database(settings, status));
    for (name, check) in &status.checks {
        let (state, text) = judge(settings, check);
        let latency = check.latency_ms.map(|ms| milliseconds_or_dash(Some(ms)));
        let text = format!("{} {text} {}", state.symbol(), latency.unwrap_or_default());
        let tone = if state == State::Ok {
            Tone::Plain
        } else {
            state.into()
        };
        lines.push(TerminalLine {
            tone,
            ..fact((settings.t.check_name)(name), text)
        });
    }
    lines.push(traffic(settings, status.traffic_24h.as_ref(), status));
    lines.push(data(settings, status.data.as_ref(), status));
    lines.extend(logging(settings, &status.logging));
    lines.push(fact(settings.t.updated, status.generated_at.clone()));
    lines
}

fn first_lines(settings: ViewSettings, status: &Status) -> Vec<TerminalLine> {
    let t = &settings.t.diagnosis;
    let verdict = &status.verdict;
    let state = State::from(verdict.state);
    let since = if verdict.state == VerdictState::Ok {
        String::new()
    } else {
        format!(" · {} {}", t.since, verdict.since)
    };
    let sentence = t.sentence(verdict.state);
    let mut lines = vec![line(
        state.into(),
        &format!("{} {sentence}{since}", state.symbol()),
    )];
    for incident in &status.incidents {
        let state = State::from(incident.severity);
        let (title, standing) = (&incident.title, standing(settings, incident));
        let text = format!("  {} {title}{standing}", state.symbol());
        lines.push(line(state.into(), &text));
    }
    lines.extend(all_checks_pass(settings, status).map(|text| line(Tone::Plain, &text)));
    for finding in &verdict.findings {
        let state = State::from(finding.severity);
        // Its text was made by the function that the page's words come from.
        let text = format!("  {} {}", state.symbol(), finding.text);
        lines.push(line(state.into(), &text));
    }
    let newest = status.recent_errors.as_deref().and_then(newest_error);
    if let Some(error) = newest {
        let word = |name: &str| error.get(name).and_then(|value| value.as_str());
        let text = format!(
            "{} {}: {}",
            settings.t.last_error,
            word("timestamp").unwrap_or_default(),
            word("message").unwrap_or_default()
        );
        lines.push(line(Tone::Plain, &text));
    }
    lines
}

fn service_and_database(settings: ViewSettings, status: &Status) -> Vec<TerminalLine> {
    let t = settings.t;
    let service = &status.service;
    let database = &status.database;
    let vendor = match database.vendor {
        Vendor::Postgresql => "PostgreSQL",
        Vendor::Sqlite => "SQLite",
    };
    let condition = match database.error {
        Some(code) => (t.unavailable)((t.code)(code)),
        None => milliseconds_or_dash(database.latency_ms),
    };
    let version = database
        .version
        .as_deref()
        .map(|version| format!(" {version}"));
    let pool = database.pool;
    vec![
        fact(
            t.service,
            format!("{} {} ({})", service.name, service.version, service.commit),
        ),
        fact(t.instance, service.instance.clone()),
        fact(t.uptime, (t.duration)(service.uptime_seconds)),
        fact(
            t.database,
            format!(
                "{vendor}{} · {condition} · {}",
                version.unwrap_or_default(),
                (t.pool_use)(pool.active, pool.idle, pool.max)
            ),
        ),
    ]
}

fn traffic(settings: ViewSettings, day: Option<&Traffic>, status: &Status) -> TerminalLine {
    let t = settings.t;
    let Some(day) = day else {
        let code = status.traffic_24h_error.map_or(t.error, t.code);
        return fact(t.last_24_hours, (t.unavailable)(code));
    };
    let counted = |label: &str, count: u64| format!("{label} {}", grouped(count));
    let mut parts = vec![
        counted(t.requests, day.requests),
        format!(
            "{} ({})",
            counted(t.server_errors, day.errors),
            percent(day.error_rate)
        ),
        counted(t.client_errors, day.client_errors),
        format!("{} {}", t.average, milliseconds_or_dash(day.avg_ms)),
        format!("P95 {}", milliseconds_or_dash(day.p95_ms)),
    ];
    let error = status.traffic_24h_error;
    parts.extend(error.map(|code| (t.store_unreachable)((t.code)(code))));
    parts.extend(collected(
        settings,
        day.covered_minutes,
        DAY_MINUTES,
        Range::default(),
    ));
    fact(t.last_24_hours, parts.join(" · "))
}

fn data(settings: ViewSettings, data: Option<&Data>, status: &Status) -> TerminalLine {
    let t = settings.t;
    let late = status
        .data_error
        .map(|code| (t.unavailable)((t.code)(code)));
    let Some(data) = data else {
        return fact(t.registry, late.unwrap_or_else(|| t.error.to_owned()));
    };
    let nouns = [
        (t.agent_cards, data.agentcards),
        (t.namespaces, data.namespaces),
        (t.schemas, data.schemas),
    ];
    let mut parts: Vec<String> = nouns
        .map(|(noun, count)| format!("{noun} {} ({} {})", count.total, count.active, t.active))
        .into();
    parts.extend(late);
    let measured_at = status.data_measured_at.as_deref();
    parts.extend(measured_at.map(|at| format!("{} {at}", t.last_answer)));
    fact(t.registry, parts.join(" · "))
}

fn logging(settings: ViewSettings, logging: &Logging) -> Vec<TerminalLine> {
    let t = settings.t;
    let mut parts: Vec<String> = logging
        .files
        .iter()
        .map(|file| format!("{} {}", file.name, bytes(file.bytes)))
        .collect();
    parts.push(format!(
        "{} {}",
        t.dropped_lines,
        grouped(logging.dropped_lines)
    ));
    if logging.held_back_lines > 0 {
        parts.push(format!(
            "{} {}",
            t.held_back_lines,
            grouped(logging.held_back_lines)
        ));
    }
    vec![fact(t.logs, parts.join(" · "))]
}

fn fact(label: &str, text: String) -> TerminalLine {
    let label = format!("{label:<LABEL_CHARS$}");
    line(Tone::Plain, format!("{label}{text}").trim_end())
}

fn line(tone: Tone, text: &str) -> TerminalLine {
    TerminalLine {
        tone,
        text: visible(text).replace(['\n', '\t'], " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding_in_english;
    use crate::fixtures::incidents::open;
    use crate::fixtures::{broken, healthy};

    fn text(status: &Status) -> String {
        let lines = status_in_terminal(status);
        let lines = lines.into_iter().map(|line| line.text);
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_calm_day_in_a_terminal() {
        insta::assert_snapshot!(text(&healthy()));
    }

    #[test]
    fn each_finding_is_told_in_the_words_of_the_page() {
        let mut status = broken();
        for finding in &mut status.verdict.findings {
            finding.text = finding_in_english(finding);
        }
        let shown = text(&status);
        assert!(!status.verdict.findings.is_empty());
        for finding in &status.verdict.findings {
            assert!(shown.contains(&finding_in_english(finding)), "{shown}");
        }
        assert!(
            shown.contains("PostgreSQL · Not available: connection refused"),
            "{shown}"
        );
        assert!(!shown.contains("All "), "not all checks pass: {shown}");
    }

    #[test]
    fn the_first_line_is_the_verdict_in_its_colour() {
        let first = |status: &Status| status_in_terminal(status).into_iter().next();
        let calm = first(&healthy()).unwrap_or_else(|| line(Tone::Plain, ""));
        assert_eq!((calm.tone, calm.text.as_str()), (Tone::Good, "✓ Ready"));
        let bad = first(&broken()).unwrap_or_else(|| line(Tone::Plain, ""));
        assert_eq!(bad.tone, Tone::Bad);
        assert!(bad.text.starts_with("✕ Not ready · Since "), "{}", bad.text);
    }

    #[test]
    fn open_incidents_stand_below_the_verdict() {
        let mut status = healthy();
        status.incidents = open();
        let shown = text(&status);
        for incident in &status.incidents {
            assert!(shown.contains(&incident.title), "{shown}");
        }
    }

    #[test]
    fn nothing_in_the_text_turns_the_terminal() {
        let mut status = healthy();
        status.service.instance = "one\u{1b}[2J\nready".to_owned();
        for line in status_in_terminal(&status) {
            assert!(!line.text.chars().any(char::is_control), "{:?}", line.text);
        }
    }
}
