//! The page's side of an element: a script, and what is said to it and heard from it.

use std::sync::atomic::{AtomicU64, Ordering};

use dioxus::prelude::*;

/// An id for an element, another one for each.
pub(crate) fn element_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("synckit-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What the page says when it has let go of its element and said everything.
const RELEASED: &str = "released";

/// Binds the element that a selector finds. One that is bound already is released first: what was typed into it goes to where
/// it was typed. At the end the script waits until the last it said was heard.
///
/// Messages wait in order on both sides, and what one of them breaks is asked for anew. An edit, with the selection and the state
/// that follow it, is told behind the frame that shows it: writing the text, and rendering what depends on it, takes longer than
/// showing the edit, and whoever types does not wait for it. Where there are no frames it is told after 100 ms, in a page that is
/// hidden or goes away at once.
const SCRIPT: &str = r#"
const find = () => document.querySelector(SELECTOR);
for (let tries = 0; !find() && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
const element = find();
if (element) {
  const fields = (window.synckitFields ??= new WeakMap());
  fields.get(element)?.release();
  const unsent = [];
  let frame = 0, timer = 0;
  const flush = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    for (const message of unsent.splice(0)) dioxus.send(JSON.stringify(message));
  };
  const tell = (message) => {
    const follows = unsent.length && ["select", "state"].includes(message.type);
    const waits = message.type === "edit" ? !document.hidden : follows;
    if (waits && !unsent.length) {
      timer = setTimeout(flush, 100);
      frame = requestAnimationFrame(() => {
        clearTimeout(timer);
        timer = setTimeout(flush);
      });
    }
    unsent.push(message);
    if (!waits) flush();
  };
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  const bound = BIND(element, OPTIONS, tell);
  fields.set(element, bound);
  for (let message = await dioxus.recv(); message !== null; message = await dioxus.recv()) {
    try {
      bound.receive(JSON.parse(message));
    } catch (error) {
      console.error(error);
      dioxus.send('{"type":"resync"}');
    }
  }
  bound.release();
  flush();
  removeEventListener("pagehide", flush);
  document.removeEventListener("visibilitychange", flush);
}
dioxus.send("released");
await dioxus.recv();
"#;

/// A script that has bound an element.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    script: document::Eval,
}

impl Page {
    /// Binds the element that a CSS selector finds by a function `bind` of `scripts`, with options that are JSON.
    pub(crate) fn bind(selector: &str, scripts: &str, bind: &str, options: &str) -> Self {
        let script = SCRIPT.replace("SELECTOR", &format!("{selector:?}")).replace("BIND", bind);
        let script = script.replace("OPTIONS", options);
        Self { script: document::eval(&format!("{scripts}{script}")) }
    }

    /// What the page says next; none once it has ended.
    pub(crate) async fn hear(&self) -> Option<String> {
        let mut script = self.script;
        let said = script.recv::<String>().await.ok()?;
        if said == RELEASED {
            self.close();
            return None;
        }
        Some(said)
    }

    /// Says something to the page. One that has ended does not hear it.
    pub(crate) fn say(&self, message: String) {
        let _ = self.script.send(message);
    }

    /// Lets go of the element. What the page has to say still is heard.
    pub(crate) fn close(&self) {
        let _ = self.script.send(None::<String>);
    }
}
