//! What stands beside the text: its outline, its comments, its history.

use dioxus::prelude::*;

use crate::comments::Comments;
use crate::desk::{Desk, Tab};
use crate::history::HistoryPanel;
use crate::icon::{Icon, Picture};
use crate::keys::{Command, Commands};

/// The buttons that open and close the panel.
#[component]
pub(crate) fn PanelButtons() -> Element {
    let mut desk = use_context::<Desk>();
    let commands = use_context::<Commands>();
    // Only what is pressed from now on.
    let mut heard = use_hook(|| CopyValue::new(commands.peek().0));
    use_effect(move || {
        let (number, command) = commands();
        if number == heard() {
            return;
        }
        heard.set(number);
        match command {
            Some(Command::Outline) => desk.toggle(Tab::Outline),
            Some(Command::Comments) => desk.toggle(Tab::Comments),
            Some(Command::History) => desk.toggle(Tab::History),
            Some(Command::Comment) => {
                desk.begin_comment();
            }
            None => {}
        }
    });
    let open = (desk.tab)();
    let comments = desk.digest.read().passages.len();
    let button =
        move |tab: Tab, test_id: &'static str, picture: Picture, label: &'static str, keys: &'static str| {
            rsx! {
                button {
                    class: "tool",
                    r#type: "button",
                    "data-testid": test_id,
                    aria_label: label,
                    title: "{label} ({keys})",
                    aria_pressed: "{open == Some(tab)}",
                    onclick: move |_| desk.toggle(tab),
                    Icon { of: picture }
                    if tab == Tab::Comments && comments > 0 {
                        span { class: "badge number", "{comments}" }
                    }
                }
            }
        };
    rsx! {
        div { class: "group", role: "group", aria_label: "Beside the text",
            {button(Tab::Outline, "tab-outline", Picture::Outline, "Outline", "Ctrl+Alt+O")}
            {button(Tab::Comments, "tab-comments", Picture::Comment, "Comments", "Ctrl+Alt+K")}
            {button(Tab::History, "tab-history", Picture::History, "History", "Ctrl+Alt+H")}
        }
    }
}

#[component]
pub(crate) fn Panel() -> Element {
    let mut desk = use_context::<Desk>();
    let Some(tab) = (desk.tab)() else { return rsx! {} };
    let title = match tab {
        Tab::Outline => "Outline",
        Tab::Comments => "Comments",
        Tab::History => "History",
    };
    let close = move |_| {
        desk.tab.set(None);
        desk.past.set(None);
    };
    rsx! {
        aside { class: "panel", aria_label: title, "data-testid": "panel",
            onkeydown: move |event| if event.key() == Key::Escape { desk.leave_panel() },
            div { class: "panel-head",
                h2 { "{title}" }
                button { class: "icon-button", r#type: "button", aria_label: "Close", title: "Close (Esc)", onclick: close,
                    Icon { of: Picture::Close }
                }
            }
            match tab {
                Tab::Outline => rsx! { Outline {} },
                Tab::Comments => rsx! { Comments {} },
                Tab::History => rsx! { HistoryPanel {} },
            }
        }
    }
}

/// The headings: a click leads there.
#[component]
fn Outline() -> Element {
    let desk = use_context::<Desk>();
    let headings = &desk.digest.read().headings;
    let top = headings.iter().map(|heading| heading.level).min().unwrap_or(1);
    rsx! {
        if headings.is_empty() {
            p { class: "hint", "Headings show up here. Make one with Ctrl+Alt+1, or choose it above the text." }
        }
        ol { class: "outline", "data-testid": "outline",
            for (place, heading) in headings.iter().enumerate() {
                li { key: "{place}", "data-level": "{heading.level - top}",
                    button {
                        r#type: "button",
                        onclick: {
                            let start = heading.start;
                            move |_| desk.show(start, start)
                        },
                        "{heading.text}"
                    }
                }
            }
        }
    }
}
