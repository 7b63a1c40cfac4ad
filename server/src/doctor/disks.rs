//! The disks of logs and data, judged as the running service judges them.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use app::view::numbers::{bytes, percent};
use futures_util::join;
use ops::diagnosis::{Disk, Memory, Severity, full_in, of_disks};
use ops::host::space;

use super::finding::{Finding, Level};
use super::{blocking, late};
use crate::config::Config;
use crate::desk::diagnosis::to_wire;
use crate::state::data_directory;

const SUBJECT: &str = "disks";

/// How much of the disk of a directory was used at what time, oldest first.
pub struct History {
    /// `log` or `data`.
    pub disk: &'static str,
    pub used: Vec<(SystemTime, u64)>,
}

/// A disk, or why nothing is known of it.
pub type Looked = Result<Disk, Finding>;

pub async fn spaces(config: &Config) -> [Looked; 2] {
    let (logs, data) = (config.logging.dir.clone(), data_directory(config));
    let (logs, data) = join!(look("log", logs), look("data", data));
    [logs, data]
}

async fn look(name: &'static str, directory: PathBuf) -> Looked {
    let shown = directory.display().to_string();
    let asked = blocking(move || space(existing(&directory))).await;
    match asked {
        Some(Some(space)) => Ok(Disk {
            name,
            used_bytes: space.used_bytes,
            free_bytes: space.free_bytes,
            history: Vec::new(),
        }),
        Some(None) => {
            let fix = "look whether the directory is there and may be entered";
            Err(Finding::error(
                SUBJECT,
                format!("{shown}: how full its disk is can't be told"),
                fix,
            ))
        }
        None => Err(late(
            SUBJECT,
            &format!("look whether the disk of {shown} hangs"),
        )),
    }
}

/// The directory, or the nearest above it that is there.
pub fn existing(directory: &Path) -> &Path {
    let above = directory.ancestors().find(|it| it.exists());
    match above {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    }
}

pub fn findings(looked: [Looked; 2], histories: &[History]) -> Vec<Finding> {
    let (mut disks, mut found) = (Vec::new(), Vec::new());
    for disk in looked {
        match disk {
            Ok(disk) => {
                let known = histories.iter().find(|history| history.disk == disk.name);
                let history = known
                    .map(|history| history.used.clone())
                    .unwrap_or_default();
                disks.push(Disk { history, ..disk });
            }
            Err(finding) => found.push(finding),
        }
    }
    let now = SystemTime::now();
    let wrong = of_disks(&disks, &Memory::default());
    if wrong.is_empty() {
        found.extend(disks.iter().map(well));
    }
    found.extend(wrong.iter().map(|finding| {
        let level = match finding.severity {
            Severity::Critical => Level::Error,
            Severity::Warning | Severity::Info => Level::Warning,
        };
        let text = to_wire(finding, now).text;
        let fix = "make room, or lower LOG_MAX_BYTES, LOG_MAX_FILES or the days that are kept";
        Finding::graded(level, SUBJECT, text, fix)
    }));
    found
}

fn well(disk: &Disk) -> Finding {
    let (used, free) = (disk.used_bytes, disk.free_bytes);
    let total = used.saturating_add(free);
    let ratio = (total > 0).then(|| used as f64 / total as f64);
    let name = disk.name;
    let full = full_in(&disk.history, free).map(|left| {
        let hours = left.as_secs() / 3600;
        format!(
            ", full in about {} days if it goes on like this",
            hours / 24
        )
    });
    let text = format!(
        "{name}: {} used, {} of {} free{}",
        percent(ratio),
        bytes(free),
        bytes(total),
        full.unwrap_or_default()
    );
    Finding::ok(SUBJECT, text)
}
