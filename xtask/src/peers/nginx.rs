//! A real nginx over the checkout's `nginx.conf`, of which only addresses and directories are changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::running::Running;
use crate::layout::Layout;
use crate::need::program::NGINX;
use crate::process::{self, free_port};

pub struct Nginx {
    /// Held, so that it goes on.
    _running: Running,
    /// `host:port`
    pub address: String,
}

impl Nginx {
    /// In front of the service at `upstream`, which is `host:port`.
    pub fn before(layout: &Layout, upstream: &str, home: &Path) -> Result<Self> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let text = fs::read_to_string(layout.root.join("nginx.conf"))?;
        for name in ["log", "cache"] {
            fs::create_dir_all(home.join(name))?;
        }
        fs::write(
            home.join("nginx.conf"),
            adapted(&text, upstream, &address, home)?,
        )?;
        // As root its workers would become somebody who may not read our directory.
        let user = if process::is_root() { "user root;" } else { "" };
        let mut command = Command::new(NGINX.find()?);
        command
            .arg("-c")
            .arg(home.join("nginx.conf"))
            .arg("-e")
            .arg(home.join("log/error.log"))
            // One process: its workers would outlive a killed master.
            .args(["-g", &format!("daemon off; master_process off; {user}")])
            .arg("-p")
            .arg(home);
        let mut running = Running::start("nginx", &mut command, home)?;
        running.until_answers(&format!("http://{address}/health/"))?;
        Ok(Self {
            _running: running,
            address,
        })
    }
}

fn adapted(text: &str, upstream: &str, address: &str, home: &Path) -> Result<String> {
    let home = home.display();
    let mut text = text.to_owned();
    for (from, to) in [
        ("server web:8000 ", format!("server {upstream} ")),
        ("listen 80 ", format!("listen {address} ")),
        ("/run/nginx.pid", format!("{home}/pid")),
        ("/var/log/nginx/", format!("{home}/log/")),
        ("/var/cache/nginx/", format!("{home}/cache/")),
    ] {
        ensure!(text.contains(from), "nginx.conf has no {from:?}");
        text = text.replace(from, &to);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_changed_is_there_and_what_lies_outside_is_not_touched() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nginx.conf");
        let text = fs::read_to_string(file).unwrap();
        let text = adapted(&text, "127.0.0.1:1", "127.0.0.1:2", Path::new("/tmp/x")).unwrap();
        assert!(text.contains("server 127.0.0.1:1 max_fails"), "{text}");
        assert!(text.contains("listen 127.0.0.1:2 default_server"), "{text}");
        assert!(!text.contains("/var/log/") && !text.contains("/var/cache/"));
        assert!(adapted("", "a", "b", Path::new("/tmp/x")).is_err());
    }
}
