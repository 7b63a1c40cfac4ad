//! A program that tests run: the named one, one that is there, else Debian's.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, anyhow, ensure};

use super::debian;
use crate::layout::{Layout, is_executable, on_path};

/// What a machine may lack.
pub struct Program {
    pub name: &'static str,
    /// Names the program to use instead of looking for one.
    pub variable: &'static str,
    /// Debian's package.
    pub package: &'static str,
    pub purpose: &'static str,
}

pub const NGINX: Program = Program {
    name: "nginx",
    variable: "TEST_NGINX",
    package: "nginx-light",
    purpose: "to walk nginx.conf",
};

pub const PGBOUNCER: Program = Program {
    name: "pgbouncer",
    variable: "TEST_PGBOUNCER",
    package: "pgbouncer",
    purpose: "to put it before PostgreSQL",
};

pub const SQLITE: Program = Program {
    name: "sqlite3",
    variable: "TEST_SQLITE",
    package: "sqlite3",
    purpose: "to drill backup and restore",
};

pub const ALERTMANAGER: Program = Program {
    name: "prometheus-alertmanager",
    variable: "TEST_ALERTMANAGER",
    package: "prometheus-alertmanager",
    purpose: "to send alerts to",
};

pub const AMTOOL: Program = Program {
    name: "amtool",
    variable: "TEST_AMTOOL",
    package: "prometheus-alertmanager",
    purpose: "to check Alertmanager's configuration",
};

pub const PROMTOOL: Program = Program {
    name: "promtool",
    variable: "TEST_PROMTOOL",
    package: "prometheus",
    purpose: "to check and test exported rules",
};

pub const SMTP_SINK: Program = Program {
    name: "smtp-sink",
    variable: "TEST_SMTP_SINK",
    package: "postfix",
    purpose: "to refuse mails",
};

pub const PROMETHEUS: Program = Program {
    name: "prometheus",
    variable: "TEST_PROMETHEUS",
    package: "prometheus",
    purpose: "to be scraped by",
};

pub const VICTORIA_METRICS: Program = Program {
    name: "victoria-metrics",
    variable: "TEST_VICTORIA_METRICS",
    package: "victoria-metrics",
    purpose: "to keep what vmagent scrapes",
};

pub const VMAGENT: Program = Program {
    name: "vmagent",
    variable: "TEST_VMAGENT",
    package: "victoria-metrics",
    purpose: "to be scraped by",
};

impl Program {
    /// Fails where it can't be had: a test that is left out says nothing.
    pub fn find(&self) -> Result<PathBuf> {
        if let Some(found) = self.present()? {
            return Ok(found);
        }
        debian::install(self.package, self.purpose)?;
        self.installed().ok_or_else(|| self.missing())
    }

    /// The named one, one that is there, else Debian's, unpacked: installed it would run as a daemon.
    pub fn unpacked(&self, layout: &Layout) -> Result<PathBuf> {
        if let Some(found) = self.present()? {
            return Ok(found);
        }
        let home = self.home(layout);
        if !home.is_dir() && debian::may_install() {
            debian::unpack(self.package, &home, self.purpose)?;
        }
        ["usr/bin", "usr/sbin"]
            .map(|directory| home.join(directory).join(self.name))
            .into_iter()
            .find(|candidate| is_executable(candidate))
            .ok_or_else(|| self.missing())
    }

    /// Where Debian's package is unpacked.
    pub fn home(&self, layout: &Layout) -> PathBuf {
        layout.tools().join(self.package)
    }

    /// The named one, or one that is there.
    pub fn present(&self) -> Result<Option<PathBuf>> {
        if let Some(named) = env::var_os(self.variable).filter(|value| !value.is_empty()) {
            let named = PathBuf::from(named);
            let shown = named.display();
            ensure!(
                is_executable(&named),
                "{}={shown}: not a program",
                self.variable
            );
            return Ok(Some(named));
        }
        Ok(self.installed())
    }

    pub fn missing(&self) -> Error {
        let Self {
            name,
            variable,
            purpose,
            ..
        } = self;
        anyhow!("no {name} {purpose}: install it, or name it in {variable}")
    }

    /// Servers lie where only root's `PATH` leads.
    fn installed(&self) -> Option<PathBuf> {
        on_path(&[self.name]).or_else(|| {
            ["/usr/sbin", "/usr/local/sbin"]
                .map(|directory| Path::new(directory).join(self.name))
                .into_iter()
                .find(|candidate| is_executable(candidate))
        })
    }
}
