//! What one look at host and process costs, in microseconds, and how many bytes a stored minute takes:
//! `cargo run --release -p ops --example sample`.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use ops::clock::{Clock, Minute, SystemClock};
use ops::host::{Directories, Levels, Source as _, System};
use ops::procfs::Roots;
use ops::series::Payload as _;
use tokio::runtime::{Builder, Handle};

const LOOKS: u32 = 500;
const LOOKS_A_MINUTE: u32 = 6;

fn main() -> io::Result<()> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let here = Some(PathBuf::from("."));
        let directories = Directories {
            logs: here.clone(),
            data: here,
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let system = System::new(Roots::default(), directories, Handle::current(), clock);
        let started = Instant::now();
        for _ in 0..LOOKS {
            system.read().await;
        }
        let microseconds = started.elapsed().as_micros() / u128::from(LOOKS);
        let now = SystemTime::now();
        let mut levels = Levels::default();
        for _ in 0..LOOKS_A_MINUTE {
            levels.record(&system.read().await, now);
        }
        let bytes = levels.encode(Minute::of(now)).len();
        let mut out = io::stdout().lock();
        writeln!(out, "look {microseconds}")?;
        writeln!(out, "bytes {bytes}")
    })
}
