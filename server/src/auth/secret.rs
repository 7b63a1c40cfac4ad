//! The key that signs sessions: given by the operator, or made once and kept in a file.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where the key is kept outside production, seen from the working directory.
pub const KEY_FILE: &str = "data/secret.key";

pub const MIN_BYTES: usize = 64;

/// At least 64 bytes that no `Debug` output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Vec<u8>);

impl SecretKey {
    /// `None` if the bytes are too few to be a key.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (bytes.len() >= MIN_BYTES).then_some(Self(bytes))
    }

    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

/// Why the key file is of no use. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    #[error(
        "SECRET_KEY: can't {action} {path}: {source}; set SECRET_KEY or make the directory writable"
    )]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("SECRET_KEY: {0} holds fewer than {MIN_BYTES} bytes; remove it to have a new one made")]
    TooShort(PathBuf),
    #[error("SECRET_KEY: the system gives no random bytes ({0}); set SECRET_KEY")]
    Random(getrandom::Error),
}

/// The key kept in `path`; if there is none yet, makes one that only the owner may read.
///
/// Processes that start at once end with the same key: each writes a file of its own, and only the
/// first can give it the name that all of them then read.
///
/// # Errors
/// When the file can't be read or made, or holds too little to be a key.
pub fn load_or_generate(path: &Path) -> Result<SecretKey, SecretFileError> {
    if let Some(key) = load(path)? {
        return Ok(key);
    }
    generate(path)?;
    load(path)?.ok_or_else(|| io_error("read", path)(io::ErrorKind::NotFound.into()))
}

/// The key kept in `path`, if there is one.
///
/// # Errors
/// When the file can't be read, or holds too little to be a key.
pub fn load(path: &Path) -> Result<Option<SecretKey>, SecretFileError> {
    match fs::read(path) {
        Ok(bytes) => SecretKey::new(bytes.trim_ascii())
            .map(Some)
            .ok_or_else(|| SecretFileError::TooShort(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

fn generate(path: &Path) -> Result<(), SecretFileError> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(io_error("create", directory))?;
    }
    let draft = path.with_added_extension(random_hex(8)?);
    let published = write_new(&draft, &random_hex(MIN_BYTES)?)
        .and_then(|()| fs::hard_link(&draft, path))
        .or_else(|error| match error.kind() {
            // Another process was first.
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(io_error("create", path)(error)),
        });
    // A draft that stays behind harms nobody; a missing one was never made.
    let _ = fs::remove_file(&draft);
    published
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    // The name must not outlive its contents in a crash.
    file.sync_all()
}

fn random_hex(count: usize) -> Result<String, SecretFileError> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(SecretFileError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SecretFileError {
    let path = path.to_owned();
    move |source| SecretFileError::Io {
        action,
        path,
        source,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_read_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/secret.key");
        let made = load_or_generate(&path).unwrap();
        assert!(made.expose().len() >= MIN_BYTES);
        assert_eq!(load_or_generate(&path).unwrap(), made);
    }

    #[test]
    fn two_installations_have_two_keys() {
        let dir = tempfile::tempdir().unwrap();
        let one = load_or_generate(&dir.path().join("one")).unwrap();
        let other = load_or_generate(&dir.path().join("other")).unwrap();
        assert_ne!(one, other);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        load_or_generate(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn processes_that_start_at_once_get_the_same_key_and_leave_no_drafts() {
        const STARTERS: usize = 16;
        for _ in 0..20 {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("data/secret.key");
            let barrier = Barrier::new(STARTERS);
            let start = || {
                barrier.wait();
                load_or_generate(&path).unwrap()
            };
            let keys: Vec<_> = thread::scope(|scope| {
                let starters: Vec<_> = (0..STARTERS).map(|_| scope.spawn(start)).collect();
                starters.into_iter().map(|it| it.join().unwrap()).collect()
            });
            let kept = load_or_generate(&path).unwrap();
            assert!(keys.iter().all(|key| *key == kept));
            let files = fs::read_dir(path.parent().unwrap()).unwrap().count();
            assert_eq!(files, 1);
        }
    }

    #[test]
    fn a_truncated_file_is_an_error_and_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        fs::write(&path, "short").unwrap();
        let error = load_or_generate(&path).unwrap_err().to_string();
        assert!(error.contains("fewer than 64 bytes"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"short");
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = load_or_generate(&file.join("secret.key"))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("SECRET_KEY: can't "), "{error}");
        assert_eq!(error.lines().count(), 1);
    }

    #[test]
    fn no_debug_output_shows_it() {
        let key = SecretKey::new("k".repeat(MIN_BYTES)).unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey(***)");
    }
}
