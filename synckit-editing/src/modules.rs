//! The scripts as modules of the program, called directly. In the browser only.

use js_sys::JSON;
use wasm_bindgen::prelude::*;

use crate::message::ToPage;

#[wasm_bindgen(module = "/js/difference.js")]
extern "C" {
    // Imported by the others: named here, it is put beside them.
    #[wasm_bindgen(js_name = moved)]
    fn _moved(place: u32, delta: &JsValue, stays: bool) -> u32;
}

#[wasm_bindgen(module = "/js/carets.js")]
extern "C" {
    #[wasm_bindgen(js_name = carets)]
    fn _carets(element: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/js/plain.js")]
extern "C" {
    #[wasm_bindgen(js_name = bind)]
    fn bind_plain(element: &JsValue, options: &JsValue, send: &Closure<dyn Fn(JsValue)>) -> Bound;

    type Bound;
    #[wasm_bindgen(method)]
    fn receive(this: &Bound, message: JsValue);
    #[wasm_bindgen(method)]
    fn release(this: &Bound);
}

// `bind_rich`, from one module made of many.
include!(concat!(env!("OUT_DIR"), "/rich_module.rs"));

/// An element that is bound. Dropping it releases the element.
pub struct Field {
    bound: Bound,
    _send: Closure<dyn Fn(JsValue)>,
}

impl Field {
    /// Binds a textarea or an input. `send` is called with what the page says, also while this is being called and while
    /// [`receive`](Self::receive) is.
    pub fn plain(element: &JsValue, send: impl Fn(String) + 'static) -> Self {
        let send = listener(send);
        Self { bound: bind_plain(element, &JsValue::UNDEFINED, &send), _send: send }
    }

    /// Makes a rich text editor of an empty element, with options as [`rich::Options`](crate::rich::Options) writes them.
    pub fn rich(element: &JsValue, options: &str, send: impl Fn(String) + 'static) -> Self {
        let send = listener(send);
        let options = JSON::parse(options).unwrap_or(JsValue::UNDEFINED);
        Self { bound: bind_rich(element, &options, &send), _send: send }
    }

    /// Says something to the page that is JSON already, as [`rich::Command`](crate::rich::Command) is.
    pub fn receive_json(&self, message: &str) {
        if let Ok(message) = JSON::parse(message) {
            self.bound.receive(message);
        }
    }

    /// Says something to the page.
    pub fn receive(&self, message: &ToPage) {
        self.receive_json(&message.to_json());
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        self.bound.release();
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Field").finish_non_exhaustive()
    }
}

fn listener(send: impl Fn(String) + 'static) -> Closure<dyn Fn(JsValue)> {
    Closure::new(move |message: JsValue| {
        if let Some(message) = JSON::stringify(&message).ok().and_then(|json| json.as_string()) {
            send(message);
        }
    })
}
