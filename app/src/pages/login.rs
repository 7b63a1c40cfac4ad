//! `/admin/login/`: plain HTML. Its one script says in which zone the reader is, so that the first page
//! behind it is in that zone; without it everything works.

use leptos::prelude::*;

use crate::address::percent_encode;
use crate::assets::{Assets, ZONE_SCRIPT};
use crate::components::controls::language_switch;
use crate::document::{NOT_HYDRATED, Tab, frame};
use crate::locales::SignInPage;
use crate::view::viewer::Language;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginView {
    pub language: Language,
    /// Where to go after signing in: a local path that the server has checked.
    pub next: String,
    /// What was typed before, so that only the password is asked again.
    pub username: String,
    pub error: Option<LoginError>,
    /// The users' database is out of reach: an access code opens the desk.
    pub offers_code: bool,
    /// The browser will drop the session's cookie, which is for https only.
    pub is_insecure: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginError {
    WrongCredentials,
    Throttled {
        retry_after_seconds: u64,
    },
    /// The users' database can't be reached.
    Unavailable,
    /// Two values that should say the same, each with its header's name.
    CrossOrigin {
        said: String,
        expected: String,
    },
    /// Too many sign in at once.
    Busy,
    WrongCode,
    /// An access code, while names and passwords work.
    CodeNotNeeded,
}

/// A complete document.
pub fn render_login(login: &LoginView, assets: &Assets) -> String {
    let LoginView {
        language,
        next,
        username,
        error,
        offers_code,
        is_insecure,
    } = login.clone();
    let t = &language.messages().sign_in_page;
    let error = error.map(|error| {
        view! {
            <p class="form-error" role="alert" id="login-error" data-testid="login-error">
                <span aria-hidden="true">"✕ "</span>
                {error_text(t, error)}
            </p>
        }
    });
    let failed = error.is_some();
    let described_by = failed.then_some("login-error");
    let insecure = is_insecure.then(|| {
        view! {
            <p class="form-error" role="note" data-testid="login-insecure">
                {t.insecure}
            </p>
        }
    });
    let body = view! {
        <script>{ZONE_SCRIPT}</script>
        <main class="sheet">
            <p class="brand">"agent-source-db"</p>
            <h1>{t.desk}</h1>
            {error}
            {insecure}
            {sign_in_form(t, next.clone(), username, described_by)}
            {offers_code.then(|| code_form(t, next.clone()))}
            <footer>{language_switch(language, format!("/admin/login/?next={}", percent_encode(&next)))}</footer>
        </main>
    };
    frame(language, Tab::named(t.sign_in), assets, NOT_HYDRATED, body).to_html()
}

fn sign_in_form(
    t: &'static SignInPage,
    next: String,
    username: String,
    described_by: Option<&'static str>,
) -> AnyView {
    // Whoever has typed their name needs the password field next.
    let name_is_known = !username.is_empty();
    view! {
        <form class="sign-in" method="post" action="/admin/login/">
            <input type="hidden" name="next" value=next />
            <label>
                <span>{t.username}</span>
                <input
                    name="username"
                    value=username
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=!name_is_known
                    aria-describedby=described_by
                />
            </label>
            <label>
                <span>{t.password}</span>
                <input
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    required
                    autofocus=name_is_known
                    aria-describedby=described_by
                />
            </label>
            <button class="primary">{t.sign_in}</button>
        </form>
    }
    .into_any()
}

fn error_text(t: &'static SignInPage, error: LoginError) -> String {
    match error {
        LoginError::WrongCredentials => t.wrong_credentials.to_owned(),
        LoginError::Throttled {
            retry_after_seconds,
        } => (t.throttled)(retry_after_seconds),
        LoginError::Unavailable => t.unavailable.to_owned(),
        LoginError::CrossOrigin { said, expected } => {
            format!("{} ({said} ≠ {expected})", t.cross_origin)
        }
        LoginError::Busy => t.busy.to_owned(),
        LoginError::WrongCode => t.wrong_code.to_owned(),
        LoginError::CodeNotNeeded => t.code_not_needed.to_owned(),
    }
}

/// The way in while nobody can be looked up.
fn code_form(t: &'static SignInPage, next: String) -> AnyView {
    view! {
        <section class="code-form" aria-labelledby="code-title">
            <h2 id="code-title">{t.code_title}</h2>
            <p id="code-hint">
                {t.code_hint} " " <code>"agent-source-db access-code"</code>
            </p>
            <form class="sign-in" method="post" action="/admin/login/code/">
                <input type="hidden" name="next" value=next />
                <label>
                    <span>{t.code}</span>
                    <input
                        name="code"
                        autocomplete="one-time-code"
                        autocapitalize="characters"
                        spellcheck="false"
                        required
                        aria-describedby="code-hint"
                    />
                </label>
                <button>{t.open_for_reading}</button>
            </form>
        </section>
    }
    .into_any()
}
