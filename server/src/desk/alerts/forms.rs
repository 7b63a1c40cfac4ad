//! The same by plain forms.

use app::address::page::Page;
use app::address::with_query;
use app::dto;

use super::silences::{NewQuiet, ended, quieted, silenced, unquieted};
use super::{notifications, tested};
use crate::desk::change::worded;
use crate::desk::forms::{Form, Forms};
use crate::http::error::{ApiError, FieldError};

pub struct AlertForms;

impl Forms for AlertForms {
    const PAGE: &'static str = Page::Alerts.path();
    const ACTIONS: &'static [&'static str] = &[
        "silences",
        "silences/end",
        "quiet",
        "quiet/end",
        "channels/test",
    ];

    fn page(_: &str) -> String {
        Self::PAGE.to_owned()
    }

    async fn act(form: Form<'_>) -> Result<String, ApiError> {
        let (request, state, operator) = (form.request, form.state, form.operator);
        let sent = form.sent;
        match form.action {
            "silences" => silence_sent(&form).await?,
            "silences/end" => ended(request, state, operator, sent.get("id")).await?,
            "quiet" => {
                let minutes: u64 = sent.get("minutes").trim().parse().unwrap_or(0);
                let wanted = NewQuiet {
                    duration_seconds: minutes.saturating_mul(60),
                    reason: sent.get("reason").to_owned(),
                };
                let done = quieted(request, state, operator, &wanted).await;
                done.map_err(|error| renamed(error, &[("duration_seconds", "minutes")]))?;
            }
            "channels/test" => {
                let name = sent.get("name");
                let found = tested(request, state, operator, name).await?;
                let pairs = [
                    ("tested", name.to_owned()),
                    ("delivered", found.delivered.to_string()),
                    ("answer", found.answer),
                ];
                return Ok(with_query(Self::PAGE, pairs));
            }
            _ => unquieted(request, state, operator).await,
        }
        Ok(Self::page(form.id))
    }
}

/// Where the form has other fields than the API: each of the API's with the one to look at.
fn renamed(mut error: ApiError, names: &[(&str, &str)]) -> ApiError {
    for field in &mut error.errors {
        if let Some((_, name)) = names.iter().find(|(of_api, _)| field.field == *of_api) {
            (*name).clone_into(&mut field.field);
        }
    }
    error
}

/// Makes a silence out of the fields `rule`, `subject`, `severity`, `reason` and `duration`.
pub async fn silence_sent(form: &Form<'_>) -> Result<(), ApiError> {
    let (state, sent) = (form.state, form.sent);
    let matchers = dto::SilenceMatchers {
        rule: sent.given("rule").map(str::to_owned),
        subject: sent.given("subject").map(str::to_owned),
        severity: match sent.get("severity") {
            "info" => Some(dto::Severity::Info),
            "warning" => Some(dto::Severity::Warning),
            "critical" => Some(dto::Severity::Critical),
            _ => None,
        },
    };
    let reason = worded("reason", sent.get("reason"))?;
    let until = notifications::until_of(sent.get("duration"), state.alerting.now_ms());
    let until = until.ok_or_else(|| {
        let message = "must be one of those that the form has";
        ApiError::invalid(vec![FieldError::new("duration", message)])
    })?;
    let done = silenced(
        form.request,
        state,
        form.operator,
        (matchers, reason, until),
    )
    .await;
    done.map(drop)
        .map_err(|error| renamed(error, &[("matchers", "rule"), ("until", "duration")]))
}
