//! What is wrong with a field, beside it.

use leptos::prelude::*;

use crate::dto::BadQuery;
use crate::look::Look;

/// What to show beside the field `name`, and the id for those who hear it; neither if `bad` is about
/// another.
pub fn mistake(
    look: Look,
    name: &str,
    bad: Option<&BadQuery>,
) -> (Option<impl IntoView + use<>>, Option<String>) {
    let Some(bad) = bad.filter(|bad| bad.field == name) else {
        return (None, None);
    };
    let id = format!("mistake-{name}");
    let text = (look.t.log_page.bad_field)(bad);
    let shown = view! {
        <p class="field-error" id=id.clone() role="alert" data-testid="field-error">
            <span aria-hidden="true">"✕ "</span>
            {text}
        </p>
    };
    (Some(shown), Some(id))
}
