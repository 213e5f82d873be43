//! Web Locks: what only one tab may hold. Hand-written, as `web-sys` has them among its unstable interfaces only.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::queue::Slot;
use crate::web::{global, property};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "LockManager")]
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
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

/// Whether this context has Web Locks: secure contexts have.
pub(crate) fn available() -> bool {
    interface().is_some()
}

fn interface() -> Option<LockManager> {
    property(&global("navigator")?, "locks").map(JsCast::unchecked_into)
}

/// Takes the lock if it is free. `None` when somebody holds it or there are no Web Locks.
pub(crate) async fn take(name: &str) -> Option<Lock> {
    let options = Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    acquire(name, &options).await
}

/// Waits for the lock, alone or `shared` with others that share it. `None` when there are no Web Locks.
pub(crate) async fn wait(name: &str, shared: bool) -> Option<Lock> {
    let options = Object::new();
    let mode = if shared { "shared" } else { "exclusive" };
    let _ = Reflect::set(&options, &"mode".into(), &mode.into());
    acquire(name, &options).await
}

async fn acquire(name: &str, options: &Object) -> Option<Lock> {
    let locks = interface()?;
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
            granted.set(release.map(|release| Lock { release }));
            held.into()
        })
    };
    let request = locks.request(name, options, callback.as_ref().unchecked_ref()).ok()?;
    let refused = granted.clone();
    spawn_local(async move {
        // Ends when the lock is released, or was refused: then nobody has filled the slot.
        let _ = JsFuture::from(request).await;
        refused.set(None);
        drop(callback);
    });
    Granted(granted).await
}

/// Waits for the answer; when nobody waits for it any more a lock that was granted is released.
struct Granted(Slot<Option<Lock>>);

impl std::future::Future for Granted {
    type Output = Option<Lock>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Lock>> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl Drop for Granted {
    fn drop(&mut self) {
        // The callback keeps the slot alive: take what is in it, and leave nothing to be put there.
        self.0.abandon();
    }
}
