//! One line of the report: what was looked at, how it is, and what to do.

use std::fmt;
use std::time::SystemTime;

use ops::clock::rfc3339_millis;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Ok,
    Warning,
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// No text in it has a line break, nor a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    /// What was looked at, in a word or two.
    pub subject: String,
    pub text: String,
    /// What to do, where something is to be done.
    pub fix: Option<String>,
}

impl Finding {
    pub fn ok(subject: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Ok, subject, text.into(), None)
    }

    pub fn warning(subject: &str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Level::Warning, subject, text.into(), Some(fix.into()))
    }

    pub fn error(subject: &str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Level::Error, subject, text.into(), Some(fix.into()))
    }

    /// As severe as an amount is, by two limits.
    pub fn graded(level: Level, subject: &str, text: String, fix: &str) -> Self {
        match level {
            Level::Ok => Self::ok(subject, text),
            Level::Warning => Self::warning(subject, text, fix),
            Level::Error => Self::error(subject, text, fix),
        }
    }

    fn new(level: Level, subject: &str, text: String, fix: Option<String>) -> Self {
        Self {
            level,
            subject: subject.to_owned(),
            text: one_line(&text),
            fix: fix.as_deref().map(one_line),
        }
    }
}

/// Nothing in it can turn a terminal.
fn one_line(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    shown.collect()
}

#[derive(Clone, Debug)]
pub struct Report {
    pub generated_at: SystemTime,
    pub findings: Vec<Finding>,
}

/// The report as programs read it.
#[derive(Serialize)]
struct Written<'r> {
    service: &'static str,
    version: &'static str,
    commit: &'static str,
    generated_at: String,
    /// The most severe level.
    verdict: Level,
    findings: &'r [Finding],
}

impl Report {
    pub fn new(generated_at: SystemTime) -> Self {
        Self {
            generated_at,
            findings: Vec::new(),
        }
    }

    pub fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }

    /// The most severe level.
    pub fn verdict(&self) -> Level {
        let levels = self.findings.iter().map(|finding| finding.level);
        levels.max().unwrap_or(Level::Ok)
    }

    pub fn to_json(&self) -> String {
        let written = Written {
            service: crate::SERVICE_NAME,
            version: crate::VERSION,
            commit: crate::COMMIT,
            generated_at: rfc3339_millis(self.generated_at),
            verdict: self.verdict(),
            findings: &self.findings,
        };
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }
}

impl Report {
    /// A line a finding, in columns.
    pub fn lines(&self) -> Vec<(Level, String)> {
        let subjects = self.findings.iter().map(|it| it.subject.chars().count());
        let width = subjects.max().unwrap_or(0);
        let line = |finding: &Finding| {
            let Finding {
                level,
                subject,
                text,
                fix,
            } = finding;
            let fix = fix.as_ref().map(|fix| format!(" → {fix}"));
            let fix = fix.unwrap_or_default();
            let line = format!("{:<7}  {subject:<width$}  {text}{fix}", level.name());
            (*level, line)
        };
        self.findings.iter().map(line).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (_, line) in self.lines() {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_finding_in_columns_with_what_to_do() {
        let mut report = Report::new(SystemTime::UNIX_EPOCH);
        report.add([
            Finding::ok("rules", "20 rules"),
            Finding::error("ops store", "refused\nby \u{1b}[31mthe server", "start it"),
        ]);
        assert_eq!(report.verdict(), Level::Error);
        insta::assert_snapshot!(report, @r"
        ok       rules      20 rules
        error    ops store  refused by  [31mthe server → start it
        ");
    }
}
