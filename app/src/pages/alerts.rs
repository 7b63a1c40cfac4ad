//! `/admin/alerts/`: the rules and their states, who is told, and who asked not to be.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, histories, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::alert_rules::alert_rules_card;
use crate::cards::channels::{Tested, channels_card};
use crate::cards::quiet::{maintenance_card, quiet_card};
use crate::cards::rule_trial::Tried;
use crate::cards::silences::silences_card;
use crate::components::field::RefusedForm;
use crate::components::state::{State, badge};
use crate::components::time::{time, zone_note};
use crate::components::updated::updated;
use crate::dto::{Alerts, AlertsReport, Period};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Alerts.path(),
    title: titles::ALERTS,
    summary: "Alert rules, silences and channels",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

struct AlertsView {
    report: AlertsReport,
    asked: Asked,
    tried: Option<Tried>,
}

/// A rule to be tried, and what came of the last form.
#[derive(Default)]
struct Asked {
    /// Under which rule, its text, and since when.
    trial: Option<[String; 3]>,
    tested: Option<Tested>,
    refused: Option<RefusedForm>,
}

impl Asked {
    fn of(address: &Address) -> Self {
        let trial = address.decoded("try").map(|toml| {
            let rule = address.decoded("rule").unwrap_or_default();
            let since = address.decoded("since");
            [rule, toml, since.unwrap_or_else(|| "7d".to_owned())]
        });
        let tested = address.decoded("tested").map(|channel| Tested {
            channel,
            is_delivered: address.get("delivered") == Some("true"),
            answer: address.decoded("answer").unwrap_or_default(),
        });
        Self {
            trial,
            tested,
            refused: use_context::<RefusedForm>(),
        }
    }

    /// With what is tried, and without what a form left behind.
    fn here(&self) -> String {
        let pairs = self.trial.iter().flat_map(|[rule, toml, since]| {
            [
                ("rule", rule.clone()),
                ("try", toml.clone()),
                ("since", since.clone()),
            ]
        });
        with_query(PAGE.path, pairs)
    }
}

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    served(&PAGE, load(Asked::of(&address)), alerts)
}

async fn load(asked: Asked) -> Result<AlertsView, LoadError> {
    let backend = staff_backend()?;
    let trial = async {
        let [rule, toml, since] = asked.trial.clone()?;
        let outcome = backend.preview(toml.clone(), since.clone()).await;
        let has_found = outcome
            .as_ref()
            .is_ok_and(|preview| !preview.episodes.is_empty());
        let period = Period::from_text(&since).filter(|_| has_found);
        let histories = match period {
            Some(period) => Some(histories(&backend, period).await),
            None => None,
        };
        Some(Tried {
            rule,
            toml,
            since,
            outcome,
            histories,
        })
    };
    let (report, tried) = futures_util::join!(backend.alerts(), trial);
    Ok(AlertsView {
        report,
        asked,
        tried,
    })
}

fn alerts(viewer: &Viewer, view: &AlertsView) -> Drawn {
    let AlertsView {
        report,
        asked,
        tried,
    } = view;
    let generated_at = &report.alerts.generated_at;
    let settings = ViewSettings::at(viewer, generated_at);
    let refused = asked.refused.as_ref();
    let file = (settings.t.alerts.rules_file)(report.file.as_deref());
    let view = view! {
        {updated(settings, generated_at)}
        {monitor(settings, &report.alerts)}
        <div class="cards">
            {alert_rules_card(settings, &report.alerts.rules, tried.as_ref())}
            {channels_card(settings, &report.channels, asked.tested.as_ref())}
            {silences_card(settings, &report.silences, refused)}
            {quiet_card(settings, report.quiet.as_ref(), refused)}
            {maintenance_card(settings, &report.maintenance)}
        </div>
        <p class="note footnote">{file}</p>
        {zone_note(settings)}
    };
    Drawn {
        generated_at: generated_at.clone(),
        here: asked.here(),
        state: None,
        reload: Reload::ByHand,
        verdict: None,
        view: view.into_any(),
    }
}

/// Who watches the one that watches: said at the top if it does not.
fn monitor(settings: ViewSettings, alerts: &Alerts) -> impl IntoView + use<> {
    let t = settings.t;
    let away = alerts.error.map(|code| {
        let text = (t.alerts.only_this_process)((t.code)(code));
        view! { <p class="coverage" data-testid="store-error">{badge(State::Warning, text)}</p> }
    });
    let evaluator = &alerts.evaluator;
    let late = evaluator.late.then(|| {
        let age = evaluator
            .age_seconds
            .map(|age| (t.duration)(age.round() as u64));
        let text = (t.alerts.evaluator_late)(age.as_deref());
        view! { <p class="coverage" data-testid="evaluator-late">{badge(State::Error, text)}</p> }
    });
    let last = match &evaluator.last_run_at {
        Some(at) => view! { {t.alerts.evaluated} " " {time(settings, at)} }.into_any(),
        None => t.alerts.never_evaluated.into_any(),
    };
    view! { {late} {away} <p class="note updated">{last}</p> }
}
