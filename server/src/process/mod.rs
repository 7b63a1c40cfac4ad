//! The process itself: what it settles before it does anything else, the kind of installation that it
//! is part of, and where it is in its life.

mod app_env;
mod phase;

pub use app_env::AppEnv;
pub use phase::{Phase, STARTUP};

use rustix::fs::Mode;

/// Nothing that the service makes is for other users of the machine: databases, logs, keys.
const UMASK: Mode = Mode::from_bits_truncate(0o077);

/// To be called first in `main`, while there is one thread.
pub fn prepare() {
    rustix::process::umask(UMASK);
    return_memory();
}

/// Lets glibc give memory back to the system. By itself it raises the size from which a block is a
/// mapping of its own with the first such block that is freed, and from then on bodies, pages and
/// lists of megabytes stay in the arena of whichever thread had them; and it makes eight arenas for
/// each core.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "mallopt takes two numbers, touches no memory of ours, and no other thread runs yet"
)]
fn return_memory() {
    /// The size that glibc itself starts with.
    const THRESHOLD_BYTES: libc::c_int = 128 * 1024;
    /// More would only divide what is kept among more of them.
    const MAX_ARENAS: libc::c_int = 4;
    for (parameter, value) in [
        (libc::M_MMAP_THRESHOLD, THRESHOLD_BYTES),
        (libc::M_TRIM_THRESHOLD, THRESHOLD_BYTES),
        (libc::M_ARENA_MAX, MAX_ARENAS),
    ] {
        // A value that is refused leaves the default in force, which is no reason not to start.
        // SAFETY: there is no precondition but that no other thread allocates meanwhile.
        unsafe {
            libc::mallopt(parameter, value);
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn return_memory() {}
