//! What is wrong with a field, beside it.

use leptos::prelude::*;

use super::text::foreign;
use crate::dto::BadQuery;
use crate::view::settings::ViewSettings;

/// What to show beside the field `name` into which somebody typed `given`, and the id for those who
/// hear it; neither if `bad` is about another.
pub fn form_error(
    settings: ViewSettings,
    name: &str,
    given: &str,
    bad: Option<&BadQuery>,
) -> (Option<impl IntoView + use<>>, Option<String>) {
    let Some(bad) = bad.filter(|bad| bad.field == name) else {
        return (None, None);
    };
    let id = format!("mistake-{name}");
    let text = (settings.t.log_page.bad_field)(bad);
    let typed = (!given.is_empty()).then(|| {
        let typed = shortened(given);
        view! { <q>{foreign(&typed)}</q> " – " }
    });
    let shown = view! {
        <p class="field-error" id=id.clone() role="alert" data-testid="field-error">
            <span aria-hidden="true">"✕ "</span>
            {typed} {text}
        </p>
    };
    (Some(shown), Some(id))
}

/// The field has the whole of it.
fn shortened(given: &str) -> String {
    const MOST_CHARACTERS: usize = 60;
    if given.chars().count() <= MOST_CHARACTERS {
        return given.to_owned();
    }
    let start: String = given.chars().take(MOST_CHARACTERS).collect();
    start + "…"
}
