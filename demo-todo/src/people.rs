//! Who else has the list open, and what they are at.

use leptos::prelude::*;

use crate::model::{ElementId, Me, PeerId, document_id, use_presence};
use crate::names::{hue, initials};

/// The longest name that is shown, in characters: what others send may be anything.
const LONGEST_NAME: usize = 32;
/// How many faces are shown before the rest becomes a number.
const MOST_FACES: usize = 4;

/// Somebody else who is editing an entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Editor {
    pub(crate) name: String,
    pub(crate) hue: u32,
}

/// The people of one list.
#[derive(Clone, Copy)]
pub(crate) struct People {
    name: Signal<String>,
    editing: RwSignal<String>,
    others: Memo<Vec<(PeerId, Me)>>,
}

impl People {
    /// Joins the others at a list, under a name.
    pub(crate) fn provide(list: &str, name: Signal<String>) -> Self {
        let editing = RwSignal::new(String::new());
        let document = document_id(list);
        let others =
            use_presence(move || document.clone(), move || Me { name: name.get(), editing: editing.get() });
        let others = Memo::new(move |_| {
            let mut others = others.get();
            for (_, other) in &mut others {
                other.name = other.name.chars().take(LONGEST_NAME).collect();
            }
            // Somebody whose device is still loading has no name yet.
            others.retain(|(_, other)| !other.name.is_empty());
            others
        });
        let people = Self { name, editing, others };
        provide_context(people);
        people
    }

    /// Tells the others which entry is being edited here.
    pub(crate) fn show_editing(self, entry: Option<ElementId>) {
        self.editing.set(entry.map(|entry| entry.to_string()).unwrap_or_default());
    }

    /// Who else is editing an entry.
    pub(crate) fn editor_of(self, entry: ElementId) -> Memo<Option<Editor>> {
        let entry = entry.to_string();
        Memo::new(move |_| {
            self.others.with(|others| {
                let (_, other) = others.iter().find(|(_, other)| other.editing == entry)?;
                Some(Editor { name: other.name.clone(), hue: hue(&other.name) })
            })
        })
    }
}

/// The faces of all who are here.
#[component]
pub(crate) fn Faces() -> impl IntoView {
    let people = expect_context::<People>();
    let count = move || people.others.with(Vec::len);
    let label = move || match count() {
        0 => "Nobody else is here".to_owned(),
        1 => "One other is here".to_owned(),
        count => format!("{count} others are here"),
    };
    let faces = move || people.others.get().into_iter().take(MOST_FACES);
    let more = move || count().saturating_sub(MOST_FACES);
    view! {
        <ul class="people" aria-label=label data-testid="people" data-count=count>
            // A new name is a new face; what somebody edits is not.
            <For
                each=faces
                key=|(peer, other)| (*peer, other.name.clone())
                children=|(_, other)| view! { <li><Face name=other.name/></li> }
            />
            {move || (more() > 0).then(|| view! { <li><span class="avatar more number">"+"{more()}</span></li> })}
            <li>{move || view! { <Face name=people.name.get() me=true/> }}</li>
        </ul>
    }
}

#[component]
fn Face(name: String, #[prop(optional)] me: bool) -> impl IntoView {
    let label = if me { format!("{name} (you)") } else { name.clone() };
    view! {
        <span class="avatar" class:me=me style=("--hue", hue(&name).to_string())>
            <span aria-hidden="true">{initials(&name)}</span>
            <span class="tip">{label}</span>
        </span>
    }
}
