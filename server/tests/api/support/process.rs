//! A child process whose output is read as it comes, and which never outlives its test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::clock;
use super::wait::eventually;

pub struct Process {
    child: Child,
    stdout: Lines,
    stderr: Lines,
}

/// How a process ended, and all that it said.
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
}

impl Finished {
    /// The exit code; of a process that a signal ended there is none, which no test expects.
    pub fn code(&self) -> i32 {
        self.status.code().expect("an exit code")
    }
}

impl Process {
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} can't be started: {error}"));
        let stdout = Lines::follow(child.stdout.take().unwrap());
        let stderr = Lines::follow(child.stderr.take().unwrap());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    pub fn stdout(&self) -> Vec<String> {
        self.stdout.so_far()
    }

    pub fn stderr(&self) -> Vec<String> {
        self.stderr.so_far()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits for the end of the process, and of its output.
    pub async fn finish(mut self, limit: Duration) -> Finished {
        let status = eventually("the process ends", limit, async || {
            self.child.try_wait().unwrap()
        })
        .await;
        Finished {
            status,
            stdout: self.stdout.read_to_end().await,
            stderr: self.stderr.read_to_end().await,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Frozen or not: SIGKILL ends it. An error means that it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
        clock::tidy(self.pid());
    }
}

/// What was read so far, and whether that is all.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<(Vec<String>, bool)>>);

impl Lines {
    fn follow(output: impl Read + Send + 'static) -> Self {
        let lines = Self::default();
        let read = lines.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                read.0.lock().unwrap().0.push(line);
            }
            read.0.lock().unwrap().1 = true;
        });
        lines
    }

    fn so_far(&self) -> Vec<String> {
        self.0.lock().unwrap().0.clone()
    }

    async fn read_to_end(&self) -> Vec<String> {
        eventually("the output ends", Duration::from_secs(5), async || {
            let (lines, at_end) = &*self.0.lock().unwrap();
            at_end.then(|| lines.clone())
        })
        .await
    }
}
