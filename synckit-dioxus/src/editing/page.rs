//! The page's side of an element: a script, and what is said to it and heard from it.

use std::sync::atomic::{AtomicU64, Ordering};

use dioxus::prelude::*;

/// An id for an element, another one for each.
pub(crate) fn element_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("synckit-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A script that has bound an element.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    script: document::Eval,
}

impl Page {
    /// Binds the element with this id by a function `bind` of `scripts`, with options that are JSON.
    pub(crate) fn bind(id: &str, scripts: &str, bind: &str, options: &str) -> Self {
        // Messages wait in order on both sides, and what one of them breaks is asked for anew.
        let script = format!(
            "{scripts}
const element = document.getElementById({id:?});
if (!element) return;
const bound = {bind}(element, {options}, (message) => dioxus.send(JSON.stringify(message)));
for (let message = await dioxus.recv(); message !== null; message = await dioxus.recv()) {{
    try {{
        bound.receive(JSON.parse(message));
    }} catch (error) {{
        console.error(error);
        dioxus.send('{{\"type\":\"resync\"}}');
    }}
}}
bound.release();"
        );
        Self { script: document::eval(&script) }
    }

    /// What the page says next; none once it has ended.
    pub(crate) async fn hear(&self) -> Option<String> {
        let mut script = self.script;
        script.recv().await.ok()
    }

    /// Says something to the page. One that has ended does not hear it.
    pub(crate) fn say(&self, message: String) {
        let _ = self.script.send(message);
    }

    /// Ends the script.
    pub(crate) fn close(&self) {
        let _ = self.script.send(None::<String>);
    }
}
