//! TCP ports that no other test of this build takes, for servers that stop and come back.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// Below the range from which the system hands out ports by itself.
const FIRST: u16 = 15_000;
const COUNT: u16 = 10_000;

/// A port on 127.0.0.1, kept from other tests while this value lives. Nobody listens on it yet.
pub struct Port {
    pub number: u16,
    _lock: File,
}

impl Port {
    pub fn reserve() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ports");
        fs::create_dir_all(&directory).unwrap();
        let start = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap();
        (0..COUNT)
            .map(|step| FIRST + (start + step) % COUNT)
            .find_map(|number| {
                let lock = File::create(directory.join(number.to_string())).unwrap();
                lock.try_lock().ok()?;
                TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
                Some(Self {
                    number,
                    _lock: lock,
                })
            })
            .expect("a free port")
    }
}
