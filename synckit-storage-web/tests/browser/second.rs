//! A second tab: another context with its own instance of these tests, which does one job and reports.

use std::cell::RefCell;
use std::rc::Rc;

use synckit::platform::Platform;
use synckit::storage::Storage;
use synckit_storage_web::{Backend, Web};
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::open;

#[wasm_bindgen(module = "/tests/browser/page.js")]
extern "C" {
    fn open_frame(job: &str) -> JsValue;
    fn close_frame(frame: &JsValue);
    fn open_worker(job: &str) -> JsValue;
    fn close_worker(worker: &JsValue);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Frame,
    Worker,
}

/// What a second tab does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Job {
    /// Appends update after update until it is ended, and reports the number of each that is stored.
    Append { bytes: usize },
    /// Sets one record over and over, and reports the number of each value that is stored.
    Record { bytes: usize },
    /// Leases a replica id, reports and keeps it.
    Lease,
}

/// A second tab. Dropping it ends it at once, in the middle of whatever it does.
pub(crate) struct SecondTab {
    kind: Kind,
    context: JsValue,
    channel: BroadcastChannel,
    reports: Rc<RefCell<Vec<String>>>,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl SecondTab {
    pub(crate) fn open(kind: Kind, backend: Backend, store: &str, job: Job) -> Self {
        let backend = if backend == Backend::Opfs { "opfs" } else { "indexeddb" };
        let channel_name = format!("reports-{}", Web.random());
        let (job, bytes) = match job {
            Job::Append { bytes } => ("append", bytes),
            Job::Record { bytes } => ("record", bytes),
            Job::Lease => ("lease", 0),
        };
        let channel = BroadcastChannel::new(&channel_name).unwrap();
        let reports: Rc<RefCell<Vec<String>>> = Rc::default();
        let heard = reports.clone();
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            heard.borrow_mut().push(event.data().as_string().unwrap());
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        let job = format!("{channel_name} {backend} {store} {job} {bytes}");
        let context = match kind {
            Kind::Frame => open_frame(&job),
            Kind::Worker => open_worker(&job),
        };
        Self { kind, context, channel, reports, _listener: listener }
    }

    /// Waits for at least this many reports.
    pub(crate) async fn reports(&self, least: usize) -> Vec<String> {
        for _ in 0..3000 {
            if self.reports.borrow().len() >= least {
                break;
            }
            Web.sleep(5).await;
        }
        let reports = self.reports.borrow().clone();
        assert!(reports.len() >= least, "only {} reports came in time: {reports:?}", reports.len());
        reports
    }

    /// Ends it at once and answers all it has reported until then.
    pub(crate) async fn kill(self) -> Vec<String> {
        self.end();
        // What was reported before the end may still be on its way.
        Web.sleep(100).await;
        self.reports.borrow().clone()
    }

    fn end(&self) {
        match self.kind {
            Kind::Frame => close_frame(&self.context),
            Kind::Worker => close_worker(&self.context),
        }
    }
}

impl Drop for SecondTab {
    fn drop(&mut self) {
        self.end();
        self.channel.close();
    }
}

/// What a second tab writes: a number, and bytes that follow from it.
pub(crate) fn payload(number: u32, bytes: usize) -> Vec<u8> {
    number.to_le_bytes().into_iter().chain((0..bytes).map(|index| (number as usize + index) as u8)).collect()
}

/// The number of a payload that is whole.
pub(crate) fn number(update: &[u8]) -> u32 {
    let number = u32::from_le_bytes(*update.first_chunk().unwrap());
    assert!(update == payload(number, update.len() - 4), "update {number} is not what was written");
    number
}

/// Runs in the second tab.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub async fn run_job(job: String) {
    let words: Vec<&str> = job.split(' ').collect();
    let [channel, backend, store, job, bytes] = words[..] else { panic!("no job: {words:?}") };
    let channel = BroadcastChannel::new(channel).unwrap();
    let report = |text: &str| channel.post_message(&text.into()).unwrap();
    let backend = if backend == "opfs" { Backend::Opfs } else { Backend::IndexedDb };
    let storage = open(backend, store).await;
    let bytes: usize = bytes.parse().unwrap();
    match job {
        "append" => {
            for number in 0.. {
                storage.append("d", payload(number, bytes)).await.unwrap();
                report(&number.to_string());
            }
        }
        "record" => {
            for number in 0.. {
                storage.set_record("r", payload(number, bytes)).await.unwrap();
                report(&number.to_string());
            }
        }
        "lease" => {
            let lease = storage.lease().await.unwrap();
            report(&lease.replica.to_string());
            Web.sleep(u64::MAX).await;
            drop(lease);
        }
        _ => panic!("unknown job {job}"),
    }
}
