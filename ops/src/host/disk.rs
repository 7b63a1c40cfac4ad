//! How full the file system of a directory is.
//!
//! Asking hangs for as long as a network mount does, and no time-out ends it: so a thread of its own
//! asks, and while one hangs no other is started.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub used_bytes: u64,
    /// What this process may still fill: root has more.
    pub free_bytes: u64,
}

type Ask = fn(&Path) -> Option<Space>;

pub(super) struct Disk {
    directory: PathBuf,
    ask: Ask,
    /// Of a thread that had not answered in time.
    late: Option<Receiver<Option<Space>>>,
}

impl Disk {
    pub fn of(directory: PathBuf) -> Self {
        Self::asking(directory, space)
    }

    fn asking(directory: PathBuf, ask: Ask) -> Self {
        Self {
            directory,
            ask,
            late: None,
        }
    }

    pub fn read(&mut self, patience: Duration) -> Option<Space> {
        if let Some(late) = self.late.take()
            && let Err(TryRecvError::Empty) = late.try_recv()
        {
            self.late = Some(late);
            return None;
        }
        let (ask, directory) = (self.ask, self.directory.clone());
        let (answer, answered) = channel();
        let asking = move || {
            // Nobody waits any more: it was too late.
            _ = answer.send(ask(&directory));
        };
        // Detached: a thread that hangs must not keep the process from ending.
        thread::Builder::new()
            .name("disk".to_owned())
            .spawn(asking)
            .ok()?;
        match answered.recv_timeout(patience) {
            Ok(space) => space,
            Err(RecvTimeoutError::Timeout) => {
                self.late = Some(answered);
                None
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }
}

/// Of the file system that holds a directory; `None` if that can't be told. It may hang.
pub fn space(directory: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(directory).ok()?;
    let bytes = |blocks: u64| blocks.checked_mul(found.f_frsize);
    Some(Space {
        used_bytes: bytes(found.f_blocks.checked_sub(found.f_bfree)?)?,
        free_bytes: bytes(found.f_bavail)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Mutex, PoisonError};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_directory_has_a_size_and_one_that_is_missing_has_none() {
        let directory = tempfile::tempdir().unwrap();
        let space = Disk::of(directory.path().to_owned())
            .read(PATIENCE)
            .unwrap();
        assert!(space.used_bytes > 0 && space.used_bytes + space.free_bytes > 1 << 20);
        let missing = directory.path().join("missing");
        assert_eq!(Disk::of(missing).read(PATIENCE), None);
    }

    #[test]
    fn a_mount_that_hangs_is_asked_once_and_again_when_it_answers() {
        static HUNG: Mutex<()> = Mutex::new(());
        static ASKED: AtomicU32 = AtomicU32::new(0);
        const SPACE: Space = Space {
            used_bytes: 1,
            free_bytes: 2,
        };
        let hung = HUNG.lock().unwrap();
        let mut disk = Disk::asking(PathBuf::new(), |_| {
            ASKED.fetch_add(1, Ordering::Relaxed);
            drop(HUNG.lock().unwrap_or_else(PoisonError::into_inner));
            Some(SPACE)
        });
        for _ in 0..3 {
            assert_eq!(disk.read(Duration::from_millis(1)), None);
        }
        drop(hung);
        // The late answer is as old as its question: another one is asked.
        let found = (0..1000).find_map(|_| {
            thread::sleep(Duration::from_millis(5));
            disk.read(PATIENCE)
        });
        assert_eq!(found, Some(SPACE));
        assert_eq!(ASKED.load(Ordering::Relaxed), 2);
    }
}
