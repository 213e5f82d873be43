//! Keys that work everywhere in the program, and the sheet that tells of them.

use dioxus::prelude::*;

use crate::address::Address;
use crate::icon::{Icon, Picture};
use crate::names::random_id;

/// Turns key combinations into commands: the first word of each line of [`SHORTCUTS`].
const LISTEN: &str = r"
const commands = { n: 'new', f: 'search', t: 'title', e: 'text', m: 'comment', o: 'outline', k: 'comments', h: 'history' };
const places = { search: '#search', title: '[data-testid=title]', text: '[data-testid=text] [contenteditable]' };
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') dioxus.send('escape');
  if (!(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.altKey) {
    // On a Mac the key with Alt is another letter: the place on the keyboard counts.
    const letter = event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : '';
    const command = commands[letter];
    if (!command) return;
    event.preventDefault();
    // At once: the next key is meant for what has been asked for.
    document.querySelector(places[command] ?? null)?.focus();
    dioxus.send(command);
  } else if (event.key === '/') { event.preventDefault(); dioxus.send('help'); }
});";

/// What can be done by keyboard: the keys, and what they do.
const SHORTCUTS: [(&str, &str); 14] = [
    ("Ctrl+Alt+N", "New document"),
    ("Ctrl+Alt+F", "Find a document"),
    ("Ctrl+Alt+T", "Go to the title"),
    ("Ctrl+Alt+E", "Go to the text"),
    ("Ctrl+Alt+O", "Outline"),
    ("Ctrl+Alt+K", "Comments"),
    ("Ctrl+Alt+H", "History"),
    ("Ctrl+Alt+M", "Comment on the selection"),
    ("Ctrl+B, I, U", "Bold, italic, underlined"),
    ("Ctrl+E", "Code"),
    ("Ctrl+K", "Link"),
    ("Ctrl+Z", "Undo your last change"),
    ("Ctrl+Shift+Z", "Redo"),
    ("Ctrl+/", "This list"),
];

/// A command given by keyboard that concerns the open document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Comment,
    Outline,
    Comments,
    History,
}

/// The last command given by keyboard, and how many there were.
pub(crate) type Commands = Signal<(u32, Option<Command>)>;

/// Listens to the whole window. A hook.
pub(crate) fn use_shortcuts(mut menu: Signal<bool>) {
    let address = use_context::<Address>();
    let mut commands: Commands = use_context_provider(|| Signal::new((0, None)));
    use_future(move || async move {
        let mut keys = document::eval(LISTEN);
        let mut give = move |command| {
            let number = commands.peek().0.wrapping_add(1);
            commands.set((number, Some(command)));
        };
        while let Ok(key) = keys.recv::<String>().await {
            match key.as_str() {
                "new" => address.open(&random_id()),
                "search" => {
                    menu.set(true);
                    focus("#search");
                }
                "title" => focus("[data-testid=title]"),
                "text" => focus("[data-testid=text] [contenteditable]"),
                "comment" => give(Command::Comment),
                "outline" => give(Command::Outline),
                "comments" => give(Command::Comments),
                "history" => give(Command::History),
                "help" => {
                    let _ = document::eval("document.getElementById('keys-sheet')?.togglePopover()");
                }
                "escape" if *menu.peek() => menu.set(false),
                _ => {}
            }
        }
    });
}

/// Focuses what a selector finds, after the page has been brought up to date.
pub(crate) fn focus(selector: &str) {
    // An element that is not shown does not take the focus, and need not.
    let _ = document::eval("const selector = await dioxus.recv(); requestAnimationFrame(() => document.querySelector(selector)?.focus())")
        .send(selector);
}

/// The button and the sheet with all keys.
#[component]
pub(crate) fn KeysButton() -> Element {
    rsx! {
        button {
            class: "icon-button keys",
            r#type: "button",
            aria_label: "Keyboard shortcuts",
            aria_keyshortcuts: "Control+/",
            title: "Keyboard shortcuts (Ctrl+/)",
            popovertarget: "keys-sheet",
            Icon { of: Picture::Keyboard }
        }
        div { class: "sheet keys-sheet", id: "keys-sheet", popover: "auto",
            h2 { "Keyboard" }
            dl {
                for (keys, what) in SHORTCUTS {
                    dt { kbd { "{keys}" } }
                    dd { "{what}" }
                }
            }
        }
    }
}
