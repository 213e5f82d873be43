//! An editor in the page, what is done to it, and what it has to show.

use js_sys::Function;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::task::tick;
use synckit::prelude::*;
use synckit::{TextSpan, Value};
use synckit_leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Note {
    pub(crate) body: Text,
}

/// A document on a device of its own.
pub(crate) fn note(seed: u64) -> NoteRef {
    SyncKit::in_memory(seed).document::<Note>("note")
}

pub(crate) fn send(from: &NoteRef, to: &NoteRef) {
    to.import(&from.export_since(&to.version())).unwrap();
}

pub(crate) async fn rendered() {
    for _ in 0..4 {
        tick().await;
    }
}

/// An editor of a text, mounted into the page.
pub(crate) struct Stage<M: leptos::tachys::view::Mountable> {
    pub(crate) element: HtmlElement,
    pub(crate) text: TextRef,
    pub(crate) editor: RichText,
    pub(crate) mounted: Option<UnmountHandle<M>>,
}

pub(crate) fn stage(text: &TextRef) -> Stage<impl leptos::tachys::view::Mountable + use<>> {
    let element: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&element).unwrap();
    let editor = RichText::new();
    let shown = text.clone();
    let mounted = mount_to(element.clone(), move || {
        view! { <SyncRichText text=shown editor label="Note" placeholder="Write" attr:class="note"/> }
    });
    Stage { element, text: text.clone(), editor, mounted: Some(mounted) }
}

impl<M: leptos::tachys::view::Mountable> Stage<M> {
    /// Runs a script with the editable element.
    pub(crate) fn run(&self, script: &str) -> JsValue {
        let content = self.element.query_selector("[role=textbox]").unwrap().unwrap();
        Function::new_with_args("content", script).call1(&JsValue::NULL, &content).unwrap()
    }

    /// What a browser says before it would change something.
    pub(crate) fn input(&self, kind: &str, data: Option<&str>) {
        let content = self.element.query_selector("[role=textbox]").unwrap().unwrap();
        let script = "content.focus(); content.dispatchEvent(new InputEvent('beforeinput', \
                      { inputType: kind, data, bubbles: true, cancelable: true }))";
        let data = data.map_or(JsValue::NULL, JsValue::from);
        let act = Function::new_with_args("content, kind, data", script);
        act.call3(&JsValue::NULL, &content, &kind.into(), &data).unwrap();
    }

    pub(crate) fn type_in(&self, text: &str) {
        for line in text.split_inclusive('\n') {
            for character in line.trim_end_matches('\n').chars() {
                self.input("insertText", Some(character.to_string().as_str()));
            }
            if line.ends_with('\n') {
                self.input("insertParagraph", None);
            }
        }
    }

    /// Presses a key with Control.
    pub(crate) fn shortcut(&self, key: &str, code: &str, more: &str) {
        self.run(&format!(
            "content.focus(); content.dispatchEvent(new KeyboardEvent('keydown', \
             {{ key: '{key}', code: '{code}', ctrlKey: true, {more} bubbles: true, cancelable: true }}))"
        ));
    }

    pub(crate) fn paste(&self, html: &str, plain: &str) {
        let content = self.element.query_selector("[role=textbox]").unwrap().unwrap();
        let script = "const data = new DataTransfer(); \
                      if (html) data.setData('text/html', html); data.setData('text/plain', plain); \
                      content.dispatchEvent(new ClipboardEvent('paste', \
                      { clipboardData: data, bubbles: true, cancelable: true }))";
        let act = Function::new_with_args("content, html, plain", script);
        act.call3(&JsValue::NULL, &content, &html.into(), &plain.into()).unwrap();
    }

    /// What would be on the clipboard, as `type`.
    pub(crate) fn copied(&self, kind: &str) -> String {
        let copied = self.run(&format!(
            "const data = new DataTransfer(); content.dispatchEvent(new ClipboardEvent('copy', \
             {{ clipboardData: data, bubbles: true, cancelable: true }})); return data.getData('{kind}')"
        ));
        copied.as_string().unwrap()
    }

    /// What is selected in the page, in text.
    pub(crate) fn selected(&self) -> String {
        self.run("return document.getSelection().toString()").as_string().unwrap()
    }

    /// Each block as its kind and its markup.
    pub(crate) fn shown(&self) -> Vec<String> {
        let blocks = self.run(
            "return Array.from(content.querySelectorAll('.synckit-block'), \
             (block) => (block.dataset.kind ?? '') + '|' + block.innerHTML)",
        );
        js_sys::Array::from(&blocks).iter().map(|block| block.as_string().unwrap()).collect()
    }

    /// That the page shows what is in the text.
    #[track_caller]
    pub(crate) fn check(&self) {
        assert_eq!(self.shown(), blocks(&self.text.spans()), "of {:?}", self.text.spans());
    }
}

/// Each block of a text as its kind and its markup.
pub(crate) fn blocks(spans: &[TextSpan]) -> Vec<String> {
    let mut found = Vec::new();
    let mut block = String::new();
    // A last line that is empty is kept open.
    let close = |open: bool| if open { "<br>" } else { "" };
    let mut open = true;
    for span in spans {
        for (number, line) in span.text.split('\n').enumerate() {
            if number > 0 {
                let kind = mark(span, "block");
                let kind = kind.and_then(string).unwrap_or_default();
                found.push(format!("{kind}|{block}{}", close(open)));
                block.clear();
                open = true;
            }
            for part in line.split_inclusive('\u{2028}') {
                let text = part.trim_end_matches('\u{2028}');
                open = part.ends_with('\u{2028}');
                if !text.is_empty() {
                    block.push_str(&run(text.replace('&', "&amp;").replace('<', "&lt;"), span));
                }
                if open {
                    block.push_str(&run("<br>".to_owned(), span));
                }
            }
        }
    }
    found.push(format!("|{block}{}", close(open)));
    found
}

fn mark<'a>(span: &'a TextSpan, key: &str) -> Option<&'a Value> {
    span.marks.iter().find(|(found, _)| &**found == key).map(|(_, value)| value)
}

/// The string that a mark is.
pub(crate) fn string(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn run(mut html: String, span: &TextSpan) -> String {
    let tags = [("code", "code"), ("strike", "s"), ("underline", "u"), ("italic", "em"), ("bold", "strong")];
    for (key, tag) in tags {
        if mark(span, key).is_some() {
            html = format!("<{tag}>{html}</{tag}>");
        }
    }
    let comments = span.marks.iter().filter_map(|(key, _)| key.strip_prefix("comment:"));
    let comments: Vec<String> = comments.map(|id| format!("&quot;{id}&quot;")).collect();
    if !comments.is_empty() {
        html = format!(
            "<mark class=\"synckit-comment\" data-comments=\"[{}]\">{html}</mark>",
            comments.join(",")
        );
    }
    if let Some(address) = mark(span, "link").and_then(string) {
        html = format!(
            "<a href=\"{address}\" title=\"{address}\" rel=\"noopener noreferrer nofollow\">{html}</a>"
        );
    }
    html
}
