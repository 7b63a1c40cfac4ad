//! A memory cgroup, version 1 or 2, that ends with its test: what a container's limit really is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::wait::{SOON, eventually};

const V1: &str = "/sys/fs/cgroup/memory";
const V2: &str = "/sys/fs/cgroup";

pub struct Cgroup(PathBuf);

impl Cgroup {
    /// With this limit. On a machine that lets nobody make one, says so; as root on CI that is a
    /// failure, since the test would show nothing.
    pub fn with_memory(bytes: u64) -> Option<Self> {
        match Self::create(bytes) {
            Ok(cgroup) => Some(cgroup),
            Err(why) => {
                let must = std::env::var("CI").is_ok_and(|ci| ci == "true")
                    && rustix::process::geteuid().is_root();
                assert!(!must, "no memory cgroup can be made: {why}");
                eprintln!("NOT TESTED IN A MEMORY CGROUP, none can be made here: {why}");
                None
            }
        }
    }

    fn create(bytes: u64) -> Result<Self, String> {
        let is_v1 = Path::new(V1).join("memory.limit_in_bytes").exists();
        let (root, limit) = if is_v1 {
            (V1, "memory.limit_in_bytes")
        } else {
            // The root's children may then limit memory; where it is so already, this changes nothing.
            _ = fs::write(Path::new(V2).join("cgroup.subtree_control"), "+memory");
            (V2, "memory.max")
        };
        let name = format!("agent-source-db-test-{}", uuid::Uuid::new_v4().simple());
        let directory = Path::new(root).join(name);
        let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
        fs::create_dir(&directory).map_err(failed)?;
        let cgroup = Self(directory.clone());
        fs::write(directory.join(limit), bytes.to_string()).map_err(failed)?;
        Ok(cgroup)
    }

    /// The same command, from its first byte of memory on in this cgroup.
    pub fn run(&self, command: &Command) -> Command {
        let mut inside = Command::new("/bin/sh");
        inside
            .args(["-c", "echo $$ > \"$0\" && exec \"$@\""])
            .arg(self.0.join("cgroup.procs"))
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                inside.env(name, value);
            }
        }
        if let Some(directory) = command.get_current_dir() {
            inside.current_dir(directory);
        }
        inside
    }

    pub fn holds(&self, pid: rustix::process::Pid) -> bool {
        let procs = fs::read_to_string(self.0.join("cgroup.procs")).unwrap();
        procs.lines().any(|line| line == pid.to_string())
    }

    /// Once its processes have ended.
    pub async fn remove(self) {
        eventually("the cgroup is empty", SOON, async || {
            fs::remove_dir(&self.0).ok()
        })
        .await;
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        _ = fs::remove_dir(&self.0);
    }
}
