//! `alerts check`: rules and channels, without the service.

use std::fmt;
use std::io::{self, Write as _};

use clap::Subcommand;

use super::{Failure, say};
use crate::alerting::setup::Setup;
use crate::config::Config;

#[derive(Subcommand)]
pub enum Action {
    /// Say whether a file of rules is right, and what it amounts to
    Check {
        /// The file, else that of `ALERTS_FILE`
        file: Option<String>,
    },
}

pub fn run(action: &Action) -> Result<(), Failure> {
    match action {
        Action::Check { file } => check(file.as_deref()),
    }
}

fn check(file: Option<&str>) -> Result<(), Failure> {
    let (config, provenance) = match file {
        Some(file) => Config::with_alerts_file(file)?,
        None => Config::from_process()?,
    };
    for warning in &provenance.warnings {
        _ = writeln!(io::stderr(), "warning: {warning}");
    }
    say(Summary::of(&config.alerts));
    Ok(())
}

struct Summary {
    /// Those that are switched on.
    rules: usize,
    channels: usize,
    maintenance_windows: usize,
}

impl Summary {
    fn of(setup: &Setup) -> Self {
        Self {
            rules: setup.rules.iter().filter(|rule| rule.enabled).count(),
            channels: setup.channels.len(),
            maintenance_windows: setup.maintenance.len(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, noun: &str| match count {
            1 => format!("1 {noun}"),
            _ => format!("{count} {noun}s"),
        };
        write!(
            f,
            "{}, {}, {}",
            counted(self.rules, "rule"),
            counted(self.channels, "channel"),
            counted(self.maintenance_windows, "maintenance window")
        )
    }
}
