//! Postfix's `smtp-sink`: a mail server that refuses, hangs up and is slow as it is told.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::geteuid;
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::port::Port;
use super::process::Process;
use super::temporary_directory;
use super::wait::{SOON, eventually};

pub struct SmtpSink {
    port: Port,
    running: Option<Process>,
    /// Of the mails that it takes while it has no faults, a file each.
    taken: TempDir,
}

/// `TEST_SMTP_SINK` names one.
fn program() -> PathBuf {
    let named = env::var_os("TEST_SMTP_SINK").filter(|value| !value.is_empty());
    named.map_or_else(|| "/usr/sbin/smtp-sink".into(), PathBuf::from)
}

impl SmtpSink {
    /// `faults` are its own options: `-r RCPT` refuses that command for now, `-f` for good, `-q` hangs up
    /// there, `-w 11` lets DATA wait for so many seconds.
    pub async fn with(faults: &[&str]) -> Self {
        let taken = temporary_directory();
        // As root it writes as somebody else.
        fs::set_permissions(taken.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let mut sink = Self {
            port: Port::reserve(),
            running: None,
            taken,
        };
        sink.come_up(faults).await;
        sink
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port.number)
    }

    /// From now on it takes what comes.
    pub async fn mend(&mut self) {
        self.running = None;
        let kept = self.taken.path().join("mail.").display().to_string();
        self.come_up(&["-d", &kept]).await;
    }

    async fn come_up(&mut self, options: &[&str]) {
        let program = program();
        let mut command = Command::new(&program);
        // Unpacked, it does not find its libraries by itself.
        let home = program.ancestors().nth(2).unwrap();
        command.env("LD_LIBRARY_PATH", home.join("lib/postfix"));
        if geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        // As in `MAIL_CONFIG`: with no configuration of this machine.
        command.env("MAIL_CONFIG", self.taken.path());
        command.args(options);
        command.arg(format!("127.0.0.1:{}", self.port.number));
        command.arg("16");
        let mut process = Process::spawn(command);
        eventually("smtp-sink listens", SOON, async || {
            let said = process.stderr();
            assert!(process.is_running(), "smtp-sink ended: {said:?}");
            let address = ("127.0.0.1", self.port.number);
            TcpStream::connect(address).await.ok()
        })
        .await;
        self.running = Some(process);
    }

    /// Head and body of each mail that was taken.
    pub fn taken(&self) -> Vec<String> {
        let entries = fs::read_dir(self.taken.path()).unwrap().flatten();
        let texts = entries.map(|entry| fs::read_to_string(entry.path()).unwrap());
        texts.collect()
    }
}
