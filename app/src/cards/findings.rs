//! What is wrong with a database, in plain sentences, each with what to do.

use leptos::prelude::*;

use crate::components::card::of_store;
use crate::components::state::badge;
use crate::components::text::foreign;
use crate::dto::StoreReport;
use crate::findings;
use crate::look::Look;

pub fn findings_card(look: Look, store: &StoreReport) -> impl IntoView + use<> {
    let t = look.t.database_page;
    let rows: Vec<_> = findings::of(store)
        .iter()
        .map(|finding| {
            let [wrong, advice] = (t.finding)(finding, look.t.code);
            let advice = (!advice.is_empty()).then(|| view! { <p class="note">{advice}</p> });
            view! {
                <li data-testid="finding">
                    {badge(finding.state(), foreign(&wrong))}
                    {advice}
                </li>
            }
        })
        .collect();
    let body = view! { <ul class="findings">{rows}</ul> };
    of_store("findings", store.role, t.findings, body)
}
