//! The configuration: every variable that is wrong, and what has no effect.

use std::path::Path;

use super::finding::Finding;
use crate::config::{ConfigError, DOTENV, Examined, Provenance, Source};

const SUBJECT: &str = "configuration";

pub fn findings(examined: &Examined) -> Vec<Finding> {
    let mut found = vec![Finding::ok(
        "version",
        format!(
            "{} {} ({})",
            crate::SERVICE_NAME,
            crate::VERSION,
            crate::COMMIT
        ),
    )];
    found.extend(examined.faults.iter().filter_map(fault));
    let warnings = examined.provenance.warnings.iter();
    found.extend(warnings.map(|warning| {
        Finding::warning(SUBJECT, warning, "correct it, or remove what has no effect")
    }));
    if examined.faults.is_empty() {
        found.push(Finding::ok(SUBJECT, set(&examined.provenance)));
    }
    found
}

fn set(provenance: &Provenance) -> String {
    let counted = |count: usize| match count {
        1 => "1 variable".to_owned(),
        _ => format!("{count} variables"),
    };
    let place = Path::new(DOTENV);
    let shown = std::path::absolute(place).unwrap_or_else(|_| place.to_owned());
    let shown = shown.display();
    let of_file = if place.exists() {
        let count = provenance.count(Source::Dotenv);
        format!("{} out of {shown}", counted(count))
    } else {
        format!("there is no {shown}")
    };
    let count = provenance.count(Source::Environment);
    format!("{} out of the environment; {of_file}", counted(count))
}

/// One of the file of rules stands with the rules.
fn fault(fault: &ConfigError) -> Option<Finding> {
    if matches!(fault, ConfigError::AlertsFile { .. }) {
        return None;
    }
    // Its words end with what would be right.
    let text = fault.to_string();
    let (what, fix) = text.split_once("; ").unwrap_or((&text, "correct it"));
    Some(Finding::error(SUBJECT, what, fix))
}
