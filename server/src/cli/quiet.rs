//! `quiet`: nobody is told of anything for a while, and all is written down.

use app::dto::Quiet;
use clap::Args;
use ops::alerts::duration;
use reqwest::Method;
use serde_json::json;

use super::running_service::RunningService;
use super::{Failure, runtime, say};
use crate::config::Config;

#[derive(Args)]
pub struct Arguments {
    /// For how long, such as 30m or 2h; or `end`
    duration: String,
    /// Why
    reason: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let is_end = arguments.duration == "end";
    let lasts = duration::parse(&arguments.duration);
    let reason = arguments.reason.join(" ");
    if !is_end && lasts.is_none() {
        let given = &arguments.duration;
        let message = format!("DURATION: {given:?} is neither such as 30m or 2h nor end");
        return Err(Failure::of_usage(message));
    }
    runtime()?.block_on(async {
        let service = RunningService::of(&config).map_err(Failure::unreachable)?;
        let path = "/api/ops/quiet/";
        let Some(lasts) = lasts.filter(|_| !is_end) else {
            service.change(Method::DELETE, path, None::<&()>).await?;
            say("quiet has ended");
            return Ok(());
        };
        let body = json!({"duration_seconds": lasts.as_secs(), "reason": reason});
        let answer = service.change(Method::POST, path, Some(&body)).await?;
        let quiet: Quiet = service.read(&answer).map_err(Failure::unreachable)?;
        say(format!("quiet until {}", quiet.until));
        Ok(())
    })
}
