//! [`Setup`]: what is looked for, and who is told.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use ops::alerts::file::Channel as Declared;
use ops::alerts::notify::Secret;
use ops::alerts::rule::Rule;
use ops::alerts::settings::Notify;
use ops::alerts::suppress::MaintenanceWindow;

use super::channels::Channel;

/// What the file of rules and the environment say.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The built-in ones first; those that are switched off as well.
    pub rules: Vec<Rule>,
    pub notify: Notify,
    pub maintenance: Vec<MaintenanceWindow>,
    /// A rule may name one that is not here: outside production a channel whose secrets are missing is
    /// left out.
    pub channels: Vec<Arc<Channel>>,
    /// All of them, as a file has them: where their addresses and secrets stand.
    pub declared: Vec<Declared>,
    /// Where people reach the desk, without a slash at its end.
    pub public_url: Option<String>,
    pub heartbeat_url: Option<Secret>,
    /// The file of rules.
    pub file: Option<PathBuf>,
    /// The first 12 hexadecimal digits of the SHA-256 of that file's text.
    pub fingerprint: Option<String>,
}

/// What it amounts to, in a line.
impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, noun: &str| match count {
            1 => format!("1 {noun}"),
            _ => format!("{count} {noun}s"),
        };
        // Those that are switched on.
        let rules = self.rules.iter().filter(|rule| rule.enabled).count();
        write!(
            f,
            "{}, {}, {}",
            counted(rules, "rule"),
            counted(self.channels.len(), "channel"),
            counted(self.maintenance.len(), "maintenance window")
        )
    }
}
