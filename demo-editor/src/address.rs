//! The address of a document: `/d/<id>`, so that a document can be shared by sharing its address.

use dioxus::prelude::*;

use crate::platform;

/// Which document is shown, kept in step with the address bar where there is one.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Address(Signal<Option<String>>);

impl Address {
    /// Reads the address that the program was started with, and follows what the visitor does to it from now on. A hook.
    pub(crate) fn provide() -> Self {
        let shown = use_signal(platform::page_asked_for);
        platform::use_address_bar(shown);
        use_context_provider(|| Self(shown))
    }

    /// The id of the document to show; `None` before there is one.
    pub(crate) fn page(self) -> Option<String> {
        self.0.cloned()
    }

    /// Goes to a document; the one before stays behind the back button.
    pub(crate) fn open(self, page: &str) {
        self.go(page, false);
    }

    /// Goes to a document in the place of the current one.
    pub(crate) fn replace(self, page: &str) {
        self.go(page, true);
    }

    fn go(mut self, page: &str, replace: bool) {
        if self.0.peek().as_deref() != Some(page) {
            platform::show_address(&path_of(page), replace);
            self.0.set(Some(page.to_owned()));
        }
    }
}

/// The path of a document.
pub(crate) fn path_of(page: &str) -> String {
    format!("/d/{page}")
}

/// The document that an address or a path names: what somebody pasted, or what the address bar shows.
///
/// Ids end up as names of documents, so only plain ones are taken.
pub(crate) fn page_in(address: &str) -> Option<String> {
    let path = match address.trim().split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => address.trim().strip_prefix('/')?,
    };
    let path = path.split(['?', '#']).next()?;
    let id = path.strip_prefix("d/")?.trim_end_matches('/');
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (plain && (1..=64).contains(&id.len())).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_are_documents() {
        for address in
            ["/d/abc-1", "/d/abc-1/", "http://127.0.0.1:8787/d/abc-1?server=x#y", " https://a.b/d/abc-1 "]
        {
            assert_eq!(page_in(address), Some("abc-1".to_owned()), "{address}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for path in ["/", "/d/", "/d", "/x/abc", "/d/a/b", "/d/%2e%2e", "/d/a b", "abc", "http://d/abc"] {
            assert_eq!(page_in(path), None, "{path}");
        }
        assert_eq!(page_in(&format!("/d/{}", "a".repeat(65))), None);
    }
}
