//! What signing in costs in memory: strangers must not be able to take it all.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::Pid;

use crate::support::cgroup::Cgroup;
use crate::support::{Database, Home, Service};

const MIB: u64 = 1024 * 1024;
/// What a container of the manifests had when twelve wrong passwords ended it.
const LIMIT_BYTES: u64 = 256 * MIB;
/// The two buffers that passwords are hashed in, and what serving 200 requests leaves behind.
const ALLOWED_BYTES: u64 = 60 * MIB;

fn resident_bytes(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("a living process");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kib * 1024
}

/// The most that a process has resident while it is watched.
struct Watched {
    peak_bytes: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Watched {
    fn begin(pid: Pid) -> Self {
        let (peak_bytes, stop) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (peak, is_over) = (Arc::clone(&peak_bytes), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                peak.fetch_max(resident_bytes(pid), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        });
        Self {
            peak_bytes,
            stop,
            thread,
        }
    }

    fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.peak_bytes.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_wrong_sign_ins_leave_a_small_container_alive() {
    let home = Home::new(Database::Sqlite).await;
    let command = home.command(&[], &[("TRUSTED_PROXIES", "127.0.0.1/32")]);
    let cgroup = Cgroup::with_memory(LIMIT_BYTES);
    let command = match &cgroup {
        Some(cgroup) => cgroup.run(&command),
        None => command,
    };
    let service = Service::start(command, home.path("logs")).await;
    service.until_ready().await;
    let pid = service.pid();
    if let Some(cgroup) = &cgroup {
        assert!(cgroup.holds(pid), "it runs outside the cgroup");
    }

    let idle_bytes = resident_bytes(pid);
    let watched = Watched::begin(pid);
    let guessing = (0..20).map(|address| {
        let ip = format!("203.0.113.{address}");
        let http = service.http.with("x-forwarded-for", &ip);
        tokio::spawn(async move {
            // Within what the throttle allows: five of a pair, twenty of an address.
            for name in 0..10 {
                let answer = http.sign_in(&format!("name{name}"), "Wr0ng-password").await;
                assert_eq!(answer.status, 401, "{}", answer.body);
            }
        })
    });
    for guesser in guessing.collect::<Vec<_>>() {
        guesser.await.unwrap();
    }
    let peak_bytes = watched.end();
    let (idle, peak) = (idle_bytes / MIB, peak_bytes / MIB);
    eprintln!("resident: {idle} MiB idle, {peak} MiB at most");
    assert!(
        peak_bytes <= idle_bytes + ALLOWED_BYTES,
        "{idle} MiB idle, {peak} MiB while strangers guess"
    );
    assert_eq!(service.http.get("/health/").await.status, 200);
    service.stop().await;
    if let Some(cgroup) = cgroup {
        cgroup.remove().await;
    }
}
