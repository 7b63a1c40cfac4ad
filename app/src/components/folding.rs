//! A table whose rows stand for themselves on a phone (`style/folding.css`): each cell says there which
//! column it is of, by its `data-name`. Laid out otherwise, elements lose what they are to those who
//! listen; so all of them say it by a role.

use leptos::prelude::*;

/// `is_sortable` if columns can be chosen by their heads: then these stay in sight on a phone.
pub fn folding(is_sortable: bool, heads: impl IntoView, rows: impl IntoView) -> AnyView {
    view! {
        <table class="folding" class:sortable=is_sortable role="table">
            <thead role="rowgroup">
                <tr role="row">{heads}</tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

pub fn head(title: impl IntoView) -> impl IntoView {
    view! { <th scope="col" role="columnheader">{title}</th> }
}

pub fn numeric_head(title: impl IntoView) -> impl IntoView {
    view! { <th scope="col" role="columnheader" class="numeric">{title}</th> }
}
