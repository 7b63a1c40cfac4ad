//! A small disk of its own. Only root may mount one; to others a test says that it was skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted tmpfs of 2 MB; unmounted when dropped.
pub struct Disk(PathBuf);

impl Disk {
    pub fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let disk = Self(at);
        if disk.run("mount", &["-t", "tmpfs", "-o", "size=2m", "tmpfs"]) {
            return Some(disk);
        }
        eprintln!("SKIPPED: mounting a tmpfs of 2 MB takes root");
        None
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Refused by the kernel while a file on it is open for writing.
    pub fn set_read_only(&self, is_read_only: bool) {
        let options = if is_read_only {
            "remount,ro"
        } else {
            "remount,rw"
        };
        assert!(self.run("mount", &["-o", options]), "{options}");
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let output = Command::new(program).args(arguments).arg(&self.0).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.run("umount", &[]);
    }
}
