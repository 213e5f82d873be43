//! The sessions that suites replay, and documents made of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::generated;
use crate::replica::Library;
use crate::traces::{self, Collaboration, Session};

/// How large generated sessions are: as the recorded ones.
struct Sizes {
    paper: usize,
    component: usize,
    friends: usize,
}

const FULL: Sizes = Sizes { paper: 259_778, component: 19_749, friends: 26_078 };

/// By library and kind.
type Stored = HashMap<(&'static str, &'static str), Rc<Vec<u8>>>;

/// What the suites work with.
pub(crate) struct Workloads {
    /// A long text by one person.
    pub(crate) paper: Session,
    /// A short one.
    pub(crate) component: Session,
    /// Two people at once.
    pub(crate) friends: Collaboration,
    /// Where generated input starts from.
    pub(crate) seed: u64,
    /// Operations in the generated cases.
    pub(crate) operations: usize,
    recorded: bool,
    made: RefCell<Stored>,
}

impl Workloads {
    /// Reads recorded sessions, or generates them.
    pub(crate) fn prepare(arguments: &Arguments) -> Result<Self> {
        let seed = arguments.seed;
        let needed = arguments.suites().iter().any(|suite| suite.needs_sessions());
        match &arguments.traces {
            Some(folder) if needed => Ok(Self {
                paper: traces::session(folder, "automerge-paper")?,
                component: traces::session(folder, "sveltecomponent")?,
                friends: traces::collaboration(folder, "friendsforever")?,
                seed,
                operations: 6000,
                recorded: true,
                made: RefCell::default(),
            }),
            _ => Self::generate(
                seed,
                if needed { FULL } else { Sizes { paper: 1, component: 1, friends: 1 } },
                6000,
            ),
        }
    }

    fn generate(seed: u64, sizes: Sizes, operations: usize) -> Result<Self> {
        Ok(Self {
            paper: generated::session("generated-paper", seed, sizes.paper),
            component: generated::session("generated-component", seed + 1, sizes.component),
            friends: generated::collaboration("generated-friends", seed + 2, sizes.friends)?,
            seed,
            operations,
            recorded: false,
            made: RefCell::default(),
        })
    }

    /// Small ones, for tests.
    #[cfg(test)]
    pub(crate) fn small() -> Self {
        Self::generate(1, Sizes { paper: 500, component: 100, friends: 100 }, 36).unwrap()
    }

    /// Bytes that a library stores a document in: made once, as making them can take long.
    pub(crate) fn stored<T: Library>(
        &self,
        kind: &'static str,
        make: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Rc<Vec<u8>>> {
        if let Some(bytes) = self.made.borrow().get(&(T::NAME, kind)) {
            return Ok(bytes.clone());
        }
        let bytes = Rc::new(make()?);
        self.made.borrow_mut().insert((T::NAME, kind), bytes.clone());
        Ok(bytes)
    }

    /// A list of the sessions, in Markdown.
    pub(crate) fn describe(&self) -> String {
        let origin = if self.recorded {
            "recorded, from https://github.com/josephg/editing-traces"
        } else {
            "generated from a seed"
        };
        format!(
            "- `{}` ({} edits), `{}` ({} edits), `{}` ({} transactions by {} people): {origin}\n\
             - B1, B2, B3: the cases of https://github.com/dmonad/crdt-benchmarks with N = {}; input from seed {}\n",
            self.paper.name,
            self.paper.edits.len(),
            self.component.name,
            self.component.edits.len(),
            self.friends.name,
            self.friends.transactions.len(),
            self.friends.people,
            self.operations,
            self.seed,
        )
    }
}
