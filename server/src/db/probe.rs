//! The health checks of the registry's database: one question, two answers.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ops::health::{CheckName, CheckResult, Code, HealthChecks, Probe, Status};

use super::{Db, migrate, queries};

pub const DATABASE: &str = "database";
pub const MIGRATIONS: &str = "migrations";

const DATABASE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a request waits to hear how the database is.
const PATIENCE: Duration = Duration::from_millis(150);

/// Asks the registry's database one question and feeds two checks with the answer.
pub struct DatabaseProbe {
    names: [CheckName; 2],
    db: Db,
    wanted: Vec<String>,
    /// Its table of migrations was there when it was last looked for.
    is_migrated: AtomicBool,
}

impl DatabaseProbe {
    /// `wanted` are the migrations that this binary carries.
    pub fn new(db: Db, wanted: Vec<String>) -> Self {
        Self {
            names: [DATABASE.into(), MIGRATIONS.into()],
            db,
            wanted,
            is_migrated: AtomicBool::new(false),
        }
    }
}

#[async_trait]
impl Probe for DatabaseProbe {
    fn names(&self) -> &[CheckName] {
        &self.names
    }

    fn timeout(&self) -> Duration {
        // The work's own deadline comes first: it knows more than that time has passed.
        DATABASE_TIMEOUT + Duration::from_millis(100)
    }

    fn may_be_slow(&self) -> bool {
        true
    }

    async fn run(&self) -> Vec<(CheckName, CheckResult)> {
        let started = Instant::now();
        match queries::health::ask(&self.db, DATABASE_TIMEOUT, &self.is_migrated).await {
            Ok(answer) => {
                let latency = started.elapsed();
                let missing = migrate::missing(&self.wanted, &answer.applied_migrations);
                let database = if answer.is_read_only {
                    CheckResult::warning().with_code(Code::ReadOnly)
                } else {
                    CheckResult::ok()
                };
                let database = database
                    .with_latency(latency)
                    .with_detail("version", answer.version);
                let migrations = if missing.is_empty() {
                    CheckResult::ok()
                } else {
                    CheckResult::warning().not_ready()
                };
                vec![
                    (DATABASE.into(), database),
                    (
                        MIGRATIONS.into(),
                        migrations
                            .with_detail("unapplied", missing.len())
                            .with_detail("missing", missing),
                    ),
                ]
            }
            Err(error) => {
                let failed = CheckResult::failed(error.code()).with_cause(&error);
                vec![
                    (DATABASE.into(), failed.clone()),
                    (MIGRATIONS.into(), failed),
                ]
            }
        }
    }
}

/// How the registry's database is; waits for that only where nothing is known of it.
pub async fn known(health: &HealthChecks) -> Option<CheckResult> {
    health.check_within(DATABASE, PATIENCE).await
}

/// Whether the registry's database can't even be read.
pub fn is_down(check: Option<&CheckResult>) -> bool {
    check.is_none_or(|check| check.status == Status::Error)
}
