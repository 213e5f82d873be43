//! A field that is read and written: two-way binding.

use std::fmt;
use std::rc::Rc;

use dioxus::prelude::dioxus_core::{AttributeValue, IntoAttributeValue, IntoDynNode, Subscribers};
use dioxus::prelude::*;
use synckit::{FieldRef, FieldValue, WriteError};

use crate::signal::use_source;
use crate::source::Source;

/// A field as a signal that can be written: `value: title`, `checked: done`, `title.cloned()`, `title.set(..)`.
///
/// Every write is a transaction of its own. Cheap to copy.
pub struct FieldSignal<V: 'static> {
    value: ReadSignal<V>,
    source: CopyValue<Rc<Source<FieldRef<V>>>>,
    failed: Signal<Option<WriteError>>,
    error: ReadSignal<Option<WriteError>>,
}

impl<V: FieldValue + PartialEq> FieldSignal<V> {
    /// The value, to be read only.
    pub fn read_only(self) -> ReadSignal<V> {
        self.value
    }

    /// Writes the field. What cannot be written leaves the field as it was, and is told by [`error`](Self::error). After
    /// the component is gone nothing is written.
    pub fn set(&self, value: V) {
        // Not held while writing: a callback may come back to this signal.
        let Ok(field) = self.source.try_read().map(|source| source.handle()) else { return };
        let outcome = field.set(value).err();
        let mut failed = self.failed;
        if failed.try_peek().is_ok_and(|before| *before != outcome) {
            failed.set(outcome);
        }
    }

    /// Why the last write failed, if it did: a value of more than 1 MiB, for instance. The field then keeps what it had.
    pub fn error(self) -> ReadSignal<Option<WriteError>> {
        self.error
    }
}

impl<V> Clone for FieldSignal<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for FieldSignal<V> {}

impl<V> PartialEq for FieldSignal<V> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<V> fmt::Debug for FieldSignal<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldSignal").finish_non_exhaustive()
    }
}

impl<V: fmt::Display> fmt::Display for FieldSignal<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.with(|value| value.fmt(f))
    }
}

impl<V> Readable for FieldSignal<V> {
    type Target = V;
    type Storage = UnsyncStorage;

    #[track_caller]
    fn try_read_unchecked(&self) -> Result<ReadableRef<'static, Self>, BorrowError> {
        self.value.try_read_unchecked()
    }

    #[track_caller]
    fn try_peek_unchecked(&self) -> Result<ReadableRef<'static, Self>, BorrowError> {
        self.value.try_peek_unchecked()
    }

    fn subscribers(&self) -> Subscribers {
        self.value.subscribers()
    }
}

impl<V: Clone + IntoAttributeValue> IntoAttributeValue for FieldSignal<V> {
    fn into_value(self) -> AttributeValue {
        self.value.into_value()
    }
}

impl<V: Clone + IntoDynNode> IntoDynNode for FieldSignal<V> {
    fn into_dyn_node(self) -> dioxus_core::DynamicNode {
        self.value.into_dyn_node()
    }
}

impl<V> From<FieldSignal<V>> for ReadSignal<V> {
    fn from(field: FieldSignal<V>) -> Self {
        field.value
    }
}

/// Fields as signals that can be written.
pub trait FieldRefExt<V> {
    /// The field as a signal that can be written, for inputs. A hook.
    ///
    /// ```
    /// # use dioxus::prelude::*;
    /// # use synckit::prelude::*;
    /// # use synckit_dioxus::FieldRefExt;
    /// #[component]
    /// fn Title(title: FieldRef<String>) -> Element {
    ///     let title = title.rw_signal();
    ///     rsx! {
    ///         input { value: title, oninput: move |event| title.set(event.value()) }
    ///         button { onclick: move |_| title.set(String::new()), "Clear" }
    ///     }
    /// }
    /// ```
    fn rw_signal(&self) -> FieldSignal<V>;
}

impl<V: FieldValue + PartialEq> FieldRefExt<V> for FieldRef<V> {
    #[track_caller]
    fn rw_signal(&self) -> FieldSignal<V> {
        let (source, value) = use_source(self, || {
            let mut last = V::default();
            move |field: &FieldRef<V>| {
                if let Ok(value) = synckit::Observable::get(field) {
                    last = value;
                }
                last.clone()
            }
        });
        let (source, failed, error) = use_hook(|| {
            let failed = Signal::new(None);
            (CopyValue::new(source), failed, ReadSignal::from(failed))
        });
        FieldSignal { value, source, failed, error }
    }
}
