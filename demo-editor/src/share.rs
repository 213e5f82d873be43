//! The copy-link button: a document is shared by its address.

use std::time::Duration;

use dioxus::prelude::*;

use crate::icon::{Icon, Picture};
use crate::notices::Notices;
use crate::platform;

/// Copies a text; the old way where a page has no clipboard of its own. Tells whether it worked.
const COPY: &str = r"const text = await dioxus.recv();
try { await navigator.clipboard.writeText(text); return true; } catch {}
const area = document.createElement('textarea');
area.value = text;
area.style.cssText = 'position:fixed;opacity:0';
const before = document.activeElement;
document.body.append(area);
area.select();
const done = document.execCommand('copy');
area.remove();
before?.focus?.();
return done;";

/// Puts a text on the clipboard; `false` where the system does not allow it.
pub(crate) async fn copy(text: &str) -> bool {
    let copy = document::eval(COPY);
    copy.send(text).is_ok() && copy.join::<bool>().await.unwrap_or(false)
}

/// Copies the address of a document.
#[component]
pub(crate) fn CopyLink(page: String) -> Element {
    let notices = use_context::<Notices>();
    let mut copied = use_signal(|| false);
    let click = move |_| {
        let link = platform::link_to(&page);
        async move {
            if copy(&link).await {
                notices.announce("Link copied");
                copied.set(true);
                platform::sleep(Duration::from_secs(2)).await;
                copied.set(false);
            } else {
                notices.toast(format!("Copy this address: {link}"), None);
            }
        }
    };
    rsx! {
        button {
            class: "button share",
            r#type: "button",
            "data-testid": "share",
            aria_label: "Copy the link to this document",
            title: "Copy the link to this document",
            onclick: click,
            Icon { of: Picture::Link }
            span { class: "swap", aria_hidden: "true",
                span { "data-off": copied().then_some(""), "Copy link" }
                span { "data-off": (!copied()).then_some(""), "Copied" }
            }
        }
    }
}
