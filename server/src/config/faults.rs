//! All that is wrong with a configuration, not only what comes first.

use std::ffi::OsString;
use std::path::Path;

use ops::alerts::notify::Secret;

use super::error::ConfigError;
use super::provenance::Provenance;
use super::settings::{Settings, StandIns};
use super::{Config, dotenv, secrets, variables};
use crate::auth::secret::MIN_BYTES;

/// More are not told: whoever has made so many has made them all in the same way.
const MOST: usize = 50;

/// A configuration as it was found.
pub struct Examined {
    pub faults: Vec<ConfigError>,
    /// What holds beside the faults, with something that would be right in the place of each variable
    /// that is wrong: good for looking at the others only. `None` if even that can't be had.
    pub config: Option<Config>,
    /// What was given.
    pub provenance: Provenance,
    /// What of it must not be seen, and in which variable it stands.
    pub secrets: Vec<(&'static str, Secret)>,
}

impl Examined {
    /// Whether the variable's value is what was given, and right.
    pub fn knows(&self, name: &str) -> bool {
        let is_of = |fault: &ConfigError| fault.variable() == Some(name);
        !self.faults.iter().any(is_of)
    }
}

impl Config {
    /// What [`Config::from_process`] would read, with all of its faults.
    pub fn examine_process() -> Examined {
        let (text, unreadable) = match dotenv::read(Path::new(dotenv::FILE_NAME)) {
            Ok(text) => (text, None),
            Err(error) => (None, Some(error)),
        };
        let mut examined = Self::examine(|name| std::env::var_os(name), text.as_deref());
        if let Some(error) = unreadable {
            examined.faults.insert(0, error);
        }
        examined
    }

    /// [`Config::load`] again and again, each time with the last fault out of the way.
    pub fn examine(
        environment: impl Fn(&str) -> Option<OsString>,
        dotenv: Option<&str>,
    ) -> Examined {
        let mut faults: Vec<ConfigError> = Vec::new();
        let mut stand_ins = StandIns::new();
        let mut dotenv = dotenv.map(str::to_owned);
        let found = loop {
            match Self::load_with(&environment, dotenv.as_deref(), &stand_ins) {
                Ok(found) => break Some(found),
                Err(fault) => {
                    let is_known = fault
                        .variable()
                        .is_some_and(|name| stand_ins.contains_key(name));
                    let is_out_of_the_way = put_aside(&fault, &mut stand_ins, &mut dotenv);
                    // What a stand-in breaks is no fault of the operator's.
                    if !is_known && !is_of_another(&fault, &stand_ins) {
                        faults.push(fault);
                    }
                    if !is_out_of_the_way || faults.len() >= MOST {
                        break None;
                    }
                }
            }
        };
        let given = Settings::resolve(&environment, dotenv.as_deref(), &stand_ins).ok();
        let secrets = given.as_ref().map(secrets::within).unwrap_or_default();
        let (mut config, provenance) = found.unzip();
        if let Some(config) = config
            .as_mut()
            .filter(|_| stand_ins.contains_key("SECRET_KEY"))
        {
            config.secret_key = None;
        }
        Examined {
            faults,
            config,
            provenance: provenance
                .or_else(|| given.map(Settings::into_provenance))
                .unwrap_or_default(),
            secrets,
        }
    }
}

/// So that the same fault does not come again; `false` if that can't be done.
fn put_aside(fault: &ConfigError, stand_ins: &mut StandIns, dotenv: &mut Option<String>) -> bool {
    match (fault, fault.variable()) {
        (ConfigError::DotenvSyntax { line }, _) => {
            let Some(text) = dotenv else { return false };
            *text = without_line(text, *line);
            true
        }
        (ConfigError::AlertsFile { .. }, Some(name)) => {
            stand_ins.insert(name, String::new()).is_none()
        }
        (_, Some(name)) => {
            let known = variables::ALL.iter().find(|known| known.name == name);
            let Some(variable) = known else { return false };
            // First what would be right, so that what depends on it is looked at, too; if that is only a
            // description, nothing.
            let stand_in = match (stand_ins.get(name), name) {
                (None, "SECRET_KEY") => "0".repeat(MIN_BYTES),
                (None, _) if variable.default.is_empty() => variable.example.to_owned(),
                (None, _) => variable.default.to_owned(),
                (Some(before), _) if before.is_empty() => return false,
                (Some(_), _) => String::new(),
            };
            stand_ins.insert(variable.name, stand_in);
            true
        }
        (_, None) => false,
    }
}

/// Whether it may come of a stand-in: rules name dependencies.
fn is_of_another(fault: &ConfigError, stand_ins: &StandIns) -> bool {
    matches!(fault, ConfigError::AlertsFile { .. }) && stand_ins.contains_key("READY_DEPENDENCIES")
}

/// The numbers of the other lines stay as they are.
fn without_line(text: &str, line: usize) -> String {
    let lines = text.split('\n').enumerate();
    let kept: Vec<&str> = lines
        .map(|(at, text)| if at + 1 == line { "" } else { text })
        .collect();
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn examine(environment: &[(&str, &str)], dotenv: Option<&str>) -> Examined {
        let value = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        Config::examine(value, dotenv)
    }

    fn told(examined: &Examined) -> Vec<String> {
        let faults = examined.faults.iter();
        faults.map(ToString::to_string).collect()
    }

    #[test]
    fn a_right_configuration_has_no_faults() {
        let examined = examine(&[("LOG_DIR", "/var/log/desk")], Some("LOG_FORMAT=json\n"));
        assert_eq!(told(&examined), [""; 0]);
        assert!(examined.knows("LOG_DIR") && examined.config.is_some());
    }

    #[test]
    fn every_variable_that_is_wrong_is_named_once() {
        let wrong = [
            ("LISTEN_ADDR", "localhost"),
            ("APP_ENV", "prod"),
            ("DATABASE_URL", "mysql://u:hunter2@h/db"),
            ("SECRET_KEY", "hunter2"),
            ("LOG_MAX_BYTES", "lots"),
            ("READY_DEPENDENCIES", "search"),
            ("ALERT_WEBHOOK_URL", "hunter2"),
            ("ALERT_EMAIL_TO", "nobody"),
            ("ADMIN_PASSWORD", "x"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
        ];
        let examined = examine(&wrong, None);
        let told = told(&examined);
        for (name, _) in wrong {
            let named = told
                .iter()
                .filter(|it| it.starts_with(&format!("{name}: ")));
            assert_eq!(named.count(), 1, "{name}: {told:?}");
            assert!(!examined.knows(name));
        }
        // Half of a mail's configuration: what is missing is told as well, and nothing else is.
        let missing = ["ALERT_EMAIL_FROM", "SMTP_URL"];
        assert_eq!(told.len(), wrong.len() + missing.len(), "{told:?}");
        assert!(missing.iter().all(|name| !examined.knows(name)));
        assert!(!told.join("\n").contains("hunter2"));
        assert!(examined.config.unwrap().secret_key.is_none());
        // What was given is shown, and not what stands in for it.
        let shown = examined.provenance.to_string();
        assert!(
            shown.contains("LISTEN_ADDR=localhost  # environment"),
            "{shown}"
        );
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn lines_that_are_no_assignments_hide_no_other_fault() {
        let text = "LOG_FORMAT=xml\nSECRET_KEY hunter2\nLOG_MAX_FILES=5\noops oops\n";
        let examined = examine(&[], Some(text));
        let told = told(&examined);
        assert_eq!(told.len(), 3, "{told:?}");
        for (told, expected) in told.iter().zip([
            ".env line 2: ",
            ".env line 4: ",
            "LOG_FORMAT: \"xml\" (from .env)",
        ]) {
            assert!(told.starts_with(expected), "{told}");
        }
        assert_eq!(examined.config.unwrap().logging.max_files, 5);
    }

    #[test]
    fn production_without_a_key_is_examined_to_the_end() {
        let examined = examine(&[("APP_ENV", "production"), ("LOG_FORMAT", "xml")], None);
        let told = told(&examined);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|it| it.starts_with("SECRET_KEY: unset")));
    }

    #[test]
    fn rules_are_not_blamed_for_dependencies_that_are_wrong() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("alerts.toml");
        let rules = "version = 1\n[[rule]]\nname = \"search\"\nexpr = \"check(search) == error\"\n";
        std::fs::write(&path, rules).unwrap();
        let file = ("ALERTS_FILE", path.to_str().unwrap());
        let examined = examine(&[file, ("READY_DEPENDENCIES", "search")], None);
        assert_eq!(told(&examined).len(), 1, "{:?}", told(&examined));
        let examined = examine(&[file], None);
        assert!(told(&examined)[0].starts_with("ALERTS_FILE: "));
    }
}
