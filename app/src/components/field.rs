//! A field of a form that changes something: its label, what is typed or chosen, and beside it why it
//! was refused.

use leptos::prelude::*;

use super::text::escaped;

/// So much fits a line.
const MOST_CHARACTERS: &str = "2000";
/// The server refuses longer ones.
const LONGEST_TEXT: &str = "10000";

pub struct Field {
    /// Unique on the page: forms of a page may ask for the same thing.
    pub id: String,
    /// As it is sent.
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
    pub need: Need,
    /// Why it was refused, and what to do.
    pub mistake: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Required,
    Optional,
}

/// A form that was sent and refused; provided in context by the server where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedForm {
    /// As the ids of its fields begin.
    pub form: String,
    /// The name of the field to look at.
    pub field: String,
    /// All that was typed, by the name of the field, so that it is not lost.
    pub sent: Vec<(String, String)>,
}

/// Whether it is this form that was refused.
pub fn is_refused(refused: Option<&RefusedForm>, form: &str) -> bool {
    refused.is_some_and(|refused| refused.form == form)
}

impl Field {
    /// Of one line, empty and required.
    pub fn new(form: &str, name: &'static str, label: &'static str) -> Self {
        Self {
            id: format!("{form}-{name}"),
            name,
            label,
            value: String::new(),
            need: Need::Required,
            mistake: None,
        }
    }

    pub fn optional(self) -> Self {
        Self {
            need: Need::Optional,
            ..self
        }
    }

    pub fn with_value(self, value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            ..self
        }
    }

    /// If its form is the one that was refused: with what was typed, and the mistake beside the field that
    /// has it.
    pub fn refused(self, refused: Option<&RefusedForm>, mistake: fn(&str) -> &'static str) -> Self {
        let is_of = |refused: &&RefusedForm| self.id == format!("{}-{}", refused.form, self.name);
        let Some(refused) = refused.filter(is_of) else {
            return self;
        };
        let mut sent = refused.sent.iter();
        let typed = sent.find(|(name, _)| name == self.name);
        Self {
            value: typed.map_or(self.value, |(_, value)| value.clone()),
            mistake: (refused.field == self.name).then(|| mistake(self.name)),
            ..self
        }
    }

    pub fn line(self) -> AnyView {
        let (describes, is_invalid) = self.described();
        let input = view! {
            <input
                id=self.id.clone()
                name=self.name
                value=self.value.clone()
                required=self.need == Need::Required
                maxlength=MOST_CHARACTERS
                autocomplete="off"
                aria-invalid=is_invalid
                aria-describedby=describes
            />
        };
        self.framed(input.into_any())
    }

    pub fn whole_number(self, most: u32) -> AnyView {
        let (describes, is_invalid) = self.described();
        let input = view! {
            <input
                type="number"
                inputmode="numeric"
                id=self.id.clone()
                name=self.name
                value=self.value.clone()
                min="1"
                max=most.to_string()
                required=self.need == Need::Required
                aria-invalid=is_invalid
                aria-describedby=describes
            />
        };
        self.framed(input.into_any())
    }

    /// Leptos writes what is in a `textarea` as it stands.
    pub fn text(self, rows: u32) -> AnyView {
        let (describes, is_invalid) = self.described();
        let area = view! {
            <textarea
                id=self.id.clone()
                name=self.name
                rows=rows.to_string()
                maxlength=LONGEST_TEXT
                required=self.need == Need::Required
                spellcheck="false"
                aria-invalid=is_invalid
                aria-describedby=describes
            >
                {escaped(&self.value)}
            </textarea>
        };
        self.framed(area.into_any())
    }

    /// Each as it is sent and as it is read.
    pub fn choice(self, options: &[(&str, &str)]) -> AnyView {
        let (describes, is_invalid) = self.described();
        let options: Vec<_> = options
            .iter()
            .map(|(value, text)| {
                let is_chosen = *value == self.value;
                view! {
                    <option value=(*value).to_owned() selected=is_chosen>
                        {(*text).to_owned()}
                    </option>
                }
            })
            .collect();
        let select = view! {
            <select id=self.id.clone() name=self.name aria-invalid=is_invalid aria-describedby=describes>
                {options}
            </select>
        };
        self.framed(select.into_any())
    }

    fn described(&self) -> (Option<String>, Option<&'static str>) {
        let describes = self.mistake.map(|_| format!("{}-mistake", self.id));
        (describes, self.mistake.map(|_| "true"))
    }

    fn framed(self, control: AnyView) -> AnyView {
        let mistake = self.mistake.map(|text| {
            let id = format!("{}-mistake", self.id);
            view! {
                <p class="field-error" id=id role="alert" data-testid="field-error">
                    <span aria-hidden="true">"✕ "</span>
                    {text}
                </p>
            }
        });
        view! {
            <div class="field">
                <label for=self.id>{self.label}</label>
                {control}
                {mistake}
            </div>
        }
        .into_any()
    }
}
