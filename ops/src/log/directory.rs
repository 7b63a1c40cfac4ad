//! The log directory: made when it is missing, and held by one process at a time.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The lock's name within the directory. The kernel gives it back when the process ends.
const LOCK_NAME: &str = ".lock";

/// What [`Directory::probe_space`] writes and removes.
const PROBE_NAME: &str = ".probe";
const PROBE_BYTES: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub(super) enum DirectoryError {
    #[error("another process holds the lock {}", .0.display())]
    Locked(PathBuf),
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    lock: Option<File>,
}

impl Directory {
    pub fn new(path: PathBuf) -> Self {
        Self { path, lock: None }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the directory and takes its lock, unless both are as they were. A directory that
    /// was removed and made anew has another lock file, which is anybody's.
    pub fn ensure(&mut self) -> Result<(), DirectoryError> {
        let lock_path = self.path.join(LOCK_NAME);
        if let Some(lock) = &self.lock
            && is_same_file(lock, &lock_path)
        {
            return Ok(());
        }
        self.lock = None;
        fs::create_dir_all(&self.path).map_err(not_a_directory)?;
        let lock = File::options().create(true).append(true).open(&lock_path)?;
        match lock.try_lock() {
            Ok(()) => {
                self.lock = Some(lock);
                Ok(())
            }
            Err(TryLockError::WouldBlock) => Err(DirectoryError::Locked(lock_path)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether more than a few lines can be written. A full disk often takes those, into the rest
    /// of a block, and would seem to work again.
    pub fn probe_space(&self) -> io::Result<()> {
        let path = self.path.join(PROBE_NAME);
        let written = File::create(&path).and_then(|mut file| file.write_all(&[0; PROBE_BYTES]));
        let removed = fs::remove_file(&path);
        written.and(removed)
    }
}

/// A file in the directory's place is found when one is to be made: the system says that it exists,
/// which tells nobody what is wrong.
fn not_a_directory(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    }
}

/// The path of a generation: 1 is the youngest.
pub(super) fn generation(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// Whether `path` still leads to the open `file`.
pub(super) fn is_same_file(file: &File, path: &Path) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => identity(open) == identity(named),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn one_holder_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let mut first = Directory::new(path.clone());
        first.ensure().unwrap();
        let mut second = Directory::new(path.clone());
        let error = second.ensure().unwrap_err();
        assert!(matches!(&error, DirectoryError::Locked(lock) if *lock == path.join(LOCK_NAME)));

        drop(first);
        second.ensure().unwrap();
    }

    #[test]
    fn a_directory_made_anew_is_locked_anew() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("logs");
        let mut first = Directory::new(path.clone());
        first.ensure().unwrap();
        fs::remove_dir_all(&path).unwrap();
        first.ensure().unwrap();
        assert!(Directory::new(path).ensure().is_err());
    }
}
