//! The tools above the text: what the block is, how characters look, links, comments.

use dioxus::prelude::*;

use crate::desk::Desk;
use crate::icon::{Icon, Picture};
use crate::notices::Notices;

/// The kinds of blocks, as they are named to the visitor, with the mark that makes them.
const KINDS: [(&str, &str); 8] = [
    ("", "Text"),
    ("h1", "Heading 1"),
    ("h2", "Heading 2"),
    ("h3", "Heading 3"),
    ("bullet", "Bullets"),
    ("ordered", "Numbers"),
    ("quote", "Quote"),
    ("code", "Code block"),
];

#[component]
pub(crate) fn Toolbar() -> Element {
    let mut desk = use_context::<Desk>();
    let notices = use_context::<Notices>();
    let editor = desk.editor;
    let state = editor.state();
    let block = state.read().block.clone().unwrap_or_default();
    let mark = move |key: &'static str, picture: Picture, label: &'static str, keys: &'static str| {
        let on = state.read().marks.iter().any(|mark| mark == key);
        rsx! {
            button {
                class: "tool",
                r#type: "button",
                "data-testid": "mark-{key}",
                aria_label: label,
                aria_pressed: "{on}",
                title: "{label} ({keys})",
                // The selection stays in the text.
                onmousedown: move |event| event.prevent_default(),
                onclick: move |_| editor.toggle(key),
                Icon { of: picture }
            }
        }
    };
    let list = move |kind: &'static str, picture: Picture, label: &'static str, keys: &'static str| {
        let on = state.read().block.as_deref() == Some(kind);
        rsx! {
            button {
                class: "tool",
                r#type: "button",
                "data-testid": "block-{kind}",
                aria_label: label,
                aria_pressed: "{on}",
                title: "{label} ({keys})",
                onmousedown: move |event| event.prevent_default(),
                onclick: move |_| editor.block((!on).then_some(kind)),
                Icon { of: picture }
            }
        }
    };
    rsx! {
        div { class: "group", role: "group", aria_label: "Paragraph",
            select {
                class: "kind",
                "data-testid": "kind",
                aria_label: "Kind of paragraph",
                value: "{block}",
                onchange: move |event| {
                    let kind = event.value();
                    editor.block((!kind.is_empty()).then_some(kind.as_str()));
                    editor.focus();
                },
                for (kind, name) in KINDS {
                    option { value: kind, selected: *kind == *block, "{name}" }
                }
            }
        }
        div { class: "group", role: "group", aria_label: "Characters",
            {mark("bold", Picture::Bold, "Bold", "Ctrl+B")}
            {mark("italic", Picture::Italic, "Italic", "Ctrl+I")}
            {mark("underline", Picture::Underline, "Underlined", "Ctrl+U")}
            {mark("strike", Picture::Strike, "Struck out", "Ctrl+Shift+S")}
            {mark("code", Picture::Code, "Code", "Ctrl+E")}
            button {
                class: "tool",
                r#type: "button",
                "data-testid": "link",
                aria_label: "Link",
                aria_pressed: "{state.read().link.is_some()}",
                title: "Link (Ctrl+K)",
                onmousedown: move |event| event.prevent_default(),
                onclick: move |_| desk.ask_for_link(),
                Icon { of: Picture::Link }
            }
        }
        div { class: "group", role: "group", aria_label: "Lists and quotes",
            {list("bullet", Picture::Bullets, "Bullets", "Ctrl+Shift+8")}
            {list("ordered", Picture::Numbers, "Numbers", "Ctrl+Shift+7")}
            {list("quote", Picture::Quote, "Quote", "Ctrl+Shift+9")}
        }
        div { class: "group", role: "group", aria_label: "Comments",
            button {
                class: "tool",
                r#type: "button",
                "data-testid": "comment-new",
                aria_label: "Comment on the selection",
                title: "Comment on the selection (Ctrl+Alt+M)",
                onmousedown: move |event| event.prevent_default(),
                onclick: move |_| {
                    if !desk.begin_comment() {
                        notices.toast("Select the passage first that you want to comment on", None);
                    }
                },
                Icon { of: Picture::CommentNew }
            }
        }
    }
}

/// The field for the address of a link, while somebody is asked for one.
#[component]
pub(crate) fn LinkField() -> Element {
    let desk = use_context::<Desk>();
    rsx! {
        if let Some(asked) = (desk.link)() {
            AskedForLink { asked }
        }
    }
}

#[component]
fn AskedForLink(asked: Option<String>) -> Element {
    let mut desk = use_context::<Desk>();
    let mut address = use_signal(|| asked.unwrap_or_default());
    let mut done = move |address: Option<String>| {
        desk.link.set(None);
        desk.editor.link(address.as_deref());
        desk.editor.focus();
    };
    let mut save = move || {
        let text = address.peek().trim().to_owned();
        done((!text.is_empty()).then(|| with_scheme(&text)));
    };
    let key = move |event: KeyboardEvent| match event.key() {
        Key::Enter if !event.is_composing() => {
            event.prevent_default();
            save();
        }
        Key::Escape => {
            desk.link.set(None);
            desk.editor.focus();
        }
        _ => {}
    };
    rsx! {
        div { class: "link-field", role: "dialog", aria_label: "Link",
            Icon { of: Picture::Link }
            input {
                r#type: "text",
                "data-testid": "link-address",
                aria_label: "Address of the link",
                placeholder: "https://",
                autocomplete: "off",
                spellcheck: "false",
                value: address,
                oninput: move |event| address.set(event.value()),
                onkeydown: key,
                onmounted: move |element| async move {
                    let _ = element.set_focus(true).await;
                },
            }
            button { class: "button small primary", r#type: "button", onclick: move |_| save(), "Set" }
            if !address.read().is_empty() {
                button { class: "button small", r#type: "button", onclick: move |_| done(None), "Remove" }
            }
        }
    }
}

/// What people write without a scheme is meant to be on the web.
fn with_scheme(address: &str) -> String {
    let has_scheme = address.split_once(':').is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_alphanumeric())
            && !rest.starts_with(|c: char| c.is_ascii_digit())
    });
    if has_scheme || address.starts_with(['/', '#']) {
        address.to_owned()
    } else {
        format!("https://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::with_scheme;

    #[test]
    fn addresses_get_a_scheme_when_they_have_none() {
        for (typed, meant) in [
            ("example.org", "https://example.org"),
            ("localhost:8787/d/a", "https://localhost:8787/d/a"),
            ("http://a.b", "http://a.b"),
            ("mailto:a@b.c", "mailto:a@b.c"),
            ("#part", "#part"),
        ] {
            assert_eq!(with_scheme(typed), meant);
        }
    }
}
