//! What is wrong with a database, in plain sentences, each with what to do.

use leptos::prelude::*;

use crate::components::card::of_store;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::dto::StoreReport;
use crate::view::settings::ViewSettings;

pub fn findings_card(settings: ViewSettings, store: &StoreReport) -> impl IntoView + use<> {
    let t = &settings.t.diagnosis;
    let row = |state, wrong: &str, advice: String| {
        let advice = (!advice.is_empty()).then(|| view! { <p class="note">{advice}</p> });
        view! {
            <li data-testid="finding">
                {badge(state, foreign(wrong))}
                {advice}
            </li>
        }
    };
    let mut rows: Vec<_> = store
        .findings
        .iter()
        .map(|finding| {
            let [wrong, advice] = (t.finding)(finding);
            row(finding.severity.into(), &wrong, advice)
        })
        .collect();
    if rows.is_empty() {
        let (state, text) = if store.can_be_judged {
            (State::Ok, t.calm)
        } else {
            (State::Unknown, t.too_few_queries)
        };
        rows.push(row(state, text, String::new()));
    }
    let body = view! { <ul class="findings">{rows}</ul> };
    of_store("findings", store.role, t.findings, body)
}
