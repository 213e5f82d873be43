//! Web Locks: what only one tab may hold. Hand-written, as `web-sys` has them among its unstable interfaces only.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::queue::Slot;
use crate::task::Timer;
use crate::web::{global, property};

/// How long others may keep a lock that is waited for, in milliseconds.
const WAIT_MS: i32 = 15_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "LockManager")]
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &JsValue,
    ) -> Result<Promise, JsValue>;
}

/// A lock that is held until this is dropped, or until the page ends.
pub(crate) struct Lock {
    release: Function,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

/// How a lock is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Only if nobody holds it.
    IfAvailable,
    /// As soon as nobody holds it.
    #[cfg(feature = "opfs")]
    Alone,
    /// As soon as nobody holds it alone.
    #[cfg(feature = "opfs")]
    Shared,
}

/// Whether this context has Web Locks: secure contexts have.
#[cfg(feature = "opfs")]
pub(crate) fn available() -> bool {
    interface().is_some()
}

fn interface() -> Option<LockManager> {
    property(&global("navigator")?, "locks").map(JsCast::unchecked_into)
}

/// Takes the lock. `None` when somebody holds it for too long, or when there are no Web Locks.
pub(crate) async fn acquire(name: &str, mode: Mode) -> Option<Lock> {
    let locks = interface()?;
    let options = Object::new();
    let (option, value) = match mode {
        Mode::IfAvailable => ("ifAvailable", JsValue::TRUE),
        #[cfg(feature = "opfs")]
        Mode::Alone => ("mode", "exclusive".into()),
        #[cfg(feature = "opfs")]
        Mode::Shared => ("mode", "shared".into()),
    };
    let _ = Reflect::set(&options, &option.into(), &value);
    let granted: Slot<Option<Lock>> = Slot::new();
    let callback = {
        let granted = granted.clone();
        // The browser holds the lock until the promise that is returned here is resolved.
        Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
            if lock.is_null() || lock.is_undefined() {
                granted.set(None);
                return JsValue::UNDEFINED;
            }
            let mut release = None;
            let held = Promise::new(&mut |resolve, _reject| release = Some(resolve));
            // When nobody waits any more, this drops the lock, which releases it.
            granted.set(release.map(|release| Lock { release }));
            held.into()
        })
    };
    let request = locks.request(name, &options, callback.as_ref()).ok()?;
    let refused = granted.clone();
    spawn_local(async move {
        // Ends when the lock is released, or was refused: then nobody has filled the slot.
        let _ = JsFuture::from(request).await;
        refused.set(None);
        drop(callback);
    });
    let given_up = granted.clone();
    let _patience = Timer::new(WAIT_MS, move || given_up.set(None));
    Waiting(granted).await
}

/// Waits for the answer; when nobody waits for it any more a lock that was granted is released.
struct Waiting(Slot<Option<Lock>>);

impl std::future::Future for Waiting {
    type Output = Option<Lock>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Lock>> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // The callback keeps the slot alive: take what is in it, and leave nothing to be put there.
        self.0.abandon();
    }
}
