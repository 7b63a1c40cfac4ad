//! The desk's state: what it records with, and what it watches and tells.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use app::pages::Configured;
use ops::clock::unix_millis;
use ops::errors::{Errors, GroupStore};
use ops::health::Memory;
use ops::host::Directories;
use ops::instances::Instance;
use ops::log::TemporaryLevel;
use ops::procfs::Roots;
use ops::series::{Run, SeriesStore};
use ops::task::Supervisor;
use ops::traffic::Traffic;

use super::host_service::Registry;
use super::{Parts, data_directory};
use crate::alerting::activity::ActivityRecorder;
use crate::alerting::channels::Courier;
use crate::alerting::spool::Spool;
use crate::alerting::{self, Alerting};
use crate::db::figures::Vendor;
use crate::desk::database::watched::Watched;
use crate::desk::diagnosis::kept::Diagnosis;
use crate::desk::logs::LogReader;
use crate::desk::logs::follow_limit::Seats;
use crate::desk::state::{DeskState, LogState, Recorded, ServiceIdentity};
use crate::host;
use crate::http::refusals::Refusals;
use crate::instances::Fleet;
use crate::state::start_error::StartError;

impl Parts {
    pub(super) fn recorded(&self) -> Recorded {
        let run = Run::new(self.instance.clone(), self.started_at);
        let (clock, store) = (&self.clock, &self.ops_store);
        let retention = self.config.traffic;
        let connections = host::Connections::new(
            self.db.clone(),
            self.ops.clone(),
            self.health.clone(),
            Arc::clone(&self.phase),
            Arc::clone(clock),
        );
        let host = host::host(
            run.clone(),
            self.started_at,
            Directories {
                logs: Some(self.log.dir().to_owned()),
                data: self.config.data_directory(),
            },
            connections,
            clock,
            Arc::clone(store),
            retention,
        );
        let host = Arc::new(host);
        let traffic = Arc::new(Traffic::new(
            run.clone(),
            Arc::clone(clock),
            Arc::clone(store) as Arc<dyn SeriesStore>,
            retention,
        ));
        let lost = (Arc::clone(&traffic), Arc::clone(&host));
        let activity = ActivityRecorder::new(
            run,
            Arc::clone(clock),
            Arc::clone(store) as Arc<dyn SeriesStore>,
            retention,
            (self.log.clone(), self.db.clone()),
            move || lost.0.dropped_minutes() + lost.1.dropped_minutes(),
        );
        Recorded {
            host,
            traffic,
            activity: Arc::new(activity),
            errors: Arc::new(Errors::new(
                (self.instance.clone(), host::version()),
                Arc::clone(clock),
                Arc::clone(store) as Arc<dyn SeriesStore>,
                Arc::clone(store) as Arc<dyn GroupStore>,
                retention.hours,
            )),
            fleet: Arc::new(Fleet::new(
                self.own(),
                Arc::clone(clock),
                Arc::clone(store),
                retention.hours,
            )),
        }
    }

    /// This instance, as it says of itself at its start.
    fn own(&self) -> Instance {
        let started_ms = unix_millis(self.started_at);
        Instance {
            name: self.instance.clone(),
            version: crate::VERSION.to_owned(),
            commit: crate::COMMIT.to_owned(),
            started_ms,
            seen_ms: started_ms,
            stopped_ms: None,
        }
    }

    fn alerting(&self) -> Result<Alerting, StartError> {
        let data = data_directory(&self.config);
        let dependencies = self.config.readiness.dependencies.iter();
        Ok(Alerting::new(alerting::Parts {
            instance: self.instance.clone(),
            run: Run::new(self.instance.clone(), self.started_at).number,
            clock: Arc::clone(&self.clock),
            store: Arc::clone(&self.ops_store),
            courier: Courier::new()?,
            is_alone: self.ops.vendor() == Vendor::Sqlite,
            dependencies: dependencies.map(|it| it.name.to_string()).collect(),
            is_one_disk: is_one_disk(self.log.dir(), &data),
            spool: Spool::new(data.join("notices.spool")),
            setup: self.config.alerts.clone(),
        }))
    }

    pub(super) fn desk(
        &self,
        recorded: Recorded,
        refusals: Refusals,
    ) -> Result<DeskState, StartError> {
        let clock = Arc::clone(&self.clock);
        let alerting = Arc::new(self.alerting()?);
        let level = TemporaryLevel::new(self.config.logging.level.clone(), Arc::clone(&clock));
        Ok(DeskState {
            alerting,
            service: ServiceIdentity {
                instance: self.instance.clone(),
                started_at: self.started_at,
                configured: Configured(self.config.set_variables.clone()),
            },
            host_service: Arc::new(Registry {
                db: self.db.clone(),
            }),
            db: self.db.clone(),
            ops: self.ops.clone(),
            watched: Watched::new(&clock, &self.runtime),
            diagnosis: Diagnosis::new(&*clock),
            tasks: Supervisor::new(Arc::clone(&clock), self.runtime.clone()),
            health: self.health.clone(),
            phase: Arc::clone(&self.phase),
            memory: Memory::watch(&self.runtime, Roots::default()),
            log: LogState {
                reader: LogReader::new(
                    self.log.dir(),
                    Arc::clone(&clock),
                    self.config.trace_url.clone(),
                ),
                handle: self.log.clone(),
                followers: Arc::new(Seats::default()),
                level: Arc::new(level),
                refusals,
            },
            recorded,
            spans: self.spans.clone(),
            clock,
        })
    }
}

/// Whether both lie on one file system, as far as they are there.
fn is_one_disk(log: &Path, data: &Path) -> bool {
    let device = |path: &Path| std::fs::metadata(path).ok().map(|found| found.dev());
    device(log).is_some() && device(log) == device(data)
}
