//! [`MailServer`]: aiosmtpd, with the faults that a test asks for.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::{python, script};

pub struct MailServer {
    child: Child,
    asking: ChildStdin,
    telling: BufReader<ChildStdout>,
    pub port: u16,
}

impl MailServer {
    /// What `orders` may have stands in `mail_server.py`.
    pub fn start(orders: &Value) -> Self {
        let mut child = Command::new(python())
            .arg(script("mail_server.py"))
            .arg(orders.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asking = child.stdin.take().unwrap();
        let mut telling = BufReader::new(child.stdout.take().unwrap());
        let port = line(&mut telling).trim().parse();
        let port = port.expect("a Python with aiosmtpd; TEST_PYTHON names one");
        Self {
            child,
            asking,
            telling,
            port,
        }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// The mails since the last call.
    pub fn taken(&mut self) -> Vec<Value> {
        writeln!(self.asking).unwrap();
        serde_json::from_str(&line(&mut self.telling)).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn line(telling: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    telling.read_line(&mut line).unwrap();
    line
}

/// The values of a header of a mail.
pub fn headers<'m>(mail: &'m Value, name: &str) -> Vec<&'m str> {
    let headers = mail["headers"].as_array().unwrap().iter();
    headers
        .filter(|header| header[0].as_str().unwrap().eq_ignore_ascii_case(name))
        .map(|header| header[1].as_str().unwrap())
        .collect()
}
