//! A document with a field, a counter, a list and, with the feature, a text.

use synckit::prelude::*;
use synckit::version::VersionVector;
use wasm_bindgen::prelude::*;

#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Containers {
    title: String,
    counter: Counter,
    list: List<i64>,
    #[cfg(feature = "text")]
    text: Text,
}

/// One replica, in memory.
#[wasm_bindgen]
pub struct Replica {
    pub(crate) document: ContainersRef,
    /// What others know already.
    sent: VersionVector,
    #[cfg(feature = "text")]
    pub(crate) following: Option<synckit::Subscription>,
    _client: SyncKit,
}

/// What a page is told of an error.
pub(crate) fn refused(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

#[wasm_bindgen]
impl Replica {
    /// An empty document.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u32) -> Self {
        let client = SyncKit::in_memory(u64::from(seed));
        let document = client.document::<Containers>("contest");
        Self {
            sent: document.version(),
            document,
            #[cfg(feature = "text")]
            following: None,
            _client: client,
        }
    }

    /// What was written since the last time.
    pub fn update(&mut self) -> Vec<u8> {
        let update = self.document.export_since(&self.sent);
        self.sent = self.document.version();
        update
    }

    /// Takes in what somebody else has written, or a stored document.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), JsError> {
        self.document.import(update).map_err(refused)?;
        self.sent = self.document.version();
        Ok(())
    }

    /// All of it.
    pub fn save(&self) -> Vec<u8> {
        self.document.export()
    }

    /// The title.
    pub fn title(&self) -> Result<String, JsError> {
        self.document.title().get().map_err(refused)
    }

    /// Sets the title.
    pub fn set_title(&self, title: &str) -> Result<(), JsError> {
        self.document.title().set(title).map_err(refused)
    }

    /// The counter.
    pub fn count(&self) -> Result<f64, JsError> {
        Ok(self.document.counter().get().map_err(refused)? as f64)
    }

    /// Counts.
    pub fn increment(&self, by: i32) -> Result<(), JsError> {
        self.document.counter().increment(i64::from(by)).map_err(refused)
    }

    /// The list.
    pub fn numbers(&self) -> Result<Vec<f64>, JsError> {
        let elements = self.document.list().elements();
        elements.iter().map(|item| Ok(item.get().map_err(refused)? as f64)).collect()
    }

    /// Inserts `lengths[i]` of the numbers at `places[i]`, each in a transaction of its own whose update the other one receives
    /// after all of them. Returns how many bytes were sent.
    pub fn exchange_numbers(
        &mut self,
        places: &[u32],
        lengths: &[u32],
        numbers: &[f64],
        other: &mut Replica,
    ) -> Result<f64, JsError> {
        let list = self.document.list();
        let (mut updates, mut rest) = (Vec::with_capacity(places.len()), numbers);
        for (&at, &len) in places.iter().zip(lengths) {
            let Some((now, later)) = rest.split_at_checked(len as usize) else { break };
            let insert = |(offset, number): (usize, &f64)| list.insert(at as usize + offset, *number as i64);
            self.document
                .update(|_| now.iter().enumerate().try_for_each(|item| insert(item).map(drop)))
                .map_err(refused)?;
            updates.push(self.update());
            rest = later;
        }
        other.receive(&updates)
    }

    pub(crate) fn receive(&mut self, updates: &[Vec<u8>]) -> Result<f64, JsError> {
        updates.iter().try_for_each(|update| self.apply(update))?;
        Ok(updates.iter().map(Vec::len).sum::<usize>() as f64)
    }
}
