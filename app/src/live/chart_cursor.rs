//! The cursor of the charts: values under the pointer, or at the keyboard's place. The charts are the
//! server's drawings; one pair of listeners serves them all, whenever they were drawn.

use std::cell::RefCell;

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCollection, KeyboardEvent, PointerEvent};

use crate::live::listener::on;

thread_local! {
    /// The chart that the cursor is in, by its id, and the step.
    static CURSOR: RefCell<Option<(String, usize)>> = const { RefCell::new(None) };
}

/// From now on, all over the page.
pub fn listen() {
    on("keydown", |event| {
        let (Some(plot), Some(event)) = (plot_of(event), event.dyn_ref::<KeyboardEvent>()) else {
            return;
        };
        let last = steps(&plot).saturating_sub(1);
        let at = CURSOR.with_borrow(|cursor| {
            let (id, step) = cursor.as_ref()?;
            (*id == plot.id()).then_some(*step)
        });
        let next = match event.key().as_str() {
            "ArrowLeft" => Some(at.map_or(last, |at| at.saturating_sub(1))),
            "ArrowRight" => Some(at.map_or(0, |at| (at + 1).min(last))),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" => None,
            _ => return,
        };
        event.prevent_default();
        put(&plot, next);
    });
    on("pointermove", |event| {
        let (Some(plot), Some(event)) = (plot_of(event), event.dyn_ref::<PointerEvent>()) else {
            return;
        };
        let place = plot.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
        let steps = steps(&plot);
        let step = (share * steps as f64) as usize;
        put(&plot, Some(step.min(steps.saturating_sub(1))));
    });
    on("pointerout", |event| {
        let event = event.dyn_ref::<PointerEvent>();
        let into = event.and_then(|event| event.related_target()?.dyn_into::<Element>().ok());
        if into
            .and_then(|into| into.closest(".chart-plot").ok()?)
            .is_none()
        {
            leave();
        }
    });
    on("focusout", |_| leave());
}

/// Into a chart that was drawn anew.
pub fn restore() {
    let cursor = CURSOR.with_borrow(Clone::clone);
    if let Some((id, step)) = cursor
        && let Some(plot) = leptos::prelude::document().get_element_by_id(&id)
    {
        put(&plot, Some(step));
    }
}

fn leave() {
    let left = CURSOR.take();
    let plot = left.and_then(|(id, _)| leptos::prelude::document().get_element_by_id(&id));
    if let Some(plot) = plot {
        put(&plot, None);
    }
}

/// `None` shows what came last.
fn put(plot: &Element, step: Option<usize>) {
    let id = plot.id();
    let has_left = CURSOR.with_borrow(|cursor| cursor.as_ref().is_some_and(|(at, _)| *at != id));
    if has_left {
        leave();
    }
    CURSOR.set(step.map(|step| (id, step)));
    let title = step.and_then(|step| titles(plot).item(u32::try_from(step).ok()?));
    let stretch = title.as_ref().and_then(|title| title.parent_element());
    let figure = plot.closest(".chart").ok().flatten();
    let readout = figure.and_then(|figure| figure.query_selector(".chart-readout").ok()?);
    if let Some(readout) = readout {
        let text = title.and_then(|title| title.text_content());
        let text = text.or_else(|| readout.get_attribute("data-latest"));
        // Said once: setting it again would have it read out again.
        if readout.text_content() != text {
            readout.set_text_content(text.as_deref());
        }
    }
    if let Ok(Some(line)) = plot.query_selector(".chart-cursor") {
        let (x, width) = match &stretch {
            Some(stretch) => (stretch.get_attribute("x"), stretch.get_attribute("width")),
            None => (None, None),
        };
        for (name, value) in [("x", x), ("width", width)] {
            // Fails for neither name.
            let _ = line.set_attribute(name, value.as_deref().unwrap_or("0"));
        }
    }
}

fn steps(plot: &Element) -> usize {
    titles(plot).length() as usize
}

/// One in each step, that says what is known of it.
fn titles(plot: &Element) -> HtmlCollection {
    plot.get_elements_by_tag_name("title")
}

fn plot_of(event: &Event) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(".chart-plot").ok()?
}
