//! The page of one list.

use std::time::Duration;

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

use crate::history::HistoryButtons;
use crate::home::Device;
use crate::icon::{Icon, icon};
use crate::model::{
    Connection, DocumentRef, LoadState, ObservableExt, TodoList, document_id, use_status, use_synckit,
};
use crate::notices::Notices;
use crate::page::{Filter, Page};
use crate::people::{Faces, People};
use crate::rows::{Rows, Skeleton};
use crate::share::CopyLink;
use crate::theme::ThemeToggle;

/// How long a pause in typing makes a new title.
const PAUSE: Duration = Duration::from_millis(700);

#[component]
pub(crate) fn ListPage(id: String, menu: RwSignal<bool>) -> impl IntoView {
    let device = expect_context::<Device>();
    let notices = expect_context::<Notices>();
    let list = use_synckit().document::<TodoList>(&document_id(&id));
    device.remember(id.clone(), &list);
    People::provide(&id, device.name);
    let status = list.status().signal();
    let client = use_status();
    let page = Page::provide(list);
    let ready = Memo::new(move |was_ready: Option<&bool>| {
        let (loading, synced) = status.with(|status| (status.load == LoadState::Loading, status.synced));
        // A list that was shared by its address has nothing on this device yet: the server's answer is worth a moment.
        let awaited = !synced
            && page.counts.with(|counts| counts.all == 0)
            && client
                .with(|client| matches!(client.connection, Connection::Connecting | Connection::Connected));
        // What has been shown once is not taken back while the connection comes and goes.
        !loading && (!awaited || was_ready == Some(&true))
    });
    Effect::new(move |_| {
        status.with(|status| {
            if let LoadState::Failed { reason } = &status.load {
                notices.fail(reason);
            }
            if let Some(refused) = &status.refused {
                notices.fail(format!("The server did not take a change: {}", refused.message));
            }
        });
    });
    view! {
        <header class="top">
            <button
                class="icon-button menu"
                type="button"
                aria-label="Your lists"
                aria-expanded=move || menu.get().to_string()
                aria-controls="side"
                on:click=move |_| menu.update(|menu| *menu = !*menu)
            >
                {icon(Icon::Menu)}
            </button>
            <span class="spring"></span>
            <Faces/>
            <CopyLink list=id/>
            <ThemeToggle/>
        </header>
        <TitleRow/>
        <Composer/>
        <Toolbar/>
        <Show when=move || ready.get() fallback=Skeleton>
            <Rows/>
        </Show>
        <Foot/>
    }
}

/// The title of the list, which is also the field to edit it, and how far the list has come.
#[component]
fn TitleRow() -> impl IntoView {
    let page = expect_context::<Page>();
    let notices = expect_context::<Notices>();
    let title = page.list().title().signal();
    let input = NodeRef::<html::Input>::new();
    let save = move || {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        if title.with_untracked(|title| title != text.trim()) {
            notices.check(page.list().title().set(text.trim()));
        }
    };
    // Not every letter becomes a change: a pause does, and leaving the field.
    let save_after_pause = debounce(PAUSE, move |()| save());
    let key = move |event: KeyboardEvent| {
        let Some(input) = input.get_untracked() else { return };
        match event.key().as_str() {
            "Enter" if !event.is_composing() => drop(input.blur()),
            "Escape" => {
                input.set_value(&title.get_untracked());
                let _ = input.blur();
            }
            _ => {}
        }
    };
    Effect::new(move |_| {
        let name = title.get();
        document().set_title(if name.is_empty() { "Untitled list" } else { &name });
    });
    let share = move || {
        let counts = page.counts.get();
        (counts.done * 100).checked_div(counts.all).unwrap_or(0).to_string()
    };
    view! {
        <div class="title-row">
            <h1>
                <input
                    class="list-title"
                    type="text"
                    data-testid="list-title"
                    aria-label="Title of the list"
                    placeholder="Untitled list"
                    maxlength="120"
                    autocomplete="off"
                    enterkeyhint="done"
                    node_ref=input
                    prop:value=title
                    on:input={
                        let mut save_after_pause = save_after_pause;
                        move |_| save_after_pause(())
                    }
                    on:keydown=key
                    on:blur=move |_| save()
                />
            </h1>
            <p class="progress">
                <span class="progress-track" aria-hidden="true"><i style=("--percent", share)></i></span>
                <span class="number">{move || {
                    let counts = page.counts.get();
                    if counts.all == 0 { "Nothing on it yet".to_owned() } else { format!("{} of {} done", counts.done, counts.all) }
                }}</span>
            </p>
        </div>
    }
}

/// The field for a new entry.
#[component]
fn Composer() -> impl IntoView {
    let page = expect_context::<Page>();
    let text = RwSignal::new(String::new());
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let title = text.get_untracked();
        if !title.trim().is_empty() {
            page.add(title.trim());
            text.set(String::new());
        }
    };
    view! {
        <form class="composer" on:submit=add>
            <input
                type="text"
                data-testid="new-todo"
                aria-label="New to-do"
                placeholder="What needs doing?"
                maxlength="500"
                autocomplete="off"
                enterkeyhint="enter"
                bind:value=text
            />
            <button
                class="icon-button add"
                type="submit"
                aria-label="Add"
                aria-disabled=move || text.with(|text| text.trim().is_empty()).to_string()
            >
                {icon(Icon::Plus)}
            </button>
        </form>
    }
}

/// The filters with their counts, and the history.
#[component]
fn Toolbar() -> impl IntoView {
    let page = expect_context::<Page>();
    let button = move |filter: Filter, test_id: &'static str, label: &'static str| {
        view! {
            <button
                type="button"
                data-testid=test_id
                aria-pressed=move || (page.filter.get() == filter).to_string()
                on:click=move |_| page.filter.set(filter)
            >
                {label} <span class="count number">{move || page.counts.get().of(filter)}</span>
            </button>
        }
    };
    view! {
        <div class="toolbar">
            <div class="filters" role="group" aria-label="Show">
                {button(Filter::All, "filter-all", "All")}
                {button(Filter::Active, "filter-active", "To do")}
                {button(Filter::Done, "filter-done", "Done")}
            </div>
            <HistoryButtons undo=page.list().undo_manager()/>
        </div>
    }
}

/// What concerns all that is done. Its line is always there, so that nothing below jumps.
#[component]
fn Foot() -> impl IntoView {
    let page = expect_context::<Page>();
    let done = move || page.counts.get().done;
    view! {
        <div class="foot">
            <button
                class="button"
                type="button"
                data-testid="clear-done"
                hidden=move || done() == 0
                on:click=move |_| page.clear_done()
            >
                {icon(Icon::Broom)}
                {move || format!("Clear {} completed", done())}
            </button>
        </div>
    }
}
