//! Light or dark: what the system prefers, until the visitor says otherwise.

use dioxus::prelude::*;

use crate::home::Device;
use crate::icon::{Icon, Picture};
use crate::model::ObservableExt;
use crate::notices::Notices;

/// Tells whether the system is dark, now and when it changes its mind at sunset.
const FOLLOW_SYSTEM: &str = "const dark = matchMedia('(prefers-color-scheme: dark)');
    const tell = () => dioxus.send(dark.matches);
    dark.addEventListener('change', tell);
    tell();";
/// Shows a look. It is kept where the next page can read it before its first paint.
const SHOW: &str = "const look = await dioxus.recv();
    if (look) document.documentElement.dataset.look = look; else delete document.documentElement.dataset.look;
    try { if (look) localStorage.setItem('look', look); else localStorage.removeItem('look'); } catch {}";

/// A button between the light and the dark look.
#[component]
pub(crate) fn ThemeToggle() -> Element {
    let device = use_context::<Device>();
    let notices = use_context::<Notices>();
    let look = device.home().look().signal();
    let mut system_is_dark = use_signal(|| false);
    use_future(move || async move {
        let mut system = document::eval(FOLLOW_SYSTEM);
        while let Ok(dark) = system.recv().await {
            system_is_dark.set(dark);
        }
    });
    let ready = device.is_ready();
    use_effect(move || {
        let look = look();
        if ready() {
            // The look is cosmetic: a page that refuses shows the system's.
            let _ = document::eval(SHOW).send(look);
        }
    });
    let dark = match look.read().as_str() {
        "dark" => true,
        "light" => false,
        _ => system_is_dark(),
    };
    rsx! {
        button {
            class: "icon-button",
            r#type: "button",
            "data-testid": "theme",
            aria_label: "Dark look",
            aria_pressed: "{dark}",
            title: "Light or dark",
            onclick: move |_| {
                notices.check(device.home().look().set(if dark { "light" } else { "dark" }));
            },
            Icon { of: if dark { Picture::Sun } else { Picture::Moon } }
        }
    }
}
