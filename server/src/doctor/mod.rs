//! What is wrong with the service on this host, found without it: configuration, directories, disks,
//! databases, migrations, clock, rules, channels, address.
//!
//! Nothing is made or changed, and nothing waits for long: all looks are taken side by side, each within
//! [`LIMIT`].

mod address;
mod clock;
mod configuration;
mod databases;
mod disks;
mod finding;
mod places;
mod watching;

pub use finding::{Finding, Level, Report};

use std::path::Path;
use std::time::{Duration, SystemTime};

use futures_util::join;
use tokio::time::timeout;

use self::databases::Role;
use crate::auth::secret::KEY_FILE;
use crate::config::{Config, Examined};
use crate::db::url::DatabaseUrl;

/// For one look. Longer than a database has for an answer.
const LIMIT: Duration = Duration::from_secs(6);

/// Also what was read of the configuration; `None` if even that took too long.
///
/// A look that hangs leaves a thread behind: whoever calls must not wait for it when the runtime ends.
pub async fn examine() -> (Report, Option<Examined>) {
    let mut report = Report::new(SystemTime::now());
    let Some(examined) = blocking(Config::examine_process).await else {
        let fix = "look whether the disk of the working directory or of ALERTS_FILE hangs";
        report.add([late("configuration", fix)]);
        return (report, None);
    };
    report.add(configuration::findings(&examined));
    if let Some(config) = &examined.config {
        look_around(&mut report, &examined, config).await;
    }
    (report, Some(examined))
}

async fn look_around(report: &mut Report, examined: &Examined, config: &Config) {
    let looked = config.clone();
    // Whoever can't say so hangs, which others tell.
    let has_run = blocking(move || has_run(&looked)).await.unwrap_or(true);
    let look = |role| databases::look(role, examined, config, has_run);
    let (registry, ops, spaces, places, dependencies, address, logged) = join!(
        within("registry", look(Role::Registry)),
        within("ops store", look(Role::Ops)),
        disks::spaces(config),
        places::findings(config, has_run),
        within("dependencies", watching::dependencies(examined, config)),
        within("address", address::findings(examined, config)),
        clock::newest_line(config),
    );
    report.add(watching::rules(examined, config));
    report.add(watching::channels(config));
    report.add(places);
    let mut sessions = Vec::new();
    let (mut history, mut recorded) = (Vec::new(), None);
    let mut of_databases = Vec::new();
    for (name, looked) in [("registry", registry), ("ops store", ops)] {
        match looked {
            Ok(seen) => {
                of_databases.extend(seen.findings);
                sessions.extend(seen.session.map(|session| (name, session)));
                history.extend(seen.disk_history);
                recorded = recorded.max(seen.newest_ms);
            }
            Err(late) => of_databases.push(late),
        }
    }
    report.add(disks::findings(spaces, &history));
    report.add(of_databases);
    report.add(clock::findings(
        SystemTime::now(),
        &sessions,
        recorded,
        logged,
    ));
    report.add(dependencies.unwrap_or_else(|late| vec![late]));
    report.add(address.unwrap_or_else(|late| vec![late]));
}

async fn within<T>(subject: &'static str, look: impl Future<Output = T>) -> Result<T, Finding> {
    let looked = timeout(LIMIT, look).await;
    looked.map_err(|_| late(subject, "look whether its disk or its network hangs"))
}

fn late(subject: &str, fix: &str) -> Finding {
    let text = format!("no answer within {} s", LIMIT.as_secs());
    Finding::error(subject, text, fix)
}

/// On a thread for what may hang; `None` if it did.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = timeout(LIMIT, tokio::task::spawn_blocking(work)).await;
    done.ok()?.ok()
}

/// Whether a service has run here before, by what it left.
fn has_run(config: &Config) -> bool {
    let log = config.logging.dir.join("app.log");
    let urls = [&config.database.url, &config.ops_database.url];
    let has_file =
        |url: &&DatabaseUrl| matches!(url, DatabaseUrl::Sqlite { path } if path.exists());
    log.exists() || Path::new(KEY_FILE).exists() || urls.iter().any(has_file)
}
