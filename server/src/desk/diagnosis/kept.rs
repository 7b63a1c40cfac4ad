//! What one diagnosis leaves for the next one.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ops::clock::Clock;
use ops::diagnosis::{Disk, Memory};

pub struct Diagnosis {
    /// When this process began to look.
    pub(super) started: Instant,
    memory: Mutex<Memory>,
    disks: Mutex<Option<(Instant, Vec<Disk>)>>,
}

impl Diagnosis {
    pub fn new(clock: &dyn Clock) -> Self {
        Self {
            started: clock.monotonic(),
            memory: Mutex::default(),
            disks: Mutex::default(),
        }
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.memory)
    }

    /// The disks as they were looked at last, and when.
    pub(super) fn disks(&self) -> MutexGuard<'_, Option<(Instant, Vec<Disk>)>> {
        lock(&self.disks)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
