//! The writes that small worlds are made of, container by container.

use super::replica::{counter, list, map, note, set, text};
use crate::crdt::container::{ContainerId, Kind};
use crate::crdt::marks::Expand;
use crate::document::WriteError;
use crate::document::edit::New;
use crate::document::transaction::Transaction;
use crate::value::Value;

/// One write, by a replica with this number.
pub(super) type Letter = fn(&mut Transaction<'_>, u64) -> Result<(), WriteError>;

/// What a world begins with, and the writes that are made in it.
pub(super) struct Alphabet {
    pub(super) start: Vec<Letter>,
    pub(super) letters: Vec<Letter>,
}

fn item(tx: &Transaction<'_>, at: usize) -> Option<crate::version::Dot> {
    tx.state.list(&list()).and_then(|list| Some(list.at(at.min(list.len().checked_sub(1)?))?.id))
}

fn length(tx: &Transaction<'_>) -> usize {
    tx.state.text(&note()).map_or(0, |text| text.sequence().len())
}

pub(super) fn maps() -> Alphabet {
    let letters: Vec<Letter> = vec![
        |tx, who| tx.map_set(&ContainerId::Root, &"key".into(), text(&who.to_string())).map(drop),
        |tx, _| {
            tx.map_delete(&ContainerId::Root, &"key".into());
            Ok(())
        },
        |tx, who| {
            let dot = tx.map_set(&map(), &"ada".into(), New::Container(Kind::Map))?;
            let inside = ContainerId::Created { dot, kind: Kind::Map };
            tx.map_set(&inside, &"name".into(), text(&who.to_string())).map(drop)
        },
    ];
    Alphabet { start: letters[..1].to_vec(), letters }
}

pub(super) fn lists() -> Alphabet {
    let insert: Letter = |tx, who| {
        let at = tx.state.list(&list()).map_or(0, |list| list.len().min(1));
        tx.list_insert(&list(), at, text(&who.to_string())).map(drop)
    };
    let append: Letter = |tx, who| {
        let len = tx.state.list(&list()).map_or(0, |list| list.len());
        tx.list_insert(&list(), len, text(&who.to_string())).map(drop)
    };
    let to_front: Letter = |tx, _| item(tx, 9).map_or(Ok(()), |item| tx.list_move(&list(), item, 0));
    let delete: Letter = |tx, _| item(tx, 0).map_or(Ok(()), |item| tx.list_delete(&list(), item).map(drop));
    let set: Letter =
        |tx, who| item(tx, 0).map_or(Ok(()), |item| tx.list_set(&list(), item, text(&who.to_string())));
    Alphabet { start: vec![append, append, append], letters: vec![insert, to_front, delete, set] }
}

pub(super) fn counters() -> Alphabet {
    let letters: Vec<Letter> =
        vec![|tx, _| tx.counter_add(&counter(), 5), |tx, _| tx.counter_add(&counter(), -3)];
    Alphabet { start: letters[..1].to_vec(), letters }
}

pub(super) fn sets() -> Alphabet {
    let letters: Vec<Letter> = vec![
        |tx, _| tx.set_add(&set(), Value::Bool(true)).map(drop),
        |tx, _| {
            tx.set_remove(&set(), &Value::Bool(true));
            Ok(())
        },
        |tx, who| tx.set_add(&set(), Value::String(who.to_string().into())).map(drop),
    ];
    Alphabet { start: letters[..1].to_vec(), letters }
}

pub(super) fn texts() -> Alphabet {
    let write: Letter = |tx, _| tx.text_insert(&note(), 0, "abc").map(drop);
    let insert: Letter = |tx, who| {
        let at = length(tx).min(1);
        tx.text_insert(&note(), at, &who.to_string()).map(drop)
    };
    let delete: Letter = |tx, _| {
        let end = length(tx).min(2);
        tx.text_delete(&note(), 0..end)
    };
    let mark: Letter = |tx, who| {
        let end = length(tx).min(2);
        let value = (who != 3).then(|| Value::String(who.to_string().into()));
        tx.text_mark(&note(), 0..end, &"bold".into(), value, Expand::After).map(drop)
    };
    Alphabet { start: vec![write], letters: vec![insert, delete, mark] }
}
