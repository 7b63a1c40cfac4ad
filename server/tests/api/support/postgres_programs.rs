//! PostgreSQL's programs: where they are, and as whom they run.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use super::temporary_directory;

/// PostgreSQL refuses to run as root: then it runs as this user, `nobody` nearly everywhere.
const UNPRIVILEGED: u32 = 65_534;

/// The directory with `initdb` and `postgres`, within the reach of whom they run as.
pub fn programs() -> PathBuf {
    let found = found();
    let mut try_it = unprivileged(&found.join("postgres"));
    match try_it.arg("--version").output() {
        Err(error) if is_root() && error.kind() == io::ErrorKind::PermissionDenied => {
            within_reach(&found)
        }
        _ => found,
    }
}

/// A copy for everybody, of programs below a directory that is root's alone, such as its home.
fn within_reach(programs: &Path) -> PathBuf {
    let name = format!("agent-source-db-test-{}", version(programs));
    let copied = env::temp_dir().join(&name);
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs.lock")).unwrap();
    lock.lock().unwrap();
    if !copied.exists() {
        let draft = temporary_directory();
        let install = programs.parent().expect("programs lie in a directory");
        run(
            Command::new("cp")
                .arg("-R")
                .arg(install)
                .arg(draft.path().join("install")),
            "",
        );
        fs::set_permissions(draft.path(), Permissions::from_mode(0o755)).unwrap();
        fs::rename(draft.keep(), &copied).unwrap();
    }
    // Nobody else's programs: this directory is open to all.
    assert_eq!(
        fs::metadata(&copied).unwrap().uid(),
        0,
        "{copied:?} is not root's"
    );
    copied.join("install/bin")
}

/// Such as `postgresPostgreSQL184`: fit for a file's name.
pub fn version(programs: &Path) -> String {
    let version = run(Command::new(programs.join("postgres")).arg("--version"), "");
    version
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

fn found() -> PathBuf {
    let named = env::var_os("TEST_POSTGRES_BIN").filter(|value| !value.is_empty());
    if let Some(named) = named.map(PathBuf::from) {
        assert!(
            is_complete(&named),
            "TEST_POSTGRES_BIN={named:?} has no initdb and postgres"
        );
        return named;
    }
    newest_of_debian().or_else(configured).expect(
        "no PostgreSQL: install one, or name its directory of programs in TEST_POSTGRES_BIN",
    )
}

/// The directory of a PostgreSQL that has programs for clients as well, which those from npm lack;
/// a dump is taken by programs of the server's own version.
pub fn tools() -> PathBuf {
    let named = env::var_os("TEST_POSTGRES_TOOLS").filter(|value| !value.is_empty());
    let has_tools = |directory: &PathBuf| {
        is_complete(directory)
            && directory.join("pg_dump").is_file()
            && directory.join("pg_restore").is_file()
    };
    let found = named
        .map(PathBuf::from)
        .or_else(newest_of_debian)
        .or_else(configured);
    found
        .filter(has_tools)
        .expect("no pg_dump beside a postgres: install PostgreSQL, or name its directory of programs in TEST_POSTGRES_TOOLS")
}

fn is_complete(directory: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| directory.join(program).is_file())
}

/// Debian keeps versions side by side, off the `PATH`.
fn newest_of_debian() -> Option<PathBuf> {
    fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, directory)| is_complete(directory))
        .max()
        .map(|(_, directory)| directory)
}

fn configured() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let directory = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    is_complete(&directory).then_some(directory)
}

/// A command that runs as somebody whom PostgreSQL accepts.
pub fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    command
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives a file or directory to whom PostgreSQL runs as.
pub fn hand_over(path: &Path) {
    if is_root() {
        chown(path, Some(UNPRIVILEGED), Some(UNPRIVILEGED)).unwrap();
    }
}

/// Runs a command to its successful end, and returns what it said.
pub fn run(command: &mut Command, input: &str) -> String {
    let started = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = started.and_then(|mut child| {
        child
            .stdin
            .take()
            .map_or(Ok(()), |mut stdin| stdin.write_all(input.as_bytes()))?;
        child.wait_with_output()
    });
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => panic!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{command:?}: {error}"),
    }
}
