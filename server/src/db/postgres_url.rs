//! PostgreSQL's address in libpq's words: those that the driver knows, and those that it does not.

use std::fmt;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{
    Config, Host, LoadBalanceHosts, SslMode as DriverSslMode, SslNegotiation,
};

use super::tls::settings::{SslMode, TlsSettings};
use super::url_text::{malformed, without_password};

/// Parameters that the driver reads by itself.
const OF_DRIVER: [&str; 18] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "tcp_user_timeout",
    "user",
    "keepalives_count",
];

/// What a server has to be for a session to be worth having (libpq's `target_session_attrs`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetSession {
    #[default]
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    /// A standby if there is one, else any.
    PreferStandby,
}

/// An address that the driver takes and that names a host.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    without_password: String,
    /// One for each host, in the order in which they are to be tried.
    hosts: Vec<Config>,
    tls: TlsSettings,
    target: TargetSession,
    balances_load: bool,
    prepared_statements: bool,
}

/// The parameters that the driver does not know, or not with all of their values.
#[derive(Default)]
struct Own {
    mode: Option<SslMode>,
    root_certificates: Option<String>,
    target: TargetSession,
    no_prepared_statements: bool,
}

impl PostgresUrl {
    /// # Errors
    /// What the text should have been; it completes "is not …".
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (base, query) = split_query(text);
        // An @ back here belongs to a password that was not escaped: nothing of it may be repeated.
        if query.contains('@') {
            return Err(malformed());
        }
        let mut own = Own::default();
        let mut driver = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(malformed)?;
            let decode = |text| {
                let decoded = percent_decode_str(text).decode_utf8();
                decoded.map(String::from).map_err(|_| malformed())
            };
            let (key, decoded) = (decode(key)?, decode(value)?);
            match key.as_str() {
                // libpq's word for the driver's.
                "keepalives_count" => driver.push(format!("keepalives_retries={value}")),
                known if OF_DRIVER.contains(&known) => driver.push(pair.to_owned()),
                _ => own.read(&key, decoded)?,
            }
        }
        let separator = if driver.is_empty() { "" } else { "?" };
        let rebuilt = format!("{base}{separator}{}", driver.join("&"));
        let config: Config = rebuilt
            .parse()
            .map_err(|error| wrong_value(&error).unwrap_or_else(malformed))?;
        // An unescaped @ in a password would end up, in the clear, in the host's name.
        let is_host = |host: &Host| match host {
            Host::Tcp(name) => !name.is_empty() && !name.contains('@'),
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        if !config.get_hosts().iter().all(is_host) {
            return Err(malformed());
        }
        let hosts = one_for_each_host(&config)?;
        if hosts.is_empty() {
            return Err(malformed());
        }
        let tls = TlsSettings::read(own.mode, own.root_certificates.as_deref())?;
        if config.get_ssl_negotiation() == SslNegotiation::Direct && tls.mode < SslMode::Require {
            return Err(
                "usable: sslnegotiation=direct takes sslmode=require or stronger".to_owned(),
            );
        }
        Ok(Self {
            without_password: without_password(text),
            hosts,
            tls,
            target: own.target,
            balances_load: config.get_load_balance_hosts() == LoadBalanceHosts::Random,
            prepared_statements: !own.no_prepared_statements,
        })
    }

    /// What the driver connects with, one for each host, password included; its `Debug` output hides
    /// that. Whether to encrypt is for [`Self::tls`] to say.
    pub fn hosts(&self) -> &[Config] {
        &self.hosts
    }

    pub fn tls(&self) -> &TlsSettings {
        &self.tls
    }

    pub fn target(&self) -> TargetSession {
        self.target
    }

    /// Whether to begin with another host each time.
    pub fn balances_load(&self) -> bool {
        self.balances_load
    }

    /// Whether statements may be prepared for longer than a transaction.
    pub fn prepared_statements(&self) -> bool {
        self.prepared_statements
    }
}

impl Own {
    fn read(&mut self, key: &str, value: String) -> Result<(), String> {
        let one_of = |values: &str| format!("usable: {key} is one of {values}");
        match (key, value.as_str()) {
            ("sslmode", name) => {
                let mode = SslMode::parse(name);
                self.mode = Some(mode.ok_or_else(|| one_of(SslMode::NAMES))?);
            }
            // What other drivers write, and libpq takes.
            ("ssl", "true") => self.mode = Some(SslMode::Require),
            ("sslrootcert", "") => self.root_certificates = None,
            ("sslrootcert", _) => self.root_certificates = Some(value),
            ("target_session_attrs", name) => {
                self.target = match name {
                    "any" => TargetSession::Any,
                    "read-write" => TargetSession::ReadWrite,
                    "read-only" => TargetSession::ReadOnly,
                    "primary" => TargetSession::Primary,
                    "standby" => TargetSession::Standby,
                    "prefer-standby" => TargetSession::PreferStandby,
                    _ => {
                        return Err(one_of(
                            "any, read-write, read-only, primary, standby, prefer-standby",
                        ));
                    }
                };
            }
            ("prepared_statements", "true") => self.no_prepared_statements = false,
            ("prepared_statements", "false") => self.no_prepared_statements = true,
            ("prepared_statements", _) => return Err(one_of("true, false")),
            // There is no Kerberos here; who may do without it may go on.
            ("gssencmode", "disable" | "prefer") => {}
            _ => {
                return Err(format!(
                    "usable: `{key}` is no parameter of a database's address"
                ));
            }
        }
        Ok(())
    }
}

/// As the driver splits it: what stands before the first `@` is the user's name and password.
fn split_query(text: &str) -> (&str, &str) {
    let after_scheme = text.find("://").map_or(0, |colon| colon + 3);
    let rest = text.get(after_scheme..).unwrap_or_default();
    let after_credentials = after_scheme + rest.find('@').map_or(0, |at| at + 1);
    let rest = text.get(after_credentials..).unwrap_or_default();
    match rest.find('?') {
        Some(mark) => {
            let (base, query) = text.split_at(after_credentials + mark);
            (base, query.get(1..).unwrap_or_default())
        }
        None => (text, ""),
    }
}

/// The parameter whose value the driver refuses. Its other words may repeat a password.
fn wrong_value(error: &tokio_postgres::Error) -> Option<String> {
    let said = std::error::Error::source(error)?.to_string();
    let name = said.strip_prefix("invalid value for option `")?;
    let name = name.strip_suffix('`')?;
    Some(format!("usable: the value of {name} is wrong"))
}

/// The driver would try the hosts one after the other, each with the whole time for connecting.
fn one_for_each_host(all: &Config) -> Result<Vec<Config>, String> {
    let (hosts, addresses, ports) = (all.get_hosts(), all.get_hostaddrs(), all.get_ports());
    let count = hosts.len().max(addresses.len());
    let fits = |length: usize| length <= 1 || length == count;
    let is_whole = hosts.is_empty() || addresses.is_empty() || hosts.len() == addresses.len();
    if !is_whole || !fits(ports.len()) {
        return Err("usable: it has to give as many ports and addresses as hosts".to_owned());
    }
    let one = |index: usize| {
        let mut config = common(all);
        let address = addresses.get(index);
        match hosts.get(index) {
            Some(Host::Tcp(name)) => _ = config.host(name),
            #[cfg(unix)]
            Some(Host::Unix(path)) => _ = config.host_path(path),
            // The certificate is compared with the address then.
            None => _ = address.map(|address| config.host(address.to_string())),
        }
        if let Some(address) = address {
            config.hostaddr(*address);
        }
        let port = ports.get(index).or_else(|| ports.first());
        config.port(port.copied().unwrap_or(5432));
        config
    };
    Ok((0..count).map(one).collect())
}

/// Everything but hosts and ports.
fn common(all: &Config) -> Config {
    let mut config = Config::new();
    if let Some(user) = all.get_user() {
        config.user(user);
    }
    if let Some(password) = all.get_password() {
        config.password(password);
    }
    if let Some(name) = all.get_dbname() {
        config.dbname(name);
    }
    if let Some(options) = all.get_options() {
        config.options(options);
    }
    if let Some(name) = all.get_application_name() {
        config.application_name(name);
    }
    config
        .ssl_mode(DriverSslMode::Disable)
        .ssl_negotiation(all.get_ssl_negotiation())
        .channel_binding(all.get_channel_binding());
    config
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.without_password)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[path = "postgres_url_tests.rs"]
mod tests;
