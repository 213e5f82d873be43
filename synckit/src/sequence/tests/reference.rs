//! FugueMax as the paper tells it: a tree, walked over to get the text. Every operation takes O(n).

use crate::sequence::{Edit, Inserted};
use crate::version::{Dot, VersionVector};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Parent {
    /// A right child of a character or of the start, with its right origin.
    RightOf(Option<Dot>, Option<Dot>),
    LeftOf(Dot),
}

#[derive(Clone, Debug)]
struct Node {
    id: Dot,
    char: char,
    deleted: bool,
    parent: Parent,
}

/// All characters in their order, deleted ones too.
#[derive(Clone, Default, Debug)]
pub(crate) struct Reference {
    nodes: Vec<Node>,
    pub(crate) version: VersionVector,
}

impl Reference {
    pub(crate) fn text(&self) -> String {
        self.nodes.iter().filter(|node| !node.deleted).map(|node| node.char).collect()
    }

    /// Every character in order: its dot, itself, and whether it shows.
    pub(crate) fn characters(&self) -> impl Iterator<Item = (Dot, char, bool)> {
        self.nodes.iter().map(|node| (node.id, node.char, !node.deleted))
    }

    /// What a user does here, as the edit that others get.
    pub(crate) fn insert(&mut self, dot: Dot, at: usize, text: &str) -> Edit {
        let before = at.checked_sub(1).map(|at| self.shown(at));
        let left = before.map(|at| self.nodes[at].id);
        let right = self.nodes.get(before.map_or(0, |at| at + 1)).map(|node| node.id);
        let edit = Edit::Insert { dot, left, right, text: Inserted::Text(text.into()) };
        self.apply(&edit);
        edit
    }

    /// One edit for each character.
    pub(crate) fn delete(&mut self, dot: Dot, at: usize, len: usize) -> Vec<Edit> {
        let edits: Vec<Edit> = (0..len)
            .map(|step| Edit::Delete {
                dot: Dot::new(dot.replica, dot.seq + step as u64),
                target: self.nodes[self.shown(at + step)].id,
                len: 1,
                descending: false,
            })
            .collect();
        edits.iter().for_each(|edit| self.apply(edit));
        edits
    }

    pub(crate) fn apply(&mut self, edit: &Edit) {
        let (dot, end) = (edit.dot(), edit.dot().seq + edit.len() as u64 - 1);
        let known = self.version.get(dot.replica);
        match edit {
            Edit::Insert { left, right, text, .. } => {
                let mut left = *left;
                let chars = match text {
                    Inserted::Text(text) => text.chars().map(Some).collect(),
                    // Deleted before anybody else saw them.
                    Inserted::Gone(len) => vec![None; *len],
                };
                for (step, char) in chars.into_iter().enumerate() {
                    let id = Dot::new(dot.replica, dot.seq + step as u64);
                    if id.seq > known {
                        self.put(id, char, left, *right);
                    }
                    left = Some(id);
                }
            }
            Edit::Delete { target, len, descending, .. } => {
                for step in 0..*len as u64 {
                    let seq = if *descending { target.seq - step } else { target.seq + step };
                    let at = self.find(Dot::new(target.replica, seq));
                    self.nodes[at].deleted = true;
                }
            }
        }
        self.version.advance(dot.replica, end);
    }

    fn put(&mut self, id: Dot, char: Option<char>, left: Option<Dot>, right: Option<Dot>) {
        // The author made it a left child of what follows if that hangs below what precedes.
        let below = right.filter(|&right| self.is_right_descendant(right, left));
        let parent = below.map_or(Parent::RightOf(left, right), Parent::LeftOf);
        let siblings: Vec<&Node> = self
            .nodes
            .iter()
            .filter(|node| match (node.parent, parent) {
                (Parent::RightOf(a, _), Parent::RightOf(b, _)) => a == b,
                (Parent::LeftOf(a), Parent::LeftOf(b)) => a == b,
                _ => false,
            })
            .collect();
        let next = siblings
            .into_iter()
            .find(|sibling| match (sibling.parent, parent) {
                // Whose right origin is farther to the right comes first.
                (Parent::RightOf(_, theirs), Parent::RightOf(_, ours)) => {
                    let (theirs, ours) = (self.place(theirs), self.place(ours));
                    theirs < ours || (theirs == ours && sibling.id.replica > id.replica)
                }
                _ => sibling.id.replica > id.replica,
            })
            .map(|sibling| sibling.id);
        let at = match (next, parent) {
            (Some(next), _) => self.subtree(next).0,
            (None, Parent::LeftOf(right)) => self.find(right),
            (None, Parent::RightOf(Some(left), _)) => self.subtree(left).1,
            (None, Parent::RightOf(None, _)) => self.nodes.len(),
        };
        self.nodes.insert(at, Node { id, char: char.unwrap_or_default(), deleted: char.is_none(), parent });
    }

    fn is_right_descendant(&self, mut id: Dot, ancestor: Option<Dot>) -> bool {
        loop {
            match self.nodes[self.find(id)].parent {
                Parent::RightOf(parent, _) if parent == ancestor => return true,
                Parent::RightOf(None, _) => return false,
                Parent::RightOf(Some(parent), _) => id = parent,
                Parent::LeftOf(parent) if Some(parent) == ancestor => return false,
                Parent::LeftOf(parent) => id = parent,
            }
        }
    }

    /// Where a character and everything below it begins and ends.
    fn subtree(&self, id: Dot) -> (usize, usize) {
        let inside = |node: &Node| node.id == id || self.is_below(node.id, id);
        let start = self.nodes.iter().position(inside).unwrap();
        let end = self.nodes.iter().rposition(inside).unwrap();
        (start, end + 1)
    }

    fn is_below(&self, mut id: Dot, ancestor: Dot) -> bool {
        loop {
            id = match self.nodes[self.find(id)].parent {
                Parent::RightOf(None, _) => return false,
                Parent::RightOf(Some(parent), _) | Parent::LeftOf(parent) => parent,
            };
            if id == ancestor {
                return true;
            }
        }
    }

    fn place(&self, right: Option<Dot>) -> usize {
        right.map_or(self.nodes.len(), |right| self.find(right))
    }

    fn find(&self, id: Dot) -> usize {
        self.nodes.iter().position(|node| node.id == id).unwrap()
    }

    fn shown(&self, at: usize) -> usize {
        let mut shown = self.nodes.iter().enumerate().filter(|(_, node)| !node.deleted);
        shown.nth(at).unwrap().0
    }
}
