//! The same by plain forms.

use app::address::error_group;
use ops::errors::Change;

use super::{find, if_any, say, until, write_down};
use crate::desk::change::worded;
use crate::desk::forms::{Form, Forms};
use crate::http::error::ApiError;

pub struct ErrorForms;

impl Forms for ErrorForms {
    const PAGE: &'static str = find::PAGE;
    const ACTIONS: &'static [&'static str] = &["resolve", "reopen", "mute", "unmute", "notes"];

    fn page(id: &str) -> String {
        error_group(id)
    }

    async fn act(form: Form<'_>) -> Result<String, ApiError> {
        let Form {
            request,
            state,
            operator,
            id,
            action,
            sent,
        } = form;
        let (change, reason) = match action {
            "notes" => {
                let text = worded("text", sent.get("text"))?;
                write_down(request, state, operator, id, &text).await?;
                return Ok(Self::page(id));
            }
            "resolve" => (Change::Resolve, if_any("reason", sent.get("reason"))?),
            "mute" => {
                let reason = worded("reason", sent.get("reason"))?;
                let until_ms = until(state, None, sent.given("lasts"))?;
                (Change::Mute { until_ms }, reason)
            }
            "unmute" => (Change::Unmute, String::new()),
            _ => (Change::Reopen, String::new()),
        };
        say(request, state, operator, id, (change, &reason)).await?;
        Ok(Self::page(id))
    }
}
