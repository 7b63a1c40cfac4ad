//! The same by plain forms, and silence for what an incident is called by.

use app::address::incident;

use super::{find, shut, take, write_down};
use crate::desk::alerts::silence_sent;
use crate::desk::change::worded;
use crate::desk::forms::{Form, Forms};
use crate::http::error::ApiError;

pub struct IncidentForms;

impl Forms for IncidentForms {
    const PAGE: &'static str = find::PAGE;
    const ACTIONS: &'static [&'static str] =
        &["acknowledge", "unacknowledge", "notes", "silence", "close"];

    fn page(id: &str) -> String {
        incident(id)
    }

    async fn act(form: Form<'_>) -> Result<String, ApiError> {
        let (request, state, operator) = (form.request, form.state, form.operator);
        let (id, sent) = (form.id, form.sent);
        match form.action {
            "acknowledge" => {
                let reason = worded("reason", sent.get("reason"))?;
                take(request, state, operator, id, Some(&reason)).await?;
            }
            "notes" => {
                let text = worded("text", sent.get("text"))?;
                write_down(request, state, operator, id, &text).await?;
            }
            "silence" => silence_sent(&form).await?,
            "close" => {
                let reason = worded("reason", sent.get("reason"))?;
                shut(request, state, operator, id, &reason).await?;
            }
            _ => take(request, state, operator, id, None).await?,
        }
        Ok(Self::page(id))
    }
}
