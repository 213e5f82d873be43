//! Recorded editing sessions, from the files of https://github.com/josephg/editing-traces. They are not part of this
//! repository; `--traces DIR` says where they are.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::replica::Edit;

/// One person's edits, one after the other.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) edits: Vec<Edit>,
    /// The text at the end.
    pub(crate) end: String,
}

/// What several people do at once.
#[derive(Debug)]
pub(crate) struct Collaboration {
    pub(crate) name: String,
    pub(crate) people: usize,
    /// Who made each transaction, and its edits.
    pub(crate) transactions: Vec<(usize, Vec<Edit>)>,
    /// In which order things happen; at the end everybody has everything.
    pub(crate) steps: Vec<Step>,
}

/// One thing that happens in a collaboration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The author makes the transaction.
    Edit { transaction: usize },
    /// Somebody else receives it.
    Receive { person: usize, transaction: usize },
}

#[derive(Deserialize)]
struct Patch(usize, usize, String);

impl From<Patch> for Edit {
    fn from(Patch(at, delete, insert): Patch) -> Self {
        Self { at, delete, insert: insert.into() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionFile {
    start_content: String,
    end_content: String,
    txns: Vec<SessionTransaction>,
}

#[derive(Deserialize)]
struct SessionTransaction {
    patches: Vec<Patch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CollaborationFile {
    num_agents: usize,
    txns: Vec<CollaborationTransaction>,
}

#[derive(Deserialize)]
struct CollaborationTransaction {
    parents: Vec<usize>,
    agent: usize,
    patches: Vec<Patch>,
}

/// Reads `NAME.json.gz` with the edits of one person.
pub(crate) fn session(folder: &Path, name: &str) -> Result<Session> {
    let file: SessionFile = read(folder, name)?;
    ensure!(file.start_content.is_empty(), "{name} does not begin with an empty text");
    let edits: Vec<Edit> =
        file.txns.into_iter().flat_map(|transaction| transaction.patches).map(Edit::from).collect();
    ensure_ascii(name, edits.iter())?;
    Ok(Session { name: name.to_owned(), edits, end: file.end_content })
}

/// Reads `NAME.json.gz` with the edits of several people.
pub(crate) fn collaboration(folder: &Path, name: &str) -> Result<Collaboration> {
    let file: CollaborationFile = read(folder, name)?;
    let parents: Vec<Vec<usize>> = file.txns.iter().map(|transaction| transaction.parents.clone()).collect();
    let transactions: Vec<(usize, Vec<Edit>)> = file
        .txns
        .into_iter()
        .map(|transaction| (transaction.agent, transaction.patches.into_iter().map(Edit::from).collect()))
        .collect();
    ensure_ascii(name, transactions.iter().flat_map(|(_, edits)| edits))?;
    let authors: Vec<usize> = transactions.iter().map(|(author, _)| *author).collect();
    let people = file.num_agents;
    ensure!(authors.iter().all(|&author| author < people), "{name} names more people than it counts");
    let steps = schedule(people, &authors, &parents)?;
    Ok(Collaboration { name: name.to_owned(), people, transactions, steps })
}

/// Orders transactions so that everybody has a transaction's parents, and nothing else, when making it.
pub(crate) fn schedule(people: usize, authors: &[usize], parents: &[Vec<usize>]) -> Result<Vec<Step>> {
    let mut known = vec![vec![false; authors.len()]; people];
    let mut steps = Vec::new();
    for (transaction, &author) in authors.iter().enumerate() {
        let known = &mut known[author];
        for &parent in &parents[transaction] {
            ensure!(parent < transaction, "transaction {transaction} comes before its parent");
            receive(author, parent, parents, known, &mut steps);
        }
        steps.push(Step::Edit { transaction });
        known[transaction] = true;
    }
    for (person, known) in known.iter_mut().enumerate() {
        for transaction in 0..authors.len() {
            receive(person, transaction, parents, known, &mut steps);
        }
    }
    Ok(steps)
}

/// Has a person receive a transaction and before it everything it builds upon.
fn receive(
    person: usize,
    transaction: usize,
    parents: &[Vec<usize>],
    known: &mut [bool],
    steps: &mut Vec<Step>,
) {
    let mut waiting = vec![transaction];
    while let Some(&transaction) = waiting.last() {
        let missing = parents[transaction].iter().find(|&&parent| !known[parent]);
        match missing {
            _ if known[transaction] => {
                waiting.pop();
            }
            Some(&parent) => waiting.push(parent),
            None => {
                known[transaction] = true;
                steps.push(Step::Receive { person, transaction });
                waiting.pop();
            }
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<T> {
    let path = folder.join(format!("{name}.json.gz"));
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let reader = std::io::BufReader::new(GzDecoder::new(file));
    serde_json::from_reader(reader).with_context(|| format!("cannot read {}", path.display()))
}

/// Libraries count positions in bytes, characters or UTF-16 units; in ASCII they are the same.
fn ensure_ascii<'a>(name: &str, mut edits: impl Iterator<Item = &'a Edit>) -> Result<()> {
    ensure!(edits.all(|edit| edit.insert.is_ascii()), "{name} has text that is not ASCII");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Step, collaboration, schedule, session};
    use crate::replica::Edit;

    fn write(name: &str, json: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("bench-traces-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = std::fs::File::create(folder.join(format!("{name}.json.gz"))).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(json.as_bytes()).unwrap();
        encoder.finish().unwrap();
        folder
    }

    #[test]
    fn sessions_are_read() {
        let json = r#"{"startContent":"","endContent":"b","txns":[{"patches":[[0,0,"ab"]]},{"patches":[[0,1,""]]}]}"#;
        let folder = write("one", json);
        let session = session(&folder, "one").unwrap();
        assert_eq!(session.edits, [Edit::insertion(0, "ab"), Edit::deletion(0, 1)]);
        assert_eq!(session.end, "b");
    }

    #[test]
    fn text_that_is_not_ascii_is_refused() {
        let folder =
            write("wide", r#"{"startContent":"","endContent":"ä","txns":[{"patches":[[0,0,"ä"]]}]}"#);
        assert!(session(&folder, "wide").unwrap_err().to_string().contains("not ASCII"));
        assert!(session(&folder, "missing").unwrap_err().to_string().contains("cannot open"));
    }

    #[test]
    fn collaborations_are_read() {
        let json = r#"{"numAgents":2,"txns":[{"parents":[],"agent":0,"patches":[[0,0,"a"]]},
            {"parents":[0],"agent":1,"patches":[[1,0,"b"]]}]}"#;
        let collaboration = collaboration(&write("two", json), "two").unwrap();
        assert_eq!(collaboration.people, 2);
        assert_eq!(collaboration.steps.len(), 4);
    }

    #[test]
    fn everybody_has_the_parents_and_in_the_end_everything() {
        // 0 by A; 1 by A and 2 by B at once; 3 by B after both.
        let parents = [vec![], vec![0], vec![0], vec![1, 2]];
        let steps = schedule(2, &[0, 0, 1, 1], &parents).unwrap();
        let received = |person: usize, transaction: usize| Step::Receive { person, transaction };
        assert_eq!(
            steps,
            [
                Step::Edit { transaction: 0 },
                Step::Edit { transaction: 1 },
                received(1, 0),
                Step::Edit { transaction: 2 },
                received(1, 1),
                Step::Edit { transaction: 3 },
                received(0, 2),
                received(0, 3),
            ]
        );
        assert!(schedule(1, &[0], &[vec![0]]).is_err());
    }
}
