//! The address of a page: `/l/<list>`, so that a list can be shared by sharing its address.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;

/// Which list the page shows, kept in step with the address bar.
#[derive(Clone, Copy)]
pub(crate) struct Address(RwSignal<Option<String>>);

impl Address {
    /// Reads the address bar and follows the browser's back and forward buttons from now on.
    pub(crate) fn provide() -> Self {
        let address = Self(RwSignal::new(list_in_address_bar()));
        let listener = window_event_listener(ev::popstate, move |_| {
            address.0.set(list_in_address_bar());
        });
        on_cleanup(move || listener.remove());
        provide_context(address);
        address
    }

    /// The id of the list to show; `None` at the address `/`.
    pub(crate) fn list(self) -> Signal<Option<String>> {
        self.0.into()
    }

    /// Goes to a list; the page before stays behind the back button.
    pub(crate) fn open(self, list: &str) {
        self.go(list, false);
    }

    /// Goes to a list in the place of the current page.
    pub(crate) fn replace(self, list: &str) {
        self.go(list, true);
    }

    fn go(self, list: &str, replace: bool) {
        // What was asked for by the query (another server, another store) holds for the whole visit.
        let path = format!("{}{}", path_of(list), location().search().unwrap_or_default());
        if let Ok(history) = window().history() {
            // A browser that refuses to change the address bar still shows the list.
            let _ = if replace {
                history.replace_state_with_url(&JsValue::NULL, "", Some(&path))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(&path))
            };
        }
        self.0.set(Some(list.to_owned()));
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// The path of a list.
pub(crate) fn path_of(list: &str) -> String {
    format!("/l/{list}")
}

/// A value of the page's query, such as `server` in `?server=ws://127.0.0.1:8787/v1/sync`.
pub(crate) fn query(name: &str) -> Option<String> {
    let search = location().search().ok()?;
    let value = search.trim_start_matches('?').split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })?;
    js_sys::decode_uri_component(value).ok().map(String::from)
}

fn list_in_address_bar() -> Option<String> {
    list_in(&location().pathname().ok()?)
}

/// Ids end up as names of documents, so only plain ones are taken from an address somebody typed.
fn list_in(path: &str) -> Option<String> {
    let id = path.strip_prefix("/l/")?.trim_end_matches('/');
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (plain && (1..=64).contains(&id.len())).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn plain_ids_are_lists() {
        assert_eq!(list_in("/l/abc-1"), Some("abc-1".to_owned()));
        assert_eq!(list_in("/l/abc/"), Some("abc".to_owned()));
    }

    #[wasm_bindgen_test]
    fn everything_else_is_not() {
        for path in ["/", "/l/", "/l", "/x/abc", "/l/a/b", "/l/%2e%2e", "/l/a b"] {
            assert_eq!(list_in(path), None, "{path}");
        }
        assert_eq!(list_in(&format!("/l/{}", "a".repeat(65))), None);
    }
}
