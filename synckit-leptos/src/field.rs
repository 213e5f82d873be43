//! A field that is read and written: two-way binding.

use std::panic::Location;

use leptos::prelude::*;
use leptos::reactive::traits::{DefinedAt, IsDisposed, ReadUntracked, Track};
use leptos::tachys::reactive_graph::bind::IntoSplitSignal;
use synckit::{FieldRef, FieldValue, WriteError};

use crate::signal::ObservableExt;

/// A field as a signal that can be written: `bind:value=title`, `bind:checked=done`, `title.get()`, `title.set(..)`.
///
/// Every write is a transaction of its own. Cheap to copy.
#[derive(Debug)]
pub struct FieldSignal<V: Send + Sync + 'static> {
    value: Signal<V>,
    write: Callback<V>,
    error: RwSignal<Option<WriteError>>,
}

impl<V: Send + Sync + 'static> FieldSignal<V> {
    pub(crate) fn new(
        value: Signal<V>,
        write: impl Fn(V) -> Result<(), WriteError> + Send + Sync + 'static,
    ) -> Self {
        let error = RwSignal::new(None);
        let write = Callback::new(move |new| {
            let failed = write(new).err();
            // A component that went away with its last write still pending has nobody to tell.
            if error.try_with_untracked(|error| *error != failed) == Some(true) {
                error.try_set(failed);
            }
        });
        Self { value, write, error }
    }

    /// The value, to be read only.
    pub fn read_only(self) -> Signal<V> {
        self.value
    }

    /// Why the last write failed, if it did: a value of more than 1 MiB, for instance. The field then keeps what it had.
    pub fn error(self) -> Signal<Option<WriteError>> {
        self.error.into()
    }
}

impl<V: Send + Sync + 'static> Clone for FieldSignal<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Send + Sync + 'static> Copy for FieldSignal<V> {}

impl<V: Send + Sync + 'static> DefinedAt for FieldSignal<V> {
    fn defined_at(&self) -> Option<&'static Location<'static>> {
        self.value.defined_at()
    }
}

impl<V: Send + Sync + 'static> IsDisposed for FieldSignal<V> {
    fn is_disposed(&self) -> bool {
        self.error.is_disposed()
    }
}

impl<V: Send + Sync + 'static> Track for FieldSignal<V> {
    fn track(&self) {
        self.value.track();
    }
}

impl<V: Clone + Send + Sync + 'static> ReadUntracked for FieldSignal<V> {
    type Value = <Signal<V> as ReadUntracked>::Value;

    fn try_read_untracked(&self) -> Option<Self::Value> {
        self.value.try_read_untracked()
    }
}

impl<V: Send + Sync + 'static> Set for FieldSignal<V> {
    type Value = V;

    fn set(&self, value: V) {
        self.write.run(value);
    }

    /// Writes the field; gives the value back when the component is gone.
    fn try_set(&self, value: V) -> Option<V> {
        if self.is_disposed() {
            return Some(value);
        }
        self.write.try_run(value);
        None
    }
}

impl<V: Clone + Send + Sync + 'static> IntoSplitSignal for FieldSignal<V> {
    type Value = V;
    type Read = Signal<V>;
    type Write = Self;

    fn into_split_signal(self) -> (Signal<V>, Self) {
        (self.value, self)
    }
}

impl<V: Send + Sync + 'static> From<FieldSignal<V>> for Signal<V> {
    fn from(field: FieldSignal<V>) -> Self {
        field.value
    }
}

/// Fields as signals that can be written.
pub trait FieldRefExt<V: Send + Sync + 'static> {
    /// The field as a signal that can be written, for `bind:value` and `bind:checked`.
    ///
    /// ```
    /// # use leptos::prelude::*;
    /// # use synckit::prelude::*;
    /// # use synckit_leptos::FieldRefExt;
    /// fn title(title: FieldRef<String>) -> impl IntoView {
    ///     let title = title.rw_signal();
    ///     view! {
    ///         <input bind:value=title/>
    ///         <button on:click=move |_| title.set(String::new())>"Clear"</button>
    ///     }
    /// }
    /// ```
    fn rw_signal(&self) -> FieldSignal<V>;
}

impl<V: FieldValue + PartialEq> FieldRefExt<V> for FieldRef<V> {
    #[track_caller]
    fn rw_signal(&self) -> FieldSignal<V> {
        let field = self.clone();
        FieldSignal::new(self.signal(), move |value| field.set(value))
    }
}
