//! Who else has the document open.

use dioxus::prelude::*;
use synckit::Presence;
use synckit_dioxus::Caret;

use crate::model::{ObservableExt, PeerId};
use crate::names::{color, initials};

/// The longest name that is shown, in characters: what others send may be anything.
const LONGEST_NAME: usize = 32;
/// How many faces are shown before the rest becomes a number.
const MOST_FACES: usize = 4;

/// Somebody who is here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) name: String,
}

/// The others at a document. A hook.
pub(crate) fn use_others(presence: &Presence<Caret>) -> Memo<Vec<(PeerId, Person)>> {
    let others = presence.signal();
    use_memo(move || {
        let others = others();
        let person = |(peer, caret): (PeerId, Caret)| (peer, Person { name: caret.name });
        // Where somebody writes is for the text; here it is only who.
        let mut others: Vec<_> = others.into_iter().map(person).collect();
        for (_, other) in &mut others {
            other.name = other.name.chars().take(LONGEST_NAME).collect();
        }
        // Somebody whose device is still loading has no name yet.
        others.retain(|(_, other)| !other.name.is_empty());
        others
    })
}

/// The faces of all who are here.
#[component]
pub(crate) fn Faces(others: ReadSignal<Vec<(PeerId, Person)>>, name: String) -> Element {
    let others = others.read();
    let count = others.len();
    let label = match count {
        0 => "Nobody else is here".to_owned(),
        1 => "One other is here".to_owned(),
        count => format!("{count} others are here"),
    };
    let more = count.saturating_sub(MOST_FACES);
    rsx! {
        ul { class: "people", aria_label: label, "data-testid": "people", "data-count": "{count}",
            for (peer, other) in others.iter().take(MOST_FACES) {
                li { key: "{peer:?}", Face { name: other.name.clone(), me: false } }
            }
            if more > 0 {
                li { span { class: "avatar more number", "+{more}" } }
            }
            li { Face { name, me: true } }
        }
    }
}

#[component]
fn Face(name: String, me: bool) -> Element {
    let label = if me { format!("{name} (you)") } else { name.clone() };
    rsx! {
        span { class: if me { "avatar me" } else { "avatar" }, style: "--color:{color(&name)}",
            span { aria_hidden: "true", {initials(&name)} }
            span { class: "tip", "{label}" }
        }
    }
}
