//! Whose figures a page shows: of all instances together, or of one. A form, so that it works without
//! scripts; the choice stands in the address.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::state::{State, badge};
use crate::dto::InstanceChoice;
use crate::view::settings::ViewSettings;

/// `path` is the page's, `kept` what else stands in its address, `all` its address without a choice.
/// Nothing where there is nothing to choose.
pub fn instance_filter(
    settings: ViewSettings,
    choice: &InstanceChoice,
    names: &[String],
    path: String,
    kept: &[(&'static str, String)],
    all: String,
) -> impl IntoView + use<> {
    let t = &settings.t.instance_texts;
    if *choice == InstanceChoice::All && names.len() < 2 {
        return Either::Left(());
    }
    let says = match choice {
        InstanceChoice::All => EitherOf3::A(()),
        InstanceChoice::Instance(name) => EitherOf3::B(view! {
            <p data-testid="whose">
                {(t.only_of)(name)} " " <a href=all>{t.show_all}</a>
            </p>
        }),
        InstanceChoice::Unknown(name) => EitherOf3::C(view! {
            <p data-testid="whose" role="status">
                {badge(State::Warning, (t.unknown)(name))}
            </p>
        }),
    };
    let chosen = choice.instance().unwrap_or_default();
    let option = |value: &str, text: String| {
        let is_chosen = value == chosen;
        view! {
            <option value=value.to_owned() selected=is_chosen>
                {text}
            </option>
        }
    };
    let mut options = vec![option("", t.all_instances.to_owned())];
    // What is shown can be chosen, however long ago it was seen.
    let is_listed = chosen.is_empty() || names.iter().any(|name| name == chosen);
    options.extend((!is_listed).then(|| option(chosen, chosen.to_owned())));
    options.extend(names.iter().map(|name| option(name, name.clone())));
    let hidden: Vec<_> = kept
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
        .collect();
    Either::Right(view! {
        <div class="instance-filter">
            {says}
            <form method="get" action=path>
                {hidden}
                <label>
                    {t.figures_of} " "
                    <select name="instance" id="instance-choice" data-testid="instance-choice">
                        {options}
                    </select>
                </label>
                <button>{t.show}</button>
            </form>
        </div>
    })
}
