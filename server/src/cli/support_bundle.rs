//! `support-bundle`: all that a colleague needs, in one archive, without the secrets.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use tokio::time::timeout;

use super::{Failure, last_known, runtime, say, service_parts};
use crate::config::{Config, Examined};
use crate::doctor::{Report, examine};
use crate::state::instance;
use crate::support_bundle::{Bundle, Hider, Part, Secrets, local, stored, write};

/// Each part has a limit of its own, below this one.
const LIMIT: Duration = Duration::from_secs(90);

#[derive(Args)]
pub struct Arguments {
    /// Where to write it; otherwise a file here that is named by service, instance and time
    file: Option<PathBuf>,
}

/// Exit code 1: it could not be written.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = runtime()?;
    let gathering = runtime.spawn(async {
        let (report, examined) = examine().await;
        gather(&report, examined.as_ref()).await
    });
    let gathered = runtime.block_on(timeout(LIMIT, gathering));
    // A look that hangs must not keep the command.
    runtime.shutdown_background();
    let late = format!("nothing was gathered within {} s", LIMIT.as_secs());
    let bundle = gathered
        .map_err(|_| Failure::at_run_time(late))?
        .map_err(|error| Failure::because(&error))?;
    let default = || PathBuf::from(format!("{}.tar.gz", bundle.name));
    let path = arguments.file.clone().unwrap_or_else(default);
    let bytes = write(&bundle, &path).map_err(|error| {
        let place = path.display();
        Failure::at_run_time(format!("{place} can't be written: {error}"))
    })?;
    say(bundle.manifest().trim_end());
    say(format!("\n{}: {bytes} bytes", path.display()));
    Ok(())
}

async fn gather(report: &Report, examined: Option<&Examined>) -> Bundle {
    let made_at = SystemTime::now();
    let config = examined.and_then(|examined| examined.config.as_ref());
    let instance = config.map_or("unknown".to_owned(), |config| instance(&config.logging.dir));
    let secrets = examined.map(Secrets::of).unwrap_or_default();
    let mut bundle = Bundle::new(&instance, made_at, Hider::new(&secrets));
    bundle.add(local::doctor(report));
    bundle.add([
        local::configuration(examined),
        local::versions(&instance, made_at),
    ]);
    let Some((examined, config)) = examined.zip(config) else {
        let why = "the configuration can't be read";
        bundle.add(["status.json", "logs"].map(|name| Part::missing(name, why)));
        return bundle;
    };
    let (logs, state) = futures_util::join!(local::logs(config), state(examined, config));
    bundle.add([local::rules(config)]);
    bundle.add(state);
    bundle.add(logs);
    bundle
}

/// How the service is, by itself; else what it left behind.
async fn state(examined: &Examined, config: &Config) -> Vec<Part> {
    let why = if examined.knows("LISTEN_ADDR") {
        match service_parts::asked(config).await {
            Ok(parts) => return parts,
            Err(why) => why,
        }
    } else {
        "LISTEN_ADDR is wrong, so the service can't be asked".to_owned()
    };
    let (left, stored) = futures_util::join!(last_known::lines(config), stored::parts(config));
    let mut parts = vec![
        Part::missing("status.json", &why),
        Part::lines("left-behind.txt", left.join("\n")),
    ];
    parts.extend(stored);
    parts
}
