//! Tells, once at start, of databases and logs that other users of the machine may read: what the
//! service makes itself is closed to them, what it finds may not be.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::auth::secret;
use crate::config::Config;
use crate::db::url::DatabaseUrl;

const OTHERS: u32 = 0o077;
const STICKY: u32 = 0o1000;
/// SQLite's companions of a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// That many are named; who closes them finds the others.
const MAX_NAMED: usize = 5;

/// Something that others can read.
pub struct OpenToOthers {
    pub path: PathBuf,
    /// What it should have.
    mode: u32,
}

impl OpenToOthers {
    /// The command that closes it.
    pub fn fix(&self) -> String {
        // Who quotes what stands in a path: the shell's single quotes.
        let quoted = self.path.display().to_string().replace('\'', r"'\''");
        format!("chmod {:o} '{quoted}'", self.mode)
    }
}

/// One WARNING for all that is wide open, with what to do.
pub fn warn_of_open_ones(config: &Config) {
    let open = open_ones(config);
    if open.is_empty() {
        return;
    }
    let named = open.iter().take(MAX_NAMED);
    let paths = named.clone().map(|it| it.path.display().to_string());
    let paths: Vec<String> = paths.collect();
    let fix: Vec<String> = named.map(OpenToOthers::fix).collect();
    tracing::warn!(
        paths = paths.join(", "),
        more = open.len() - paths.len(),
        "other users of this machine can read {}; close it: {}",
        paths.join(", "),
        fix.join(" && "),
    );
}

/// What lies in a closed directory is closed.
pub fn open_ones(config: &Config) -> Vec<OpenToOthers> {
    let mut found = Vec::new();
    for url in [&config.database.url, &config.ops_database.url] {
        if let DatabaseUrl::Sqlite { path } = url {
            let companions = COMPANIONS.map(|suffix| {
                let mut name = path.clone().into_os_string();
                name.push(suffix);
                PathBuf::from(name)
            });
            let files = std::iter::once(path.clone()).chain(companions);
            look(url.directory(), files, &mut found);
        }
    }
    if config.secret_key.is_none() {
        let key = PathBuf::from(secret::KEY_FILE);
        look(key.parent(), std::iter::once(key.clone()), &mut found);
    }
    let logs = config.logging.dir.as_path();
    let files = fs::read_dir(logs).into_iter().flatten().flatten();
    look(Some(logs), files.map(|entry| entry.path()), &mut found);
    found
}

fn look(
    directory: Option<&Path>,
    files: impl Iterator<Item = PathBuf>,
    found: &mut Vec<OpenToOthers>,
) {
    let mut add = |path: &Path, mode| {
        if !found.iter().any(|known| known.path == path) {
            let path = path.to_owned();
            found.push(OpenToOthers { path, mode });
        }
    };
    let directory = directory.filter(|directory| !directory.as_os_str().is_empty());
    match directory.map(|directory| (directory, openness(directory))) {
        Some((_, Openness::Closed)) => return,
        Some((directory, Openness::Open)) => add(directory, 0o700),
        // Shared with others on purpose, such as /tmp.
        Some((_, Openness::NotOurs)) | None => {}
    }
    for file in files {
        if matches!(openness(&file), Openness::Open) {
            add(&file, 0o600);
        }
    }
}

enum Openness {
    Closed,
    Open,
    NotOurs,
}

fn openness(path: &Path) -> Openness {
    let Ok(metadata) = fs::metadata(path) else {
        return Openness::NotOurs;
    };
    let mode = metadata.permissions().mode();
    if mode & OTHERS == 0 {
        Openness::Closed
    } else if mode & STICKY != 0 || metadata.uid() != rustix::process::geteuid().as_raw() {
        Openness::NotOurs
    } else {
        Openness::Open
    }
}
