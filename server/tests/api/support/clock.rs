//! Another time than now, for a service that a test starts: libfaketime. From there on its clock goes as
//! all clocks do, and intervals are what they are.

use std::env;
use std::fs;

use chrono::{DateTime, Utc};
use rustix::process::Pid;

/// Below the directory of libraries that is named after the machine's architecture.
const INSTALLED: &str = "faketime/libfaketimeMT.so.1";

/// `TEST_FAKETIME` names one.
fn library() -> String {
    let named = env::var("TEST_FAKETIME").ok();
    let named = named.filter(|value| !value.is_empty());
    named.unwrap_or_else(|| {
        let mut libraries = fs::read_dir("/usr/lib").unwrap().flatten();
        let installed = libraries.find_map(|entry| {
            let path = entry.path().join(INSTALLED);
            path.is_file().then(|| path.display().to_string())
        });
        installed.expect("libfaketime; TEST_FAKETIME names it")
    })
}

/// What a process has in its environment whose clock shows `at` when it starts.
pub fn starting_at(at: DateTime<Utc>) -> Vec<(&'static str, String)> {
    vec![
        ("LD_PRELOAD", library()),
        ("FAKETIME", at.format("@%Y-%m-%d %H:%M:%S").to_string()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        // It takes the time above for that of the place.
        ("TZ", "UTC".to_owned()),
    ]
}

/// Takes away what the library keeps for a process that could not do that at its end, since it was
/// killed: a later one with its number would not start.
pub fn tidy(pid: Pid) {
    let number = pid.as_raw_nonzero();
    for name in ["faketime_shm", "sem.faketime_sem"] {
        _ = fs::remove_file(format!("/dev/shm/{name}_{number}"));
    }
}
