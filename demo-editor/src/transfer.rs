//! Markdown files: a document as a file, and a file as a document.

use dioxus::html::FileData;
use dioxus::prelude::*;

use crate::address::Address;
use crate::history::keep_and_sign;
use crate::home::Device;
use crate::icon::{Icon, Picture};
use crate::markdown;
use crate::model::{DocumentRef, Observable, Page, PageRef, SyncKit, WriteError, document_id, use_synckit};
use crate::names::random_id;
use crate::notices::Notices;
use crate::platform;
use crate::rich::{self, Kind};
use crate::share::copy;

/// The largest file that is read, in bytes: what one insertion into a text may have.
const LARGEST: u64 = 1024 * 1024;

/// The menu of a document: its text as a file, or on the clipboard.
#[component]
pub(crate) fn ExportMenu(page: PageRef) -> Element {
    let notices = use_context::<Notices>();
    let on_clipboard = page.clone();
    let save = move |_| {
        let (name, text) = (file_name(&title_of(&page)), as_markdown(&page));
        async move {
            if let Some(words) = notices.check(platform::save_file(&name, text).await) {
                notices.toast(words, None);
            }
        }
    };
    let copy_it = move |_| {
        let text = as_markdown(&on_clipboard);
        async move {
            if copy(&text).await {
                notices.toast("Copied as Markdown", None);
            } else {
                notices.fail("This window may not use the clipboard: export a file instead.");
            }
        }
    };
    rsx! {
        button {
            class: "icon-button",
            r#type: "button",
            "data-testid": "export",
            aria_label: "Export",
            title: "Export",
            popovertarget: "export-menu",
            Icon { of: Picture::Download }
        }
        div { class: "sheet dropdown", id: "export-menu", popover: "auto", role: "menu",
            button { class: "button", r#type: "button", role: "menuitem", "data-testid": "export-file", popovertarget: "export-menu", onclick: save,
                Icon { of: Picture::Download }
                "Save as Markdown"
            }
            button { class: "button", r#type: "button", role: "menuitem", "data-testid": "export-copy", popovertarget: "export-menu", onclick: copy_it,
                Icon { of: Picture::Document }
                "Copy as Markdown"
            }
        }
    }
}

/// Makes a document of a Markdown file.
#[component]
pub(crate) fn ImportButton() -> Element {
    let sync = use_synckit();
    let address = use_context::<Address>();
    let notices = use_context::<Notices>();
    let name = use_context::<Device>().name;
    let import = move |event: FormEvent| {
        let sync = sync.clone();
        async move {
            for file in event.files() {
                if let Some(page) = notices.check(read(&sync, &file, &name()).await) {
                    notices.announce(format!("Imported {}", file.name()));
                    address.open(&page);
                }
            }
        }
    };
    rsx! {
        label { class: "icon-button", title: "Import a Markdown file",
            Icon { of: Picture::Upload }
            input {
                class: "visually-hidden",
                r#type: "file",
                "data-testid": "import",
                aria_label: "Import a Markdown file",
                accept: ".md,.markdown,.txt,text/markdown,text/plain",
                onchange: import,
            }
        }
    }
}

/// Reads a file into a new document; returns its id.
async fn read(sync: &SyncKit, file: &FileData, author: &str) -> Result<String, String> {
    if file.size() > LARGEST {
        return Err(format!("{} is larger than 1 MiB: split it.", file.name()));
    }
    let text =
        file.read_string().await.map_err(|error| format!("{} cannot be read: {error}", file.name()))?;
    let id = random_id();
    let page = sync.document::<Page>(&document_id(&id));
    let written = keep_and_sign(&page, author).and_then(|()| fill(&page, &file.name(), &text));
    written.map_err(|error| error.to_string())?;
    Ok(id)
}

/// Writes Markdown into a new document, as one change. A heading at the top becomes the title.
fn fill(page: &PageRef, name: &str, text: &str) -> Result<(), WriteError> {
    let mut blocks = markdown::read(text);
    let title = match blocks.first() {
        Some(first) if first.kind == Kind::Heading(1) => blocks.remove(0).text(),
        _ => name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned(),
    };
    page.update(|page| {
        page.title().set(&title)?;
        rich::append(&page.body(), &blocks)
    })
}

fn title_of(page: &PageRef) -> String {
    page.title().get().ok().filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled".to_owned())
}

/// The document as Markdown: the title as its first heading.
fn as_markdown(page: &PageRef) -> String {
    let mut title = rich::Block { kind: Kind::Heading(1), ..rich::Block::default() };
    title.push(&title_of(page), &rich::Look::default());
    let mut blocks = vec![title];
    blocks.extend(rich::blocks(&page.body().spans()));
    markdown::write(&blocks)
}

/// A file's name for a title: without what an operating system takes for something else.
fn file_name(title: &str) -> String {
    let plain: String = title
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .take(80)
        .collect();
    format!("{}.md", plain.trim().trim_matches('.'))
}

#[cfg(test)]
mod tests {
    use synckit::SyncKit;

    use super::*;

    #[test]
    fn a_file_that_is_read_and_saved_is_the_same() {
        let page = SyncKit::in_memory(1).document::<Page>("a");
        let markdown = "# Trip\n\nA **bold** word.\n\n## Things\n\n- one\n- two\n";
        fill(&page, "file.md", markdown).unwrap();
        assert_eq!(page.title().get().unwrap(), "Trip");
        assert_eq!(as_markdown(&page), markdown);
        page.undo_manager().undo();
        assert!(page.body().is_empty(), "one file is one step");
    }

    #[test]
    fn a_file_without_a_heading_lends_its_name() {
        let page = SyncKit::in_memory(1).document::<Page>("a");
        fill(&page, "notes.2.md", "text").unwrap();
        assert_eq!(page.title().get().unwrap(), "notes.2");
    }

    #[test]
    fn titles_become_names_of_files() {
        assert_eq!(file_name("a/b: \"c\""), "a-b- -c-.md");
        assert_eq!(file_name(".."), ".md");
    }
}
