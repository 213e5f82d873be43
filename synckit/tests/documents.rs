//! Documents as a program uses them, without a store or a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use synckit::prelude::*;
use synckit::{Set, WriteError};

#[derive(Document, Clone, Debug, PartialEq, Default)]
struct Person {
    name: String,
    age: Option<i64>,
}

#[derive(FieldValue, Clone, Debug, PartialEq, Default)]
struct Date {
    year: i32,
    month: u8,
}

#[derive(Document, Clone, Debug, PartialEq, Default)]
struct Step {
    title: String,
    done: bool,
}

#[derive(Document, Clone, Debug, PartialEq, Default)]
struct Todo {
    title: String,
    done: bool,
    #[synckit(rename = "due_date")]
    due: Date,
    votes: Counter,
    tags: Set<String>,
    steps: List<Step>,
    owner: Person,
    people: Map<Person>,
    scores: Map<i64>,
}

fn sample() -> Todo {
    Todo {
        title: "Buy milk".into(),
        done: true,
        due: Date { year: 2026, month: 11 },
        votes: Counter(3),
        tags: Set(["home".to_owned(), "urgent".to_owned()].into()),
        steps: List(vec![Step { title: "go".into(), done: false }, Step { title: "pay".into(), done: true }]),
        owner: Person { name: "Ada".into(), age: Some(36) },
        people: Map([("bob".to_owned(), Person { name: "Bob".into(), age: None })].into()),
        scores: Map([("a".to_owned(), 1), ("b".to_owned(), 2)].into()),
    }
}

fn counter_of(calls: &Arc<AtomicUsize>) -> impl Fn() + Send + Sync + 'static {
    let calls = calls.clone();
    move || {
        calls.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_struct_comes_back_as_it_was_written_also_on_another_replica() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    assert_eq!(todo.get().unwrap(), Todo::default());
    todo.write(&sample()).unwrap();
    assert_eq!(todo.get().unwrap(), sample());

    let other = SyncKit::in_memory(2).document::<Todo>("todo");
    other.import(&todo.export()).unwrap();
    assert_eq!(other.get().unwrap(), sample());

    let size = todo.export().len();
    todo.write(&sample()).unwrap();
    assert_eq!(todo.export().len(), size, "writing the same again writes nothing");
}

#[test]
fn two_who_open_a_new_document_offline_both_keep_what_they_put_into_it() {
    let (a, b) = (SyncKit::in_memory(1).document::<Todo>("x"), SyncKit::in_memory(2).document::<Todo>("x"));
    a.steps().push(Step { title: "a".into(), done: false }).unwrap();
    b.steps().push(Step { title: "b".into(), done: false }).unwrap();
    a.votes().increment(2).unwrap();
    b.votes().decrement(1).unwrap();
    a.owner().name().set("Ada").unwrap();
    b.owner().age().set(Some(7)).unwrap();
    a.import(&b.export()).unwrap();
    b.import(&a.export()).unwrap();
    assert_eq!(a.get().unwrap(), b.get().unwrap());
    let todo = a.get().unwrap();
    assert_eq!(todo.steps.len(), 2);
    assert_eq!(todo.votes, Counter(1));
    assert_eq!(todo.owner, Person { name: "Ada".into(), age: Some(7) });

    // Both chose the same position at the same time: there is room between all the same.
    a.steps().insert(1, Step { title: "between".into(), done: false }).unwrap();
    assert_eq!(a.steps().at(1).unwrap().title().get().unwrap(), "between");
    b.import(&a.export()).unwrap();
    assert_eq!(a.get().unwrap(), b.get().unwrap());
}

#[test]
fn only_those_who_watch_what_changed_are_called_and_once_for_each_transaction() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    let step = todo.steps().push(Step::default()).unwrap();
    let calls: Vec<Arc<AtomicUsize>> = (0..6).map(|_| Arc::default()).collect();
    let subscriptions = (
        todo.title().observe(counter_of(&calls[0])),
        todo.done().observe(counter_of(&calls[1])),
        todo.steps().observe(counter_of(&calls[2])),
        step.title().observe(counter_of(&calls[3])),
        todo.observe(counter_of(&calls[4])),
        step.observe(counter_of(&calls[5])),
    );
    let count = || calls.iter().map(|calls| calls.swap(0, Ordering::SeqCst)).collect::<Vec<_>>();

    todo.title().set("a").unwrap();
    assert_eq!(count(), [1, 0, 0, 0, 1, 0]);
    step.title().set("b").unwrap();
    assert_eq!(count(), [0, 0, 0, 1, 1, 1]);
    todo.update(|todo| {
        todo.title().set("c")?;
        todo.title().set("d")?;
        todo.steps().push(Step::default())?;
        step.title().set("e")
    })
    .unwrap();
    assert_eq!(count(), [1, 0, 1, 1, 1, 1]);
    drop(subscriptions);
    todo.title().set("f").unwrap();
    assert_eq!(count(), [0; 6]);
}

#[test]
fn a_transaction_that_fails_leaves_nothing_behind() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    todo.write(&sample()).unwrap();
    let result: Result<(), WriteError> = todo.update(|todo| {
        todo.title().set("other")?;
        todo.votes().increment(5)?;
        todo.tags().insert("more")?;
        todo.tags().remove(&"home".to_owned())?;
        todo.steps().remove_range(0, 1)?;
        todo.steps().push(Step::default())?;
        todo.people().remove("bob")?;
        Err(WriteError::Aborted("changed my mind".into()))
    });
    assert!(result.is_err());
    assert_eq!(todo.get().unwrap(), sample());
}

#[test]
fn many_elements_are_inserted_at_once() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    let step = |title: usize| Step { title: title.to_string(), ..Step::default() };
    let titles = || -> Vec<String> {
        todo.steps().elements().iter().map(|step| step.title().get().unwrap()).collect()
    };
    todo.steps().insert_all(0, [0, 1].map(step)).unwrap();
    todo.steps().insert_all(1, (10..1010).map(step)).unwrap();
    todo.steps().insert_all(0, [step(7)]).unwrap();
    todo.steps().insert_all(1003, []).unwrap();
    let expected = [7, 0].into_iter().chain(10..1010).chain([1]);
    assert_eq!(titles(), expected.map(|title| title.to_string()).collect::<Vec<_>>());
    // Past the end nothing is inserted, not even a part of it.
    let past = todo.steps().insert_all(1004, [1, 2].map(step));
    assert!(matches!(past, Err(WriteError::OutOfBounds { .. })));
    assert_eq!(todo.steps().len(), 1003);
    todo.undo_manager().undo();
    todo.undo_manager().undo();
    assert_eq!(titles(), ["0", "1"]);
}

#[test]
fn a_write_inside_a_callback_is_made_at_once_and_told_after() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    let log = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (writer, first, second) = (todo.clone(), log.clone(), log.clone());
    let _a = todo.title().subscribe(move |title| {
        writer.done().set(true).unwrap();
        first.lock().unwrap().push(format!("title {title}, done {}", writer.done().get().unwrap()));
    });
    let _b = todo.done().subscribe(move |done| second.lock().unwrap().push(format!("done {done}")));
    todo.title().set("x").unwrap();
    assert_eq!(*log.lock().unwrap(), ["title x, done true", "done true"]);
}

#[test]
fn threads_write_at_once_and_nothing_is_lost() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let todo = todo.clone();
            scope.spawn(move || {
                for step in 0..50 {
                    todo.update(|todo| {
                        todo.votes().increment(1)?;
                        todo.steps().push(Step { title: format!("{thread}.{step}"), done: false })
                    })
                    .unwrap();
                }
            });
        }
    });
    assert_eq!(todo.votes().get().unwrap(), 200);
    assert_eq!(todo.steps().len(), 200);
}

#[test]
fn a_field_of_another_type_is_an_error_on_that_field_alone() {
    let sync = SyncKit::in_memory(1);
    sync.json("x").set("title", 7).unwrap();
    sync.json("x").set("done", true).unwrap();
    let todo = sync.document::<Todo>("x");
    assert!(todo.title().get().is_err());
    assert!(todo.done().get().unwrap());
    todo.title().set("mended").unwrap();
    assert_eq!(todo.title().get().unwrap(), "mended");
}

#[test]
fn elements_keep_their_id_when_they_move() {
    let list = SyncKit::in_memory(1).list::<String>("names");
    let ids: Vec<_> = ["a", "b", "c", "d"].map(|name| list.push(name.to_owned()).unwrap().id()).into();
    let names = || list.elements().iter().map(|item| item.get().unwrap()).collect::<String>();
    list.move_to(ids[3], 0).unwrap();
    assert_eq!(names(), "dabc");
    list.move_before(ids[3], Some(ids[2])).unwrap();
    assert_eq!(names(), "abdc");
    list.move_before(ids[0], None).unwrap();
    assert_eq!(names(), "bdca");
    list.move_to(ids[1], 2).unwrap();
    assert_eq!(names(), "dcba");
    assert_eq!(list.index_of(ids[3]), Some(0));
    assert_eq!(ids[0].to_string().parse(), Ok(ids[0]));
    list.remove(ids[0]).unwrap();
    assert_eq!(list.remove(ids[0]), Err(WriteError::NotFound));
    assert!(matches!(list.insert(9, "x".into()), Err(WriteError::OutOfBounds { index: 9, len: 3 })));
}

#[test]
fn values_that_are_too_large_are_refused_and_leave_nothing() {
    let todo = SyncKit::in_memory(1).document::<Todo>("todo");
    let before = todo.export();
    assert!(matches!(todo.title().set("x".repeat(2 << 20)), Err(WriteError::TooLarge { .. })));
    assert_eq!(todo.votes().increment(i64::MIN).and(todo.votes().decrement(1)), Err(WriteError::Overflow));
    todo.votes().increment(i64::MAX).unwrap();
    assert_ne!(todo.export(), before);
}

#[test]
fn a_client_that_keeps_nothing_does_not_remember_every_single_write() {
    #[derive(Document, Clone, Debug, Default, PartialEq)]
    struct Post {
        likes: Counter,
    }
    let post = SyncKit::in_memory(1).document::<Post>("post");
    for _ in 0..1000 {
        post.likes().increment(1).unwrap();
    }
    assert!(post.export().len() < 200, "{} bytes for one number", post.export().len());
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Fields {
    one: String,
    two: String,
    three: String,
    four: String,
}

/// Fields that were empty are taken back by a part of a transaction that fails, and those that it did not write stay.
#[test]
fn a_part_that_fails_takes_back_the_fields_that_it_filled() {
    let document = SyncKit::in_memory(1).document::<Fields>("fields");
    document
        .update(|fields| {
            fields.one().set("1")?;
            let part: Result<(), WriteError> = document.update(|fields| {
                fields.two().set("2")?;
                fields.three().set("3")?;
                Err(WriteError::OutOfBounds { index: 1, len: 0 })
            });
            assert!(part.is_err());
            assert_eq!((fields.two().get().unwrap(), fields.three().get().unwrap()), Default::default());
            fields.four().set("4")
        })
        .unwrap();
    let written = Fields { one: "1".into(), four: "4".into(), ..Fields::default() };
    assert_eq!(document.get().unwrap(), written);
    document.undo_manager().undo();
    assert_eq!(document.get().unwrap(), Fields::default());
}
