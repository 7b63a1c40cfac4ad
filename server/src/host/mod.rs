//! Host and process, as this service measures them: what besides the system is looked at, stored
//! where, shown how. The engine is [`ops::host`].

mod events;
mod figures;
mod source;
mod store;

pub use events::event;
pub use figures::history;
pub use source::Connections;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use ops::clock::Clock;
use ops::host::{Directories, Host, Source, System};
use ops::kernel::Roots;
use ops::log::LogHandle;
use ops::store::Run;
use tokio::runtime::Handle;

use crate::config::Config;
use crate::db::url::DatabaseUrl;
use crate::traffic::TrafficStore;

/// What is running, as marks on charts name it.
fn version() -> String {
    match crate::COMMIT {
        "unknown" => crate::VERSION.to_owned(),
        commit => format!("{} ({commit})", crate::VERSION),
    }
}

/// Where a database keeps its file, if it is one.
fn directory(url: &DatabaseUrl) -> Option<PathBuf> {
    match url {
        DatabaseUrl::Sqlite { .. } => Some(url.directory().unwrap_or(Path::new(".")).to_owned()),
        DatabaseUrl::Postgres(_) => None,
    }
}

/// Everything that is looked at, wired together.
pub fn host(
    run: Run,
    started_at: SystemTime,
    config: &Config,
    log: &LogHandle,
    connections: Connections,
    clock: &Arc<dyn Clock>,
    store: Arc<TrafficStore>,
) -> Host {
    let urls = [&config.database.url, &config.ops_database.url];
    let directories = Directories {
        logs: Some(log.dir().to_owned()),
        data: urls.into_iter().find_map(directory),
    };
    let system = System::new(
        Roots::default(),
        directories,
        Handle::current(),
        Arc::clone(clock),
    );
    let sources: Vec<Arc<dyn Source>> = vec![Arc::new(system), Arc::new(connections)];
    Host::new(
        run,
        started_at,
        version(),
        sources,
        Arc::clone(clock),
        store,
        config.traffic,
    )
}
