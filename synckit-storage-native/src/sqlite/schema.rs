//! Tables of the store and how older ones become today's.

use rusqlite::{Connection, TransactionBehavior};

/// Marks a file as a store of this crate in SQLite's header (`SynC`).
pub(super) const APPLICATION_ID: i32 = 0x53_79_6e_43;

/// What leads from each version of the tables to the next: the first entry makes those of version 1 in an empty file.
/// Entries are only ever added.
pub(super) const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE store (
        -- Tells this store from another one that takes its place at the same path.
        id INTEGER NOT NULL
    ) STRICT;
    INSERT INTO store (id) VALUES (random());
    CREATE TABLE document (
        id INTEGER PRIMARY KEY,
        -- Bytes: a name may hold a zero, and is sorted by its bytes.
        name BLOB NOT NULL UNIQUE
    ) STRICT;
    -- AUTOINCREMENT: ids are never used again, also when the newest chunks have been replaced by a snapshot.
    CREATE TABLE chunk (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES document (id),
        -- Which of the open stores wrote it: the others have to be told.
        writer INTEGER NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
    CREATE INDEX chunk_of_document ON chunk (document, id);
    CREATE TABLE record (
        key BLOB PRIMARY KEY NOT NULL,
        value BLOB NOT NULL,
        writer INTEGER NOT NULL,
        -- Counts up with every record that is set.
        revision INTEGER NOT NULL UNIQUE
    ) STRICT;
"];

/// The version of the tables that this program knows.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "there are a handful")]
pub(super) const VERSION: i32 = MIGRATIONS.len() as i32;

/// The version of the tables in the file; 0 in an empty one.
pub(super) fn version(connection: &Connection) -> Result<i32, rusqlite::Error> {
    connection.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))
}

/// Brings the tables up to date, in one transaction.
pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(version(&transaction)?).unwrap_or(0);
    for (from, migration) in migrations.iter().enumerate().skip(done) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", i64::try_from(from + 1).unwrap_or(i64::MAX))?;
    }
    if done == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_store_is_brought_up_to_date_and_keeps_what_it_holds() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS).unwrap();
        connection.execute("INSERT INTO document (name) VALUES (x'61')", []).unwrap();
        let later: Vec<&str> = MIGRATIONS
            .into_iter()
            .chain(["ALTER TABLE document ADD COLUMN note TEXT", "UPDATE document SET note = 'new'"])
            .collect();
        for _ in 0..2 {
            migrate(&mut connection, &later).unwrap();
            assert_eq!(version(&connection).unwrap(), VERSION + 2);
            let row = connection.query_row("SELECT name, note FROM document", [], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?))
            });
            assert_eq!(row.unwrap(), (b"a".to_vec(), "new".to_owned()));
        }
    }

    #[test]
    fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS).unwrap();
        let broken: Vec<&str> =
            MIGRATIONS.into_iter().chain(["CREATE TABLE extra (id INTEGER)", "no SQL"]).collect();
        assert!(migrate(&mut connection, &broken).is_err());
        assert_eq!(version(&connection).unwrap(), VERSION);
        assert!(connection.prepare("SELECT * FROM extra").is_err());
    }
}
