//! Both databases: reachable, how fast, of which version, writable, encrypted, sound, migrated.

use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime};

use ops::clock::{Minute, Resolution, from_unix_millis};
use ops::diagnosis::thresholds::DATABASE_LATENCY_MS;
use ops::health::Code;
use ops::host::{Gauge, HOST, Levels};
use ops::log::redact;
use ops::series::Payload as _;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::config::Host;

use super::blocking;
use super::disks::History;
use super::finding::Finding;
use crate::config::{Config, Examined};
use crate::db::migrate::{Schema, missing};
use crate::db::queries::health::{self, Answer};
use crate::db::queries::session::{self, Session};
use crate::db::queries::{instances, series};
use crate::db::url::DatabaseUrl;
use crate::db::{Db, DbError, chain, corruption, milliseconds};
use crate::state::instance;

/// For one question.
const LIMIT: Duration = Duration::from_millis(3500);
/// For reading a whole file: one that takes longer is not looked through.
const DAMAGE_LIMIT: Duration = Duration::from_secs(4);
/// A forecast for the disks is made of so many.
const HISTORY_MINUTES: u32 = 360;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Registry,
    Ops,
}

impl Role {
    fn subject(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Ops => "ops store",
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Registry => "DATABASE_URL",
            Self::Ops => "OPS_DATABASE_URL",
        }
    }

    fn schema(self) -> Schema {
        match self {
            Self::Registry => Schema::Registry,
            Self::Ops => Schema::Ops,
        }
    }

    fn url(self, config: &Config) -> &DatabaseUrl {
        match self {
            Self::Registry => &config.database.url,
            Self::Ops => &config.ops_database.url,
        }
    }
}

/// What a database shows, and what others are judged by.
#[derive(Default)]
pub struct Looked {
    pub findings: Vec<Finding>,
    /// Of a server.
    pub session: Option<Session>,
    /// When the newest of what it holds was written, in milliseconds since the Unix epoch.
    pub newest_ms: Option<i64>,
    pub disk_history: Vec<History>,
}

impl Looked {
    fn only(finding: Finding) -> Self {
        Self {
            findings: vec![finding],
            ..Self::default()
        }
    }
}

/// `has_run`: a service has run here before.
pub async fn look(role: Role, examined: &Examined, config: &Config, has_run: bool) -> Looked {
    let (subject, variable) = (role.subject(), role.variable());
    if !examined.knows(variable) {
        let text = format!("not looked at: {variable} is wrong");
        return Looked::only(Finding::warning(subject, text, "correct it first"));
    }
    let url = role.url(config);
    let looked = url.clone();
    // One that hangs is told by the limit of all of this.
    if blocking(move || looked.is_missing_file()).await == Some(true) {
        return Looked::only(missing_file(role, url, has_run));
    }
    let db = Db::new(url.clone(), 1, Duration::MAX, Handle::current());
    let is_migrated = AtomicBool::new(false);
    let (answered, damage) =
        futures_util::join!(health::ask(&db, LIMIT, &is_migrated), damage(url));
    if let Some(said) = damage {
        return Looked::only(damaged(role, url, &said));
    }
    let answer = match answered {
        Ok(answer) => answer,
        Err(error) => return Looked::only(away(role, url, &error)),
    };
    let asked = Instant::now();
    let again = health::ask(&db, LIMIT, &is_migrated).await;
    let latency = again.is_ok().then(|| asked.elapsed());
    let session = session::look(&db, LIMIT).await.ok().flatten();
    let mut looked = Looked {
        findings: reached(role, url, &answer, latency, session.as_ref()),
        session,
        ..Looked::default()
    };
    looked.findings.push(migrations(role, url, &answer));
    if role == Role::Ops {
        let seen = instances::seen_since(&db, 0).await.unwrap_or_default();
        looked.newest_ms = seen.iter().map(|row| row.seen_ms).max();
        looked.disk_history = history(&db, &instance(&config.logging.dir)).await;
    }
    looked
}

fn missing_file(role: Role, url: &DatabaseUrl, has_run: bool) -> Finding {
    let subject = role.subject();
    if !has_run {
        return Finding::ok(subject, format!("{url} is made at the first start"));
    }
    let text = format!("{url}: there is no such file, though a service has run here");
    let fix = format!(
        "look whether {} is right, or bring the file back; a start makes an empty one",
        role.variable()
    );
    Finding::warning(subject, text, fix)
}

/// In a file that is read within the limit.
async fn damage(url: &DatabaseUrl) -> Option<String> {
    let DatabaseUrl::Sqlite { path } = url else {
        return None;
    };
    let path = path.clone();
    let looked = tokio::task::spawn_blocking(move || corruption::damage(&path));
    timeout(DAMAGE_LIMIT, looked).await.ok()?.ok()?
}

fn damaged(role: Role, url: &DatabaseUrl, said: &str) -> Finding {
    let fix = match role {
        Role::Registry => "stop the service, keep the file, and restore a backup",
        Role::Ops => "copy it if it matters; the service sets it aside and begins a fresh one",
    };
    Finding::error(role.subject(), format!("{url} is damaged: {said}"), fix)
}

fn away(role: Role, url: &DatabaseUrl, error: &DbError) -> Finding {
    let (subject, variable) = (role.subject(), role.variable());
    if corruption::is_told_by(error) {
        return damaged(role, url, &redact(&chain(error)));
    }
    let code = error.code();
    let fix = match code {
        Code::Refused => format!("start the server, or correct host and port in {variable}"),
        Code::Auth => {
            format!("correct user and password in {variable}, or the server's pg_hba.conf")
        }
        Code::Timeout => {
            "look whether it is overloaded, frozen or locked, or a firewall is between".to_owned()
        }
        Code::PoolExhausted => {
            "end connections that nobody needs, or raise the server's max_connections".to_owned()
        }
        Code::Encoding => "make a database with the encoding UTF8".to_owned(),
        Code::ReadOnly => format!(
            "make room on its disk, or give the file to this user, or name the primary in {variable}"
        ),
        _ => format!("look at the server and the way to it, and at {variable}"),
    };
    let text = format!("{url} can't be used, {code}: {}", redact(&chain(error)));
    Finding::error(subject, text, fix)
}

fn reached(
    role: Role,
    url: &DatabaseUrl,
    answer: &Answer,
    latency: Option<Duration>,
    session: Option<&Session>,
) -> Vec<Finding> {
    let subject = role.subject();
    let vendor = match url {
        DatabaseUrl::Sqlite { .. } => "SQLite",
        DatabaseUrl::Postgres(_) => "PostgreSQL",
    };
    let ms = latency.map(milliseconds);
    let answers = ms.map_or("answers once and not again".to_owned(), |ms| {
        format!("answers in {ms} ms")
    });
    let wire = session.map(|session| match &session.tls {
        Some(version) => format!(", {version}"),
        None => ", in plain text".to_owned(),
    });
    let text = format!(
        "{url}: {vendor} {} {answers}{}",
        answer.version,
        wire.unwrap_or_default()
    );
    let is_slow = ms.is_none_or(|ms| ms >= DATABASE_LATENCY_MS.raise);
    let mut found = vec![if is_slow {
        Finding::warning(subject, text, "look at its load, and at the way to it")
    } else {
        Finding::ok(subject, text)
    }];
    if answer.is_read_only {
        found.push(Finding::warning(
            subject,
            "it takes no writes",
            "look whether it is a standby, its disk full or read-only, or the file another user's",
        ));
    }
    let is_plain = session.is_some_and(|session| session.tls.is_none());
    if is_plain && leaves_the_host(url) {
        let fix = format!("set sslmode=verify-full in {}", role.variable());
        let text = "whoever is between can read and change what goes to it";
        found.push(Finding::warning(subject, text, fix));
    }
    found
}

/// A name may mean any host, but for the one that never does.
fn leaves_the_host(url: &DatabaseUrl) -> bool {
    let DatabaseUrl::Postgres(url) = url else {
        return false;
    };
    let is_far = |host: &Host| match host {
        Host::Tcp(name) => {
            let is_loopback = name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
            name != "localhost" && !is_loopback
        }
        #[cfg(unix)]
        Host::Unix(_) => false,
    };
    url.hosts()
        .iter()
        .any(|config| config.get_hosts().iter().any(is_far))
}

fn migrations(role: Role, url: &DatabaseUrl, answer: &Answer) -> Finding {
    const SUBJECT: &str = "migrations";
    let store = role.subject();
    let named = match role.schema().named(url) {
        Ok(named) => named,
        Err(error) => {
            let text = format!("{store}: {}", chain(&error));
            return Finding::error(SUBJECT, text, "build the program anew");
        }
    };
    let wanted: Vec<String> = named.iter().map(|(version, _)| version.clone()).collect();
    let unapplied = missing(&wanted, &answer.applied_migrations);
    let names = named
        .iter()
        .filter(|(version, _)| unapplied.contains(version));
    let names: Vec<&str> = names.map(|(_, name)| name.as_str()).collect();
    if !names.is_empty() {
        let text = format!("{store}: unapplied: {}", names.join(", "));
        let fix = "run `agent-source-db migrate`, or start the service, which applies them";
        return Finding::error(SUBJECT, text, fix);
    }
    let applied = answer.applied_migrations.iter();
    let mut later: Vec<&str> = applied
        .filter(|version| !version.is_empty() && !wanted.contains(*version))
        .map(String::as_str)
        .collect();
    later.sort_unstable();
    if later.is_empty() {
        return Finding::ok(
            SUBJECT,
            format!("{store}: all {} are applied", wanted.len()),
        );
    }
    let text = format!(
        "{store}: it has some that this version does not know: {}",
        later.join(", ")
    );
    let fix = "a later version has run here: go back to that one, or restore a backup of before";
    Finding::warning(SUBJECT, text, fix)
}

/// Of this instance's disks: others may have other ones.
async fn history(db: &Db, instance: &str) -> Vec<History> {
    let now = Minute::of(SystemTime::now());
    let range = now.minus(HISTORY_MINUTES)..now.plus(1);
    let rows = series::read(db, HOST, Resolution::Minute, range).await;
    let mut logs = Vec::new();
    let mut data = Vec::new();
    for row in rows.unwrap_or_default() {
        let mut levels = Levels::default();
        let is_own = row.run.instance == instance;
        if !is_own || levels.merge_encoded(&row.payload, row.start).is_err() {
            continue;
        }
        for (used, gauge) in [
            (&mut logs, Gauge::LogDiskUsed),
            (&mut data, Gauge::DataDiskUsed),
        ] {
            let level = levels.get(gauge);
            used.extend(level.map(|level| (from_unix_millis(level.last_at * 1000), level.last)));
        }
    }
    let sorted = |disk, mut used: Vec<(SystemTime, u64)>| {
        used.sort_unstable();
        History { disk, used }
    };
    vec![sorted("log", logs), sorted("data", data)]
}
