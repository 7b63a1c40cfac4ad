//! A real program that runs for as long as it is held, and waiting for what it has to do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::http;

const PAUSE: Duration = Duration::from_millis(200);
/// How long a program may take to come up, or to go.
const PATIENCE: Duration = Duration::from_secs(60);
/// So much of what a program printed stands in an error.
const SHOWN_LINES: usize = 15;

/// A directory for what the programs of one part write; it goes with them.
pub struct Place(PathBuf);

impl Place {
    pub fn make() -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("peers-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self(path))
    }

    /// A directory of its own for a program.
    pub fn home(&self, name: &str) -> Result<PathBuf> {
        let home = self.0.join(name);
        fs::create_dir_all(&home)?;
        Ok(home)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is left lies among other temporary files.
        _ = fs::remove_dir_all(&self.0);
    }
}

pub struct Running {
    name: &'static str,
    child: Child,
    printed: PathBuf,
}

impl Running {
    /// Starts it in its directory, where it leaves what it prints.
    pub fn start(name: &'static str, command: &mut Command, home: &Path) -> Result<Self> {
        let printed = home.join("printed.log");
        let file = File::options().create(true).append(true).open(&printed)?;
        let child = command
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        Ok(Self {
            name,
            child,
            printed,
        })
    }

    /// Waits until `look` finds something. What it printed last stands in the error.
    pub fn until<T>(
        &mut self,
        what: &str,
        mut look: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let (child, name) = (&mut self.child, self.name);
        let mut ended = None;
        let found = until(what, PATIENCE, || {
            if let Some(status) = child.try_wait()? {
                ended = Some(status);
                return Ok(Some(None));
            }
            Ok(look()?.map(Some))
        });
        let error = match (found, ended) {
            (Ok(Some(found)), _) => return Ok(found),
            (Err(error), _) => error,
            (Ok(None), status) => anyhow!("{name} has ended: {status:?}"),
        };
        let printed = fs::read_to_string(&self.printed).unwrap_or_default();
        let lines: Vec<&str> = printed.lines().collect();
        let shown = lines.get(lines.len().saturating_sub(SHOWN_LINES)..);
        Err(error.context(format!(
            "{name} printed:\n{}",
            shown.unwrap_or_default().join("\n")
        )))
    }

    /// Waits until it answers well at this address.
    pub fn until_answers(&mut self, url: &str) -> Result<()> {
        let what = format!("{} answers", self.name);
        self.until(&what, || Ok(http::text(url, &[]).ok().map(drop)))
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let child = &mut self.child;
        let what = format!("{} ends", self.name);
        until(&what, PATIENCE, || Ok(child.try_wait()?.map(drop)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Waits until `look` finds something; what it failed with last, if it did, is the error's cause.
pub fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        let failed = match look() {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if begun.elapsed() > patience {
            let late = format!("not within {} s: {what}", patience.as_secs());
            match failed {
                Some(error) => return Err(error.context(late)),
                None => bail!(late),
            }
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_program_that_ends_early_says_its_last_words() {
        let place = Place::make().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such flag >&2; exit 3"]);
        let home = place.home("early").unwrap();
        let mut running = Running::start("early", &mut command, &home).unwrap();
        let error = running.until("it answers", || Ok(None::<()>)).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("no such flag"), "{error}");
        assert!(error.contains("early has ended"), "{error}");
    }

    #[test]
    fn what_does_not_come_in_time_is_named_with_the_last_cause() {
        let refused = || Err::<Option<()>, _>(anyhow!("connection refused"));
        let error = until("the line is there", Duration::ZERO, refused);
        let error = format!("{:#}", error.unwrap_err());
        assert_eq!(
            error,
            "not within 0 s: the line is there: connection refused"
        );
    }
}
