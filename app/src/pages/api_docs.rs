//! The API to read: plain HTML, made of its OpenAPI document.

use leptos::prelude::*;

use crate::assets::Assets;
use crate::document::{NOT_HYDRATED, Tab, frame};
use crate::locales::ApiPage;
use crate::view::viewer::Language;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiDocs {
    pub language: Language,
    pub version: String,
    pub description: String,
    pub groups: Vec<ApiGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiGroup {
    pub name: String,
    pub description: String,
    pub operations: Vec<ApiOperation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiOperation {
    pub method: String,
    pub path: String,
    pub summary: String,
    pub needs_sign_in: bool,
    pub parameters: Vec<ApiField>,
    /// Of the request's body.
    pub body: Vec<ApiField>,
    /// Status and meaning.
    pub answers: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiField {
    pub name: String,
    /// Where a parameter stands, or which type a field has.
    pub kind: String,
    pub is_required: bool,
    pub description: String,
}

/// A complete document.
pub fn render_api_docs(docs: &ApiDocs, assets: &Assets) -> String {
    let ApiDocs {
        language,
        version,
        description,
        groups,
    } = docs.clone();
    let t = &language.messages().api_page;
    let groups: Vec<_> = groups.into_iter().map(|it| group(t, it)).collect();
    let body = view! {
        <main class="api">
            <header>
                <h1>{t.title} " " <small>{version}</small></h1>
                <p lang="en">{description}</p>
                <p>
                    <a href="/api/openapi.json">{t.document}</a>
                    " · "
                    <a href="/admin/">{t.to_the_desk}</a>
                </p>
            </header>
            {groups}
        </main>
    };
    frame(language, Tab::named(t.title), assets, NOT_HYDRATED, body).to_html()
}

fn group(t: &'static ApiPage, group: ApiGroup) -> AnyView {
    let operations: Vec<_> = group
        .operations
        .into_iter()
        .map(|it| operation(t, it))
        .collect();
    view! {
        <section class="card api-group">
            <h2>{group.name}</h2>
            <p lang="en">{group.description}</p>
            {operations}
        </section>
    }
    .into_any()
}

fn operation(t: &'static ApiPage, operation: ApiOperation) -> AnyView {
    let answers: Vec<_> = operation
        .answers
        .into_iter()
        .map(|(status, meaning)| {
            view! {
                <tr>
                    <th scope="row"><code>{status}</code></th>
                    <td lang="en">{meaning}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <details class="api-operation">
            <summary>
                <span class="api-method" data-method=operation.method.clone()>{operation.method.clone()}</span>
                <code class="api-path">{operation.path}</code>
                <span lang="en">{operation.summary}</span>
                {operation.needs_sign_in.then(|| view! { <small>{t.needs_sign_in}</small> })}
            </summary>
            {fields(t, t.parameters, operation.parameters)}
            {fields(t, t.body, operation.body)}
            <h3>{t.answers}</h3>
            <table>
                <tbody>{answers}</tbody>
            </table>
        </details>
    }.into_any()
}

fn fields(t: &'static ApiPage, title: &'static str, fields: Vec<ApiField>) -> impl IntoView {
    let rows: Vec<_> = fields
        .into_iter()
        .map(|field| {
            view! {
                <tr>
                    <th scope="row"><code>{field.name}</code></th>
                    <td>
                        <small>{field.kind}</small>
                        {field.is_required.then(|| view! { " " <small>{t.required}</small> })}
                    </td>
                    <td lang="en">{field.description}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h3>{title}</h3>
            <table>
                <tbody>{rows}</tbody>
            </table>
        }
    })
}
