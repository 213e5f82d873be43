//! Who else has the list open, and what they are at.

use leptos::prelude::*;

use crate::model::ElementId;
use crate::names::{hue, initials, random_name};

/// How many faces are shown before the rest becomes a number.
const MOST_FACES: usize = 4;

/// What one person lets the others know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Me {
    pub(crate) name: String,
    pub(crate) editing: Option<String>,
}

/// Somebody else who is editing an entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Editor {
    pub(crate) name: String,
    pub(crate) hue: u32,
}

/// The people of one list.
#[derive(Clone, Copy)]
pub(crate) struct People {
    me: RwSignal<Me>,
    others: Signal<Vec<Me>>,
}

impl People {
    pub(crate) fn provide() -> Self {
        let me = RwSignal::new(Me { name: random_name(), editing: None });
        let look = crate::address::query("look").unwrap_or_default();
        let others = if look.contains("alone") {
            vec![]
        } else {
            vec![
                Me { name: "Nimble Otter".into(), editing: look.contains("edit").then(|| "4".into()) },
                Me { name: "Sunny Puffin".into(), editing: None },
                Me { name: "Quiet Lynx".into(), editing: None },
            ]
        };
        let people = Self { me, others: RwSignal::new(others).into() };
        provide_context(people);
        people
    }

    /// Tells the others which entry is being edited here.
    pub(crate) fn show_editing(self, entry: Option<ElementId>) {
        self.me.update(|me| me.editing = entry.map(|entry| entry.to_string()));
    }

    /// Who else is editing an entry.
    pub(crate) fn editor_of(self, entry: ElementId) -> Memo<Option<Editor>> {
        let entry = entry.to_string();
        Memo::new(move |_| {
            self.others.with(|others| {
                let other = others.iter().find(|other| other.editing.as_ref() == Some(&entry))?;
                Some(Editor { name: other.name.clone(), hue: hue(&other.name) })
            })
        })
    }
}

/// The faces of all who are here.
#[component]
pub(crate) fn Faces() -> impl IntoView {
    let people = expect_context::<People>();
    let label = move || match people.others.with(Vec::len) {
        0 => "Nobody else is here".to_owned(),
        1 => "One other is here".to_owned(),
        count => format!("{count} others are here"),
    };
    let more = move || people.others.with(Vec::len).saturating_sub(MOST_FACES);
    view! {
        <ul class="people" aria-label=label>
            <For
                each=move || people.others.get().into_iter().take(MOST_FACES)
                key=|other| other.name.clone()
                children=|other| view! { <li><Face name=other.name/></li> }
            />
            {move || (more() > 0).then(|| view! { <li><span class="avatar more number">"+"{more()}</span></li> })}
            <li><Face name=people.me.with_untracked(|me| me.name.clone()) me=true/></li>
        </ul>
    }
}

#[component]
fn Face(name: String, #[prop(optional)] me: bool) -> impl IntoView {
    let hue = hue(&name);
    let label = if me { format!("{name} (you)") } else { name.clone() };
    view! {
        <span class="avatar" class:me=me style=("--hue", hue.to_string())>
            <span aria-hidden="true">{initials(&name)}</span>
            <span class="tip">{label}</span>
        </span>
    }
}
