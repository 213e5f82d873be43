//! Components that come and go while changes arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Adapter, Part, Probe, Recipe, begin, observers};

/// A component that was taken away hears of nothing; the next one of its kind shows what is.
pub async fn a_component_that_comes_back_shows_what_happened_meanwhile<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    let (first, second) = (Probe::default(), Probe::default());
    let mounted = page.mount(Part::Title, "soup", &first);
    page.turn().await;
    // It is changed and taken away before the turn: it may be gone before it has shown that.
    recipe.title().set("Soup").unwrap();
    page.unmount(mounted);
    page.turn().await;
    let runs = first.runs();
    recipe.title().set("Stew").unwrap();
    page.turn().await;
    assert_eq!(first.runs(), runs);
    assert_eq!(observers(&recipe), 0);
    page.mount(Part::Title, "soup", &second);
    page.turn().await;
    assert_eq!((second.runs(), second.shown()), (1, "Stew".to_owned()));
    recipe.title().set("Curry").unwrap();
    page.turn().await;
    assert_eq!((second.runs(), second.shown()), (2, "Curry".to_owned()));
}

/// A component that is given another id shows that document in its next run, and watches the first one no more.
pub async fn another_id_is_another_document_and_the_first_one_is_let_go<A: Adapter>() {
    let (sync, soup, mut page) = begin::<A>();
    let salad = sync.document::<Recipe>("salad");
    soup.title().set("Soup").unwrap();
    salad.title().set("Salad").unwrap();
    let title = Probe::default();
    let mounted = page.mount(Part::Title, "soup", &title);
    page.turn().await;
    assert_eq!((title.runs(), title.shown()), (1, "Soup".to_owned()));
    assert_eq!((observers(&soup), observers(&salad)), (1, 0));

    page.set_id(&mounted, "salad");
    page.turn().await;
    assert_eq!((title.runs(), title.shown()), (2, "Salad".to_owned()));
    assert_eq!((observers(&soup), observers(&salad)), (0, 1));
    soup.title().set("Cold soup").unwrap();
    page.turn().await;
    assert_eq!(title.runs(), 2);
    salad.title().set("Green salad").unwrap();
    page.turn().await;
    assert_eq!((title.runs(), title.shown()), (3, "Green salad".to_owned()));

    // There and back, many times, with writes to both: what is shown at the end is the last.
    for round in 0..50 {
        page.set_id(&mounted, if round % 2 == 0 { "soup" } else { "salad" });
        soup.title().set(format!("Soup {round}")).unwrap();
        salad.title().set(format!("Salad {round}")).unwrap();
        if round % 3 == 0 {
            page.turn().await;
        }
    }
    page.turn().await;
    assert_eq!(title.shown(), "Salad 49");
    assert_eq!((observers(&soup), observers(&salad)), (0, 1));
    page.unmount(mounted);
    page.turn().await;
    assert_eq!((observers(&soup), observers(&salad)), (0, 0));
}

/// Mounting and unmounting in the midst of another thread's writes neither panics nor leaves anything behind.
pub async fn components_come_and_go_while_another_thread_writes<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (recipe, stop) = (recipe.clone(), stop.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                recipe.votes().increment(1).unwrap();
                recipe.title().set(format!("{:?}", std::time::Instant::now())).unwrap();
            }
        })
    };
    let mut last = 0;
    for _ in 0..500 {
        let (votes, title) = (Probe::default(), Probe::default());
        let mounted = [page.mount(Part::Votes, "soup", &votes), page.mount(Part::Title, "soup", &title)];
        page.turn().await;
        page.turn().await;
        let now: i64 = votes.shown().parse().unwrap();
        assert!(now >= last);
        last = now;
        mounted.into_iter().for_each(|mounted| page.unmount(mounted));
        page.turn().await;
    }
    stop.store(true, Ordering::SeqCst);
    writer.join().unwrap();
    assert!(last > 0);
    assert_eq!(observers(&recipe), 0);
}

/// Ten thousand components, a hundred at a time, each with its subscription, and none of them stays.
pub async fn ten_thousand_mounts_leave_no_subscription<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    for round in 0..100 {
        let probes: Vec<_> = (0..100).map(|_| Probe::default()).collect();
        let mounted: Vec<_> = probes.iter().map(|probe| page.mount(Part::Title, "soup", probe)).collect();
        page.turn().await;
        assert_eq!(observers(&recipe), 100);
        recipe.title().set(round.to_string()).unwrap();
        page.turn().await;
        assert!(probes.iter().all(|probe| probe.shown() == round.to_string() && probe.runs() == 2));
        mounted.into_iter().for_each(|mounted| page.unmount(mounted));
        page.turn().await;
        assert_eq!(observers(&recipe), 0);
    }
}
