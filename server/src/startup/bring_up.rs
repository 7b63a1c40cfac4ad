//! Brings the databases up while the service already runs: migrations, then the first admin, then
//! the work that waits in them. Tries again for as long as it takes.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use ops::events::EventKind;
use ops::health::Code;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::auth::password;
use crate::db::migrate::{self, MigrateError, Schema};
use crate::db::queries::users;
use crate::db::time::naive;
use crate::db::url::DatabaseUrl;
use crate::db::{DbError, corruption};
use crate::state::AppState;

/// Recovery is seen within five seconds, so ask more often than that.
const RETRY_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
enum BringUpError {
    #[error("the migrations can't be applied")]
    Migrate(#[from] MigrateError),
    #[error("the first admin can't be created")]
    Admin(#[from] DbError),
    #[error("the first admin's password can't be hashed")]
    Password(#[from] password::PasswordError),
}

impl BringUpError {
    fn code(&self) -> Code {
        match self {
            Self::Migrate(error) => error.code(),
            Self::Admin(error) => error.code(),
            Self::Password(_) => Code::Query,
        }
    }
}

pub async fn all(state: Arc<AppState>) {
    let [registry_tried, ops_tried] = [Notify::new(), Notify::new()];
    let both_tried = async {
        futures_util::join!(registry_tried.notified(), ops_tried.notified());
        state.auth.sessions.bring_up_was_tried();
    };
    futures_util::join!(
        registry(&state, &registry_tried),
        ops_store(&state, &ops_tried),
        both_tried
    );
}

/// `tried` hears of each attempt.
async fn registry(state: &AppState, tried: &Notify) {
    let mut reported = None;
    let admin = loop {
        let prepared = prepare_registry(state).await;
        tried.notify_one();
        match prepared {
            Ok(admin) => break admin,
            Err(error) => {
                state.edge.phase.still_starting(error.code());
                report(&error, error.code(), &mut reported);
            }
        }
        tokio::time::sleep(RETRY_EVERY).await;
    };
    state.edge.phase.running();
    // Whoever asked meanwhile was told of unapplied migrations, and would be for a second more.
    state.desk.health.expire();
    tracing::info!("ready: the registry's database is up to date");
    // For as long as the process lives: the task that this runs in ends with the service.
    let revalidated = state
        .registry
        .revalidation
        .run(&state.desk.db, &state.registry.checks);
    futures_util::join!(revalidated, admin_later(state, admin));
}

/// A database that takes no writes is good enough for reading; who may sign in is settled when it does.
async fn admin_later(state: &AppState, mut admin: Admin) {
    while admin == Admin::Missing {
        tokio::time::sleep(RETRY_EVERY).await;
        if first_admin(state).await.is_ok() {
            admin = Admin::Settled;
        }
    }
}

/// The desk lives without its store, so readiness does not wait for it. It is looked after as long as
/// the service runs: a file that is damaged gives way to a fresh one. `tried` hears of each attempt.
async fn ops_store(state: &AppState, tried: &Notify) {
    let mut reported = None;
    loop {
        let applied = apply(Schema::Ops, state).await;
        tried.notify_one();
        match applied {
            Ok(()) => {
                reported = None;
                state.ops_store.prepared();
                state.desk.ops.damaged().await;
                set_aside_if_damaged(state).await;
            }
            Err(error) => {
                report(&error, error.code(), &mut reported);
                if corruption::is_told_by(&error) {
                    set_aside_if_damaged(state).await;
                }
            }
        }
        tokio::time::sleep(RETRY_EVERY).await;
    }
}

async fn set_aside_if_damaged(state: &AppState) {
    let DatabaseUrl::Sqlite { path } = state.desk.ops.url().clone() else {
        return;
    };
    let now = state.desk.clock.now();
    let looked = tokio::task::spawn_blocking(move || corruption::set_aside(&path, now)).await;
    match looked {
        Ok(Ok(Some(aside))) => tracing::error!(
            set_aside = %aside.display(),
            "the desk's own store is damaged: it was set aside, and a fresh one takes its place"
        ),
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "the desk's own store is damaged and can't be set aside"
        ),
        Err(panicked) => tracing::error!(
            error = &panicked as &dyn std::error::Error,
            "looking at the desk's own store failed"
        ),
    }
    // Also if another process replaced the file.
    state.desk.ops.reconnect();
}

/// Once for each kind of failure, not once a second.
fn report(error: &(dyn std::error::Error + 'static), code: Code, reported: &mut Option<Code>) {
    if *reported != Some(code) {
        *reported = Some(code);
        match code {
            // These last until somebody changes the database or the configuration.
            Code::Auth | Code::Encoding => tracing::error!(
                error,
                code = code.as_str(),
                "a database can't be used as it is; trying again every second"
            ),
            _ => tracing::warn!(
                error,
                code = code.as_str(),
                "a database can't be brought up; trying again every second"
            ),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Admin {
    Settled,
    /// No user exists yet, and none can be written.
    Missing,
}

async fn prepare_registry(state: &AppState) -> Result<Admin, BringUpError> {
    apply(Schema::Registry, state).await?;
    match first_admin(state).await {
        Err(error) if error.code() == Code::ReadOnly => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "no user exists yet, and the database takes no writes: nobody can sign in before it does"
            );
            Ok(Admin::Missing)
        }
        outcome => outcome.map(|()| Admin::Settled),
    }
}

async fn apply(schema: Schema, state: &AppState) -> Result<(), MigrateError> {
    let (db, name) = match schema {
        Schema::Registry => (&state.desk.db, "registry"),
        Schema::Ops => (&state.desk.ops, "ops"),
    };
    let applied = migrate::apply(schema, db.url(), &Handle::current()).await?;
    if !applied.is_empty() {
        let versions = applied.join(",");
        tracing::info!(?schema, versions, "migrations applied");
        let detail = format!("{name}: {versions}");
        state
            .desk
            .recorded
            .host
            .note_event(EventKind::Migration, detail);
    }
    Ok(())
}

/// While no user exists: creates the admin, and tells the password once, on the console only.
async fn first_admin(state: &AppState) -> Result<(), BringUpError> {
    // The usual start must not cost a password hash.
    if users::exist(&state.desk.db).await? {
        return Ok(());
    }
    let admin = &state.config.admin;
    let (plain, shown) = match &admin.password {
        Some(given) => (given.expose().to_owned(), "as in ADMIN_PASSWORD".to_owned()),
        None => {
            let generated = password::generate()?;
            (generated.clone(), generated)
        }
    };
    let hashed = tokio::task::spawn_blocking(move || password::hash(&plain))
        .await
        .map_err(|_| DbError::Interrupted)??;
    let user = users::NewUser {
        username: admin.username.to_string(),
        email: None,
        password_hash: hashed,
        is_staff: true,
        created_at: naive(state.desk.clock.now()),
    };
    if users::create_first(&state.desk.db, user).await? {
        tracing::info!(username = admin.username.as_str(), "first admin created");
        // Not through the log: no log ever holds a password.
        _ = writeln!(
            io::stdout(),
            "first start: sign in as {}, password: {shown}",
            admin.username
        );
    }
    Ok(())
}
