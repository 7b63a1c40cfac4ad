//! Directories and files: whether they are there, whose they are, and who else can read them.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{Access, access};

use super::disks::existing;
use super::finding::Finding;
use super::{blocking, late};
use crate::auth::secret;
use crate::config::Config;
use crate::startup::private_files;
use crate::state::data_directory;

pub async fn findings(config: &Config, has_run: bool) -> Vec<Finding> {
    let looked = config.clone();
    let found = blocking(move || look(&looked, has_run)).await;
    found.unwrap_or_else(|| {
        vec![late(
            "directories",
            "look whether the disk of LOG_DIR or of the data hangs",
        )]
    })
}

fn look(config: &Config, has_run: bool) -> Vec<Finding> {
    let data = data_directory(config);
    let mut found = vec![
        directory("data directory", &data, has_run),
        directory("log directory", &config.logging.dir, has_run),
        key(config, has_run),
    ];
    found.extend(private_files::open_ones(config).iter().map(|open| {
        let text = format!(
            "other users of this machine can read {}",
            open.path.display()
        );
        Finding::warning("file modes", text, open.fix())
    }));
    found
}

fn directory(subject: &str, path: &Path, has_run: bool) -> Finding {
    let user = rustix::process::geteuid().as_raw();
    let shown = path.display();
    let may_write = |path: &Path| access(path, Access::WRITE_OK | Access::EXEC_OK);
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => Finding::error(
            subject,
            format!("{shown} is no directory"),
            "move it away, or correct the variable that names it",
        ),
        Ok(found) => match may_write(path) {
            Ok(()) => {
                let (mode, owner) = (found.permissions().mode() & 0o7777, found.uid());
                let whose = if owner == user {
                    String::new()
                } else {
                    format!(
                        "; looked at as the user {user}, who may do other things than the service"
                    )
                };
                let text = format!("{shown}, mode {mode:03o}, of the user {owner}{whose}");
                Finding::ok(subject, text)
            }
            Err(error) => {
                let text = format!("{shown}: the user {user} may not write in it ({error})");
                let fix = format!(
                    "run as the user {}, who owns it, or give it to {user}",
                    found.uid()
                );
                Finding::error(subject, text, fix)
            }
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let above = existing(path);
            match may_write(above) {
                Err(error) => Finding::error(
                    subject,
                    format!(
                        "{shown} is not there, and the user {user} may not make it in {} ({error})",
                        above.display()
                    ),
                    "make it, and give it to the user that the service runs as",
                ),
                Ok(()) if has_run => Finding::warning(
                    subject,
                    format!("{shown} is not there, though a service has run here"),
                    "look who removed it, or whether it is named wrongly; a start makes an empty one",
                ),
                Ok(()) => Finding::ok(subject, format!("{shown} is made at the first start")),
            }
        }
        Err(error) => Finding::error(
            subject,
            format!("{shown}: {error}"),
            "look at the directories above it",
        ),
    }
}

fn key(config: &Config, has_run: bool) -> Finding {
    const SUBJECT: &str = "secret key";
    if config.secret_key.is_some() {
        return Finding::ok(SUBJECT, "given by SECRET_KEY");
    }
    let path = secret::KEY_FILE;
    match secret::load(path.as_ref()) {
        Ok(Some(_)) => Finding::ok(SUBJECT, format!("kept in {path}")),
        Ok(None) if config.app_env.is_production() => {
            // The configuration says so already.
            Finding::ok(SUBJECT, "not looked for: production takes SECRET_KEY")
        }
        Ok(None) if has_run => Finding::warning(
            SUBJECT,
            format!("{path} is not there, though a service has run here"),
            "run this where the service runs, or put it back; a start makes a new one, and all sessions end",
        ),
        Ok(None) => Finding::ok(SUBJECT, format!("{path} is made at the first start")),
        Err(error) => {
            let text = error.to_string();
            let (what, fix) = text.split_once("; ").unwrap_or((&text, "correct it"));
            Finding::error(SUBJECT, what, fix)
        }
    }
}
