//! One entry: a check box, its title, its votes.

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, PointerEvent as WebPointerEvent};

use crate::icon::{Icon, icon};
use crate::model::{DocumentRef, ElementId, ObservableExt, TodoRef};
use crate::motion::{focus_later, rows};
use crate::notices::Notices;
use crate::page::Page;
use crate::people::People;

/// The longest title, in characters.
const LONGEST_TITLE: &str = "500";

#[component]
pub(crate) fn TodoRow(todo: TodoRef) -> impl IntoView {
    let page = expect_context::<Page>();
    let notices = expect_context::<Notices>();
    let people = expect_context::<People>();
    let id = todo.id();
    let row = StoredValue::new(id.to_string());
    // Each of these changes on its own: a vote does not touch the title's part of the page.
    let title = todo.title().signal();
    let done = todo.done().signal();
    let votes = todo.votes().signal();
    let editing = RwSignal::new(false);

    let held = Memo::new(move |_| row.with_value(|row| page.drag.shift(row)));
    let editor = people.editor_of(id);
    let todo = StoredValue::new(todo);

    let vote = move |_| {
        notices.check(todo.with_value(|todo| todo.votes().increment(1)));
    };
    let delete = move |event: MouseEvent| {
        // From the keyboard the focus goes on to the neighbour, or nobody would know where it is.
        if event.detail() == 0 {
            focus_neighbour(&row.get_value());
        }
        page.remove(&todo.get_value());
    };
    let save = Callback::new(move |text: String| {
        editing.set(false);
        let text = text.trim();
        if text.is_empty() {
            page.remove(&todo.get_value());
        } else if title.with_untracked(|title| title != text) {
            notices.check(todo.with_value(|todo| todo.title().set(text)));
        }
    });
    let set_done = move |event| {
        let done = event_target_checked(&event);
        notices.check(todo.with_value(|todo| todo.done().set(done)));
    };
    Effect::new(move |before: Option<bool>| {
        let now = editing.get();
        if before.is_some_and(|before| before != now) {
            people.show_editing(now.then_some(id));
            if !now {
                focus_later(id, "todo-title");
            }
        }
        now
    });

    view! {
        <li
            class="row"
            data-testid="todo"
            data-id=row.get_value()
            data-done=move || done.get().then_some("")
            data-held=move || held.get().1.then_some("")
            data-editor=move || editor.get().map(|_| "")
            style:transform=move || Some(held.get().0).filter(|by| *by != 0).map(|by| format!("translateY({by}px)"))
            style=("--hue", move || editor.get().map(|editor| editor.hue.to_string()))
        >
            <DragHandle id title/>
            <label class="check">
                <span class="visually-hidden">{move || format!("Done: {}", title.get())}</span>
                <input type="checkbox" data-testid="todo-check" prop:checked=done on:change=set_done/>
                <span class="ring" aria-hidden="true"><svg viewBox="0 0 16 16"><path d="m3 8.5 3.4 3.4L13 4.5"/></svg></span>
            </label>
            <div class="text">
                <Show
                    when=move || editing.get()
                    fallback=move || view! { <Title title edit=Callback::new(move |()| editing.set(true))/> }
                >
                    <TitleEditor title save cancel=Callback::new(move |()| editing.set(false))/>
                </Show>
            </div>
            <button
                class="vote"
                type="button"
                data-testid="todo-vote"
                data-some=move || (votes.get() > 0).then_some("")
                aria-label=move || format!("Vote for {}: {} so far", title.get(), votes.get())
                title="Vote"
                on:click=vote
            >
                <span>{icon(Icon::Up)}<span class="number" data-testid="todo-vote-count">{votes}</span></span>
            </button>
            <button
                class="icon-button delete"
                type="button"
                data-testid="todo-delete"
                aria-label=move || format!("Delete {}", title.get())
                title="Delete"
                on:click=delete
            >
                {icon(Icon::Trash)}
            </button>
            {move || editor.get().map(|editor| view! { <span class="editor">{editor.name}" is editing"</span> })}
        </li>
    }
}

/// The title as it is read: a double click, a tap, Enter or F2 begin to edit it.
#[component]
fn Title(title: Signal<String>, edit: Callback<()>) -> impl IntoView {
    let key = move |event: KeyboardEvent| {
        if event.key() == "F2" {
            event.prevent_default();
            edit.run(());
        }
    };
    let click = move |event: MouseEvent| {
        // A finger and a screen reader have no double click. A mouse has, and a single one may select text.
        let touch = event.dyn_ref::<WebPointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        if touch || event.detail() == 0 {
            edit.run(());
        }
    };
    view! {
        <button
            class="todo-title"
            type="button"
            data-testid="todo-title"
            title="Double-click to edit"
            on:click=click
            on:dblclick=move |_| edit.run(())
            on:keydown=key
        >
            <span>{title}</span>
        </button>
    }
}

/// The title as it is edited: Enter and leaving it save, Escape does not.
#[component]
fn TitleEditor(title: Signal<String>, save: Callback<String>, cancel: Callback<()>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // Leaving the field is what comes after every end, wanted or not: only the first one counts.
    let open = StoredValue::new(true);
    let finish = move |keep: bool| {
        if open.try_update_value(|open| std::mem::replace(open, false)) == Some(true) {
            match input.get_untracked() {
                Some(input) if keep => save.run(input.value()),
                _ => cancel.run(()),
            }
        }
    };
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            input.set_value(&title.get_untracked());
            let _ = input.focus();
            input.select();
        }
    });
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        // Enter that ends the composition of a character is not meant for the field.
        "Enter" if !event.is_composing() => finish(true),
        "Escape" => finish(false),
        _ => {}
    };
    view! {
        <input
            class="todo-edit"
            type="text"
            data-testid="todo-edit"
            aria-label="Title"
            maxlength=LONGEST_TITLE
            enterkeyhint="done"
            node_ref=input
            on:keydown=key
            on:blur=move |_| finish(true)
        />
    }
}

/// The handle of an entry: drag it, or move the entry with the arrow keys.
#[component]
fn DragHandle(id: ElementId, title: Signal<String>) -> impl IntoView {
    let page = expect_context::<Page>();
    let row = StoredValue::new(id.to_string());
    let down = move |event: PointerEvent| {
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        event.prevent_default();
        if let Some(handle) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok())
        {
            let _ = handle.set_pointer_capture(event.pointer_id());
            let _ = handle.focus();
        }
        row.with_value(|row| page.drag.take(row, &event));
    };
    let up = move |_: PointerEvent| {
        // Measured while the others still stand aside: from there they glide, instead of jumping first.
        page.motion.expect_change();
        if let Some(place) = page.drag.put_down() {
            page.move_to(id, place);
            focus_later(id, "todo-drag");
        }
    };
    let key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            "Escape" => {
                page.drag.cancel();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let (place, count) =
            page.shown.with_untracked(|shown| (shown.iter().position(|todo| todo.id() == id), shown.len()));
        let target = place.and_then(|place| place.checked_add_signed(by)).filter(|target| *target < count);
        if let Some(target) = target {
            page.move_to(id, target);
            focus_later(id, "todo-drag");
        }
    };
    view! {
        <button
            class="drag"
            type="button"
            data-testid="todo-drag"
            aria-label=move || format!("Move {}", title.get())
            aria-description="The arrow keys move it up and down"
            aria-keyshortcuts="ArrowUp ArrowDown"
            title="Drag to move"
            on:pointerdown=down
            on:pointermove=move |event| page.drag.follow(&event)
            on:pointerup=up
            on:pointercancel=move |_| page.drag.cancel()
            on:lostpointercapture=move |_| page.drag.cancel()
            on:keydown=key
        >
            {icon(Icon::Grip)}
        </button>
    }
}

/// Focuses the delete button of the entry after this one, or before it, or the field for a new entry.
fn focus_neighbour(row: &str) {
    let rows = rows();
    let at = rows.iter().position(|candidate| crate::motion::id_of(candidate) == row);
    let neighbour = at.and_then(|at| rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?)));
    let target = match neighbour {
        Some(neighbour) => neighbour.query_selector("[data-testid=todo-delete]"),
        None => document().query_selector("[data-testid=new-todo]"),
    };
    if let Some(target) = target.ok().flatten().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        let _ = target.focus();
    }
}
