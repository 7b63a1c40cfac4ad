//! [`Spool`]: a file of the notices that no store has taken, so that they outlive the process.
//!
//! One JSON object a line: a notice as it is, the latest line of an id counts. It is written while the
//! store is away, synced each time, and emptied once the store has them all. It holds no address and no
//! secret: channels stand in it by name.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::db::queries::notices::NoticeRow;

/// More is not written: by then people have been told often enough.
const MAX_BYTES: u64 = 1024 * 1024;

pub struct Spool {
    path: PathBuf,
    /// What it holds, as far as this process has written or read it.
    held: Mutex<BTreeMap<String, NoticeRow>>,
    has_failed: AtomicBool,
}

impl Spool {
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            held: Mutex::default(),
            has_failed: AtomicBool::new(false),
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, NoticeRow>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What of these it does not hold as it is.
    pub fn lacks(&self, rows: &[NoticeRow]) -> Vec<NoticeRow> {
        let held = self.held();
        let rows = rows.iter().filter(|row| held.get(&row.id) != Some(row));
        rows.cloned().collect()
    }

    /// Whether it could not be written when it was last needed.
    pub fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    pub fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    /// What it holds, by id. A line that is torn or strange is passed over.
    ///
    /// # Errors
    /// If the file is there and can't be read.
    pub fn read(&self) -> io::Result<Vec<NoticeRow>> {
        let mut text = String::new();
        match File::open(&self.path) {
            Ok(file) => file.take(2 * MAX_BYTES).read_to_string(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let rows = text.lines();
        let rows = rows.filter_map(|line| serde_json::from_str::<NoticeRow>(line).ok());
        let rows: BTreeMap<String, NoticeRow> = rows.map(|row| (row.id.clone(), row)).collect();
        self.held().clone_from(&rows);
        Ok(rows.into_values().collect())
    }

    /// Adds lines and waits until the disk has them. Blocks.
    ///
    /// # Errors
    /// If the disk does not take them, or the file is as large as it may be.
    pub fn add(&self, rows: &[NoticeRow]) -> io::Result<()> {
        let added = self.append(rows);
        self.has_failed.store(added.is_err(), Ordering::Relaxed);
        added
    }

    fn append(&self, rows: &[NoticeRow]) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)?;
        let mut lines = Vec::new();
        for row in rows {
            serde_json::to_writer(&mut lines, row)?;
            lines.push(b'\n');
        }
        if file.metadata()?.len() + lines.len() as u64 > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        file.write_all(&lines)?;
        file.sync_data()?;
        let rows = rows.iter().map(|row| (row.id.clone(), row.clone()));
        self.held().extend(rows);
        Ok(())
    }

    /// The store has all of it. Blocks.
    ///
    /// # Errors
    /// If it can't be removed.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => self.held().clear(),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn row(id: &str, state: &str) -> NoticeRow {
        NoticeRow {
            id: id.to_owned(),
            channel: "webhook".to_owned(),
            incident_id: "i".to_owned(),
            kind: "incident.opened".to_owned(),
            ordinal: 1,
            body: "{}".to_owned(),
            created_ms: 1,
            not_before_ms: 1,
            attempts: 0,
            state: state.to_owned(),
            claimed_until_ms: None,
            last_error: None,
            last_try_ms: None,
            sent_ms: None,
        }
    }

    #[test]
    fn the_latest_line_of_a_notice_counts_and_a_torn_one_does_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notices.spool");
        let spool = Spool::new(path.clone());
        assert_eq!(spool.read().unwrap(), []);
        spool.clear().unwrap();
        spool
            .add(&[row("a", "queued"), row("b", "queued")])
            .unwrap();
        spool.add(&[row("a", "sent")]).unwrap();
        let mut text = fs::read(&path).unwrap();
        text.extend_from_slice(b"{\"id\":\"c\",\"chan");
        fs::write(&path, text).unwrap();
        assert_eq!(
            spool.read().unwrap(),
            [row("a", "sent"), row("b", "queued")]
        );
        spool.clear().unwrap();
        assert_eq!(spool.read().unwrap(), []);
    }

    #[test]
    fn it_grows_to_a_megabyte_and_no_further() {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::new(directory.path().join("notices.spool"));
        let mut large = row("a", "queued");
        large.body = "x".repeat(600_000);
        spool.add(&[large.clone()]).unwrap();
        assert!(spool.add(&[large]).is_err());
        assert_eq!(spool.read().unwrap().len(), 1);
    }
}
