//! Host and process, as this service measures them: what besides the system is looked at, and
//! shown how. The engine is [`ops::host`].

mod events;
mod figures;
mod source;

pub use events::{entry, mark, timeline_kind};
pub use figures::history;
pub use source::Connections;

use std::sync::Arc;
use std::time::SystemTime;

use ops::clock::Clock;
use ops::events::{EventLog, EventStore};
use ops::host::{Directories, Host, Source, System};
use ops::procfs::Roots;
use ops::series::{Retention, Run, SeriesStore};
use tokio::runtime::Handle;

use crate::ops_store::OpsStore;

/// What is running, as marks on charts name it.
pub fn version() -> String {
    match crate::COMMIT {
        "unknown" => crate::VERSION.to_owned(),
        commit => format!("{} ({commit})", crate::VERSION),
    }
}

/// Everything that is looked at, wired together.
pub fn host(
    run: Run,
    started_at: SystemTime,
    directories: Directories,
    connections: Connections,
    clock: &Arc<dyn Clock>,
    store: Arc<OpsStore>,
    retention: Retention,
) -> Host {
    let system = System::new(
        Roots::default(),
        directories,
        Handle::current(),
        Arc::clone(clock),
    );
    let sources: Vec<Arc<dyn Source>> = vec![Arc::new(system), Arc::new(connections)];
    let events = EventLog::new(
        run.clone(),
        started_at,
        version(),
        Arc::clone(clock),
        Arc::clone(&store) as Arc<dyn EventStore>,
        retention,
    );
    let store = store as Arc<dyn SeriesStore>;
    Host::new(run, sources, Arc::clone(clock), store, events, retention)
}
