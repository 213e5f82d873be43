//! Who else has the document open.

use dioxus::prelude::*;

use crate::model::{Me, PeerId, document_id, use_presence};
use crate::names::{hue, initials};

/// The longest name that is shown, in characters: what others send may be anything.
const LONGEST_NAME: usize = 32;
/// How many faces are shown before the rest becomes a number.
const MOST_FACES: usize = 4;

/// The others at a document, while this client tells them that it is here too. A hook.
pub(crate) fn use_others(page: &str, name: String) -> Memo<Vec<(PeerId, Me)>> {
    let others = use_presence(document_id(page), Me { name });
    use_memo(move || {
        let mut others = others();
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
pub(crate) fn Faces(others: ReadSignal<Vec<(PeerId, Me)>>, name: String) -> Element {
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
        span { class: if me { "avatar me" } else { "avatar" }, style: "--hue:{hue(&name)}",
            span { aria_hidden: "true", {initials(&name)} }
            span { class: "tip", "{label}" }
        }
    }
}
